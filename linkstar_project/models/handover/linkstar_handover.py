"""Handover: what a person holds goes to successors from a day on."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .holdings import KINDS, Holdings

SHOWN_NAMES = 3


class LinkstarHandover(models.Model):
    """Passes memberships, work and decisions of a person to successors.

    Memberships carry dates: they are ended and begun at once, whatever the day.
    The rest moves on the day itself, with the rights of who confirmed.
    """

    _name = "linkstar.handover"
    _description = "Handover"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "date desc, id desc"

    _system_fields = frozenset(
        {"state", "confirmed_by_id", "done_at", "error", "outside_count"}
    )
    _audit_fields = ("user_id", "employee_id", "date", "state", "reason")
    _audit_store_path = None

    user_id = fields.Many2one(
        "res.users",
        string="User",
        ondelete="restrict",
        index=True,
        domain=[("share", "=", False)],
        help="Who leaves or moves.",
    )
    employee_id = fields.Many2one(
        "hr.employee",
        ondelete="restrict",
        index="btree_not_null",
        help="For people who do not sign in.",
    )
    date = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="From this day on the successors are responsible. Memberships change "
        "hands for that day at once; tasks and decisions move on the day itself.",
    )
    successor_id = fields.Many2one(
        "res.users",
        string="Successor for everything",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Fills every line; change single lines afterwards.",
    )
    reason = fields.Char(help="Stays in the audit trail.")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("scheduled", "Scheduled"),
            ("done", "Handed over"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    line_ids = fields.One2many(
        "linkstar.handover.line", "handover_id", string="What moves"
    )
    outside_count = fields.Integer(
        string="Held elsewhere",
        readonly=True,
        help="Things in stores that you do not lead: another lead or an "
        "administrator passes them on.",
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    done_at = fields.Datetime(string="Handed over on", readonly=True)
    error = fields.Text(readonly=True)

    _somebody = models.Constraint(
        "CHECK(user_id IS NOT NULL OR employee_id IS NOT NULL)",
        "Choose the user or the employee who leaves.",
    )
    _once = models.UniqueIndex(
        "(COALESCE(user_id, 0), COALESCE(employee_id, 0), create_uid)"
        " WHERE state IN ('draft', 'scheduled')",
        "A handover of this person is being prepared already. Open that one.",
    )

    @api.depends("user_id.name", "employee_id.name", "date")
    def _compute_display_name(self):
        for handover in self:
            person = handover.sudo()._person_name()
            handover.display_name = f"{person} {handover.date or ''}".strip()

    @api.onchange("employee_id")
    def _onchange_employee_id(self):
        if self.employee_id and not self.user_id:
            self.user_id = self.sudo().employee_id.user_id

    # -- rights --------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Prepare handovers: leads, for stores they lead; nobody for themselves."""
        handovers = super().create(vals_list)
        handovers._check_giver()
        return handovers

    def write(self, vals):
        """Change a handover that is not confirmed yet."""
        if not self.env.su:
            self._check_draft()
        result = super().write(vals)
        if {"user_id", "employee_id"} & vals.keys():
            self._check_giver()
        if vals.get("successor_id"):
            self.line_ids.write({"successor_id": vals["successor_id"]})
        return result

    def unlink(self):
        """Delete drafts; the others stay on record."""
        self._check_draft()
        return super().unlink()

    def _check_draft(self):
        for handover in self:
            if handover.sudo().state != "draft":
                raise UserError(
                    self.env._(
                        "%(handover)s is confirmed and stays as it is. Cancel it, or "
                        "prepare another one.",
                        handover=handover.display_name,
                    )
                )

    def _check_giver(self):
        """A second person hands over: shares that count change hands."""
        if self.env.su or self._sees_everything():
            return
        person = self.env.user._linkstar_same_person()
        for handover in self:
            if handover._users() & person:
                raise AccessError(
                    self.env._(
                        "Somebody else hands over your work: ask another lead of "
                        "your stores, or an administrator."
                    )
                )

    def _sees_everything(self):
        return self.env.user.has_group("linkstar_project.group_admin")

    @api.constrains("successor_id", "user_id", "employee_id")
    def _check_header(self):
        for handover in self:
            handover._check_successor(handover.sudo().successor_id)

    def _check_successor(self, successor):
        """Refuse archived users, outsiders and the leaving person themselves."""
        if not successor:
            return
        successor = successor.sudo()
        if not successor.active or successor.share:
            raise ValidationError(
                self.env._(
                    "%(name)s is archived or no internal user and cannot take over. "
                    "Choose somebody who works here.",
                    name=successor.name,
                )
            )
        if successor in self._users()._linkstar_same_person():
            raise ValidationError(
                self.env._(
                    "%(name)s leaves, so choose somebody else as the successor.",
                    name=successor.name,
                )
            )

    # -- what is held --------------------------------------------------------------

    @api.model
    @api.private
    def _kinds(self):
        """What a person may hold besides memberships: ``{kind: Kind}``.

        Other addons add kinds, and their words in ``_kind_words``.
        """
        return dict(KINDS)

    @api.model
    @api.private
    def _kind_words(self):
        """Return ``{kind: label}`` in the reader's language."""
        return {
            "member": self.env._("Store access and share"),
            "task": self.env._("Open tasks"),
            "project": self.env._("Projects led"),
            "approval": self.env._("Approvals to decide"),
            "policy": self.env._("Fallback approver of policies"),
            "policy_step": self.env._("Named approver in policies"),
            "trigger": self.env._("Trigger rules owned"),
            "activity": self.env._("Reminders and activities"),
        }

    @api.model
    def _kind_selection(self):
        return list(self._kind_words().items())

    def _users(self):
        handover = self.sudo().with_context(active_test=False)
        return handover.user_id | handover.employee_id.user_id

    def _employees(self):
        handover = self.sudo().with_context(active_test=False)
        return handover.employee_id | handover.user_id.employee_ids

    def _person_name(self):
        return self.user_id.name or self.employee_id.name or ""

    def _holdings(self):
        self.ensure_one()
        return Holdings(
            self.env, self._users(), self._employees(), self.date, self._kinds()
        )

    def _may_pass_on(self, place):
        """Whether the user leads where this lies; storeless things need an admin."""
        if self.env.su or self._sees_everything():
            return True
        user = self.env.user
        if not user.has_group("linkstar_project.group_lead"):
            return False
        return bool(
            place.store_id and place.store_id in user._linkstar_lead_store_ids()
        )

    # -- buttons -------------------------------------------------------------------

    def action_preview(self):
        """List what would move, with a successor proposed for each line."""
        self.ensure_one()
        self.check_access("write")
        self._check_draft()
        self._refresh_lines()
        return True

    def action_hand_over(self):
        """Confirm: memberships change for the day at once, the rest on the day."""
        self.ensure_one()
        self.check_access("write")
        self._check_giver()
        self.sudo().lock_for_update()
        self._check_draft()
        self._refresh_lines()
        self._check_lines()
        self._move_members()
        self.sudo().write(
            {"state": "scheduled", "confirmed_by_id": self.env.uid, "error": False}
        )
        if self.date <= fields.Date.context_today(self):
            self._apply()
        return True

    def action_cancel(self):
        """Withdraw a handover that waits for its day; memberships stay changed."""
        for handover in self:
            handover.check_access("write")
            handover.sudo().lock_for_update()
            if handover.sudo().state == "done":
                raise UserError(
                    self.env._("%s is handed over already.", handover.display_name)
                )
            handover.sudo().write({"state": "cancelled"})
        return True

    def _refresh_lines(self):
        """Make the lines say what is held now; chosen successors stay."""
        found = self._holdings().by_place()
        visible = {p: r for p, r in found.items() if self._may_pass_on(p)}
        lines = {line._place(): line for line in self.sudo().line_ids}
        for place, line in lines.items():
            if place not in visible and not line.moved:
                line.unlink()
        values = []
        for place, records in visible.items():
            names = records[:SHOWN_NAMES].mapped("display_name")
            detail = ", ".join(filter(None, names))
            if place in lines:
                lines[place].write({"count": len(records), "detail": detail})
                continue
            values.append(
                {
                    "handover_id": self.id,
                    "kind": place.kind,
                    "store_id": place.store_id or False,
                    "group_id": place.group_id or False,
                    "role_id": place.role_id or False,
                    "member_id": place.member_id or False,
                    "count": len(records),
                    "detail": detail,
                    "successor_id": self._propose(place).id,
                }
            )
        self.env["linkstar.handover.line"].sudo().create(values)
        outside = sum(len(r) for p, r in found.items() if p not in visible)
        self.sudo().write({"outside_count": outside})
        self.invalidate_recordset(["line_ids"])
        return visible

    def _propose(self, place):
        """Somebody for a line: the successor for all, a colleague, a lead."""
        nobody = self.env["res.users"].sudo()
        if self.successor_id:
            return self.sudo().successor_id
        if not place.store_id:
            return nobody
        barred = self._users()._linkstar_same_person()
        if place.kind == "member" and not self._sees_everything():
            barred |= self.env.user._linkstar_same_person()
        members = self.env["linkstar.store.member"].sudo()
        choices = nobody
        if place.role_id:
            key = (place.role_id, place.store_id)
            choices |= members._resolve([key[0]], [key[1]], self.date)[key]
        choices |= members._leads([place.store_id], self.date)[place.store_id]
        return (choices - barred)[:1]

    def _check_lines(self):
        lines = self.sudo().line_ids
        if not lines:
            raise UserError(
                self.env._(
                    "%(person)s holds nothing from %(day)s on that you could pass on.",
                    person=self.sudo()._person_name(),
                    day=self.date,
                )
            )
        for line in lines:
            if not line.successor_id:
                raise UserError(
                    self.env._(
                        "Choose a successor for: %(what)s.", what=line.display_name
                    )
                )
            self._check_successor(line.successor_id)
        self._check_access_of_successors(lines)

    def _check_access_of_successors(self, lines):
        """Work in a store goes only to people who see the store on that day."""
        gained = {
            (line.store_id.id, line.successor_id.id)
            for line in lines
            if line.kind == "member" and line.store_id
        }
        members = self.env["linkstar.store.member"].sudo()
        for line in lines:
            store, successor = line.store_id, line.successor_id
            if line.kind == "member" or not store:
                continue
            if (store.id, successor.id) in gained or successor._linkstar_sees_all(
                "write"
            ):
                continue
            rows = members._active_rows(store.ids, self.date, self.date)
            if successor.id not in {row["user_id"] for row in rows}:
                raise UserError(
                    self.env._(
                        "%(name)s is no member of %(store)s on %(day)s and would not "
                        "see the work. Choose a member, or make them one first.",
                        name=successor.name,
                        store=store.code,
                        day=self.date,
                    )
                )
