"""Preconditions of tasks."""

from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...engine.snapshot import localise


class LinkstarGate(models.Model):
    """What must hold before a task may start.

    A kind of gate is a value of ``kind`` and three methods named after it:
    ``_evaluate_<kind>(gates, now)`` decides, ``_explain_<kind>(now)`` says in the
    reader's language why it is closed and what opens it, and ``_label_<kind>()``
    names it. Other addons add kinds by extension.
    """

    _name = "linkstar.gate"
    _description = "Gate"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "sequence, id"

    _system_fields = frozenset(
        {
            "is_open",
            "opened_at",
            "open_spans",
            "reason_code",
            "reason_args",
            "checked_at",
            "overridden_by_id",
            "override_reason",
            "confirmed_by_id",
            "store_id",
            "project_id",
            "linkstar_kind",
        }
    )
    _audit_fields = ("name", "kind", "is_open", "override_reason", "confirmed_by_id")

    task_id = fields.Many2one(
        "project.task", required=True, index=True, ondelete="cascade"
    )
    project_id = fields.Many2one(
        related="task_id.project_id", store=True, index=True, string="Project"
    )
    store_id = fields.Many2one(
        related="task_id.store_id", store=True, index=True, string="Store"
    )
    linkstar_kind = fields.Selection(related="task_id.linkstar_kind", store=True)
    gate_uid = fields.Char(
        default=lambda self: uuid4().hex,
        copy=False,
        string="Template gate",
        help="The same in every version and launched project.",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        translate=True, help="What to check or approve, in the words of the team."
    )
    kind = fields.Selection(
        [
            ("metric", "Figure"),
            ("event", "Event"),
            ("approval", "Approval"),
            ("manual", "Manual check"),
        ],
        required=True,
        default="manual",
    )
    stays_open = fields.Boolean(
        default=True,
        help="Once open it stays open. Otherwise newer data may close it again.",
    )
    is_open = fields.Boolean(readonly=True, copy=False, index=True)
    opened_at = fields.Datetime(readonly=True, copy=False)
    checked_at = fields.Datetime(readonly=True, copy=False)
    reason_code = fields.Char(readonly=True, copy=False, default="not_checked")
    reason_args = fields.Json(readonly=True, copy=False)
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    overridden_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    override_reason = fields.Char(readonly=True, copy=False)
    evidence_ids = fields.Many2many(
        "ir.attachment", string="Evidence", readonly=True, copy=False
    )

    @api.depends("name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for gate in self:
            gate.display_name = gate.name or kinds.get(gate.kind, "")

    # -- rights ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Create gates of template steps; launches write theirs themselves."""
        tasks = self.env["project.task"].browse([v["task_id"] for v in vals_list])
        tasks._linkstar_check_gate_rights()
        return super().create(vals_list)

    def write(self, vals):
        """Change gates of template steps."""
        self.task_id._linkstar_check_gate_rights()
        if vals.get("task_id"):
            self.env["project.task"].browse(
                vals["task_id"]
            )._linkstar_check_gate_rights()
        return super().write(vals)

    def unlink(self):
        """Delete gates of template steps."""
        self.task_id._linkstar_check_gate_rights()
        return super().unlink()

    # -- decisions ---------------------------------------------------------------

    def _evaluate(self, now):
        """Return ``{gate_id: (open, code, args)}``, each kind in one pass.

        :param now: naive UTC datetime
        """
        result = {}
        for kind, gates in self.grouped("kind").items():
            result.update(getattr(self, f"_evaluate_{kind}")(gates, now))
        return result

    @api.model
    def _evaluate_manual(self, gates, now):
        """A manual check opens by its button only."""
        return {gate.id: (gate.is_open, "to_confirm", {}) for gate in gates}

    def _refresh(self, now=None):
        """Evaluate these gates and store what changed; tasks follow.

        :return: the gates that opened
        """
        now = now or fields.Datetime.now()
        gates = self.sudo().filtered(
            lambda gate: not (gate.is_open and gate.stays_open)
            and not gate.overridden_by_id
        )
        verdicts = gates._evaluate(now)
        opened, by_values = self.browse(), {}
        for gate in gates:
            is_open, code, args = verdicts[gate.id]
            if is_open and not gate.is_open:
                opened |= gate
            unchanged = (
                gate.is_open == is_open
                and gate.reason_code == code
                and (gate.reason_args or {}) == args
            )
            if not unchanged:
                key = (is_open, code, repr(sorted(args.items())))
                group = by_values.setdefault(key, [self.browse(), args])
                group[0] |= gate
        for (is_open, code, _text), (group, args) in by_values.items():
            vals = {"reason_code": code, "reason_args": args, "checked_at": now}
            changed = group.filtered(lambda gate, new=is_open: gate.is_open != new)
            (group - changed).sudo().write(vals)
            since = now if is_open else False
            changed.sudo().write({**vals, "is_open": is_open, "opened_at": since})
        return opened

    @api.model
    def _live_gates(self, domain):
        """Closed (or reclosing) gates of running work, trials included."""
        return self.sudo().search(
            [
                ("overridden_by_id", "=", False),
                "|",
                ("is_open", "=", False),
                ("stays_open", "=", False),
                ("store_id", "!=", False),
                ("project_id.is_template", "=", False),
                ("project_id.active", "=", True),
                ("project_id.outcome", "=", False),
                ("task_id.state", "not in", ("1_done", "1_canceled")),
                *domain,
            ]
        )

    # -- people ------------------------------------------------------------------

    def action_confirm(self):
        """Confirm a manual check: a lead who does not do the task.

        An approval is decided by its policy's people, see ``action_approve``.
        """
        for gate in self:
            gate.check_access("read")
            if gate.kind == "approval":
                gate.action_approve()
                continue
            gate._check_decider()
            if gate.kind != "manual":
                raise UserError(
                    self.env._(
                        "%(gate)s opens by data, not by hand. A lead may override it "
                        "with a reason.",
                        gate=gate.display_name,
                    )
                )
            gate._open_by_hand("confirmed", {"confirmed_by_id": self.env.uid})
        return True

    def override(self, reason, evidence_attachment_ids=()):
        """Open these gates although their condition does not hold.

        :param reason: why, at least ten characters, kept in the audit trail
        :param evidence_attachment_ids: ids of attachments the caller may read, at
            least one: they are kept on the gate and stay
        :raises AccessError: when the caller leads not all of the stores
        :raises UserError: without a reason or without evidence
        """
        reason = (reason or "").strip()
        if len(reason) < 10:
            raise UserError(
                self.env._(
                    "Say in at least ten characters why the gate is overridden; it "
                    "stays in the audit trail."
                )
            )
        attachments = self.env["ir.attachment"].browse(evidence_attachment_ids)
        attachments = attachments.exists()
        attachments.check_access("read")
        for gate in self:
            gate._check_decider()
        if not attachments:
            raise UserError(
                self.env._(
                    "Attach at least one file that shows why the gate is overridden: "
                    "a screenshot or a message. It stays with the gate."
                )
            )
        for gate in self:
            gate._open_by_hand(
                "overridden",
                {
                    "overridden_by_id": self.env.uid,
                    "override_reason": reason,
                    "evidence_ids": [(6, 0, attachments.ids)],
                },
            )
            # Uploaded in a dialog it would be readable by its author only.
            loose = attachments.sudo().filtered(lambda file: not file.res_id)
            loose.write({"res_model": gate._name, "res_id": gate.id})
        return True

    def _check_decider(self):
        self.ensure_one()
        self.check_access("read")
        gate = self.sudo()
        # Who decides is the user, also where other code runs as superuser.
        user_env = self.env(su=False)
        gate.store_id.with_env(user_env)._check_lead()
        if not gate.store_id:
            raise UserError(self.env._("This gate belongs to a template."))
        is_admin = self.env.user.has_group("linkstar_project.group_admin")
        if gate.task_id.with_env(user_env)._linkstar_own() and not is_admin:
            raise AccessError(
                self.env._(
                    "%(task)s is your own task: another lead or an administrator "
                    "opens its gate.",
                    task=gate.task_id.name,
                )
            )

    def _open_by_hand(self, code, vals):
        gate = self.sudo()
        if gate.is_open:
            return
        now = fields.Datetime.now()
        gate.write(
            {
                **vals,
                "is_open": True,
                "opened_at": now,
                "checked_at": now,
                "reason_code": code,
                "reason_args": {"by": self.env.user.name},
            }
        )
        reason = vals.get("override_reason") or ""
        self._linkstar_audit_log(
            "override" if reason else "approve", reason=reason, new=gate.task_id.name
        )
        gate.task_id._message_log_batch(
            bodies={
                gate.task_id.id: self.env._(
                    "Gate “%(gate)s” opened by %(who)s. %(reason)s",
                    gate=gate.display_name,
                    who=self.env.user.name,
                    reason=reason,
                )
            }
        )

    # -- words -------------------------------------------------------------------

    def _explain(self, now):
        """Say why this gate is closed and what opens it, in the reader's words."""
        self.ensure_one()
        return getattr(self, f"_explain_{self.kind}")(now)

    def _explain_manual(self, now):
        return self.env._(
            "Check “%(gate)s” is not confirmed. A lead confirms it on this task.",
            gate=self.display_name,
        )

    @api.constrains("kind", "task_id")
    def _check_kind(self):
        for gate in self:
            if not hasattr(self, f"_evaluate_{gate.kind}"):
                raise ValidationError(self.env._("Unknown kind of gate."))

    # -- snapshots ---------------------------------------------------------------

    def _to_snapshot(self):
        """Return this gate as plain values for a version's snapshot."""
        self.ensure_one()
        return {
            "uid": self.gate_uid,
            "kind": self.kind,
            "sequence": self.sequence,
            "name": self.env["project.project"]._linkstar_texts(self, "name"),
            "stays_open": self.stays_open,
        }

    @api.model
    def _snapshot_refs(self, gates):
        """Look up what gates of a snapshot name: ``{key: {code: id}}``.

        :param gates: gates of a snapshot, as dicts
        """
        return {}

    @api.model
    def _codes_to_ids(self, model, codes):
        """Return ``{code: id}``, archived records included."""
        codes = sorted({code for code in codes if code})
        if not codes:
            return {}
        records = self.env[model].sudo().with_context(active_test=False)
        found = {r.code: r.id for r in records.search([("code", "in", codes)])}
        missing = [code for code in codes if code not in found]
        if missing:
            raise UserError(
                self.env._(
                    "The template needs %(codes)s, which this database does not "
                    "have. Update LinkStar, or change the gate and publish again.",
                    codes=", ".join(missing),
                )
            )
        return found

    @api.model
    def _from_snapshot(self, gate, refs, lang):
        """Return values to create a gate from one of a snapshot.

        :param refs: result of ``_snapshot_refs``
        """
        return {
            "gate_uid": gate.get("uid") or uuid4().hex,
            "kind": gate["kind"],
            "sequence": gate.get("sequence", 10),
            "stays_open": gate.get("stays_open", True),
            "name": localise(gate.get("name"), lang) or False,
        }
