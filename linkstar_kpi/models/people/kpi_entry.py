"""Figures by hand: for metrics that no source reports, entered and reviewed."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.linkstar_kpi.engine import entry as engine

OPEN_PERIODS = ("open", "settling", "calculated", "review")


class LinkstarKpiEntry(models.Model):
    """One metric of a period for several people or stores.

    Somebody enters, another person reviews; then the figures land as facts, under
    the period's last day (of people who leave, their last day under the scheme).
    """

    _name = "linkstar.kpi.entry"
    _description = "Figures by hand"
    _inherit = [
        "linkstar.audit.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.kpi.manager.mixin",
    ]
    _order = "period_id desc, id desc"

    _system_fields = frozenset(
        {"state", "entered_by", "submitted_at", "decided_by", "decided_at"}
        | {"decision_note"}
    )
    _audit_fields = (
        "period_id",
        "metric_id",
        "state",
        "entered_by",
        "reviewer_id",
        "decided_by",
        "decision_note",
    )
    _audit_store_path = None

    period_id = fields.Many2one(
        "linkstar.kpi.period", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    metric_id = fields.Many2one(
        "linkstar.metric", required=True, index=True, ondelete="restrict"
    )
    unit = fields.Selection(related="metric_id.unit")
    grain = fields.Selection(
        [("person", "People"), ("store", "Stores")],
        string="For",
        required=True,
        default="person",
    )
    has_base = fields.Boolean(compute="_compute_asked")
    value_name = fields.Char(compute="_compute_asked")
    base_name = fields.Char(compute="_compute_asked")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "To review"),
            ("approved", "Approved"),
            ("refused", "Sent back"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    entered_by = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    reviewer_id = fields.Many2one(
        "res.users",
        string="Checked by",
        domain="[('share', '=', False), ('id', '!=', uid)]",
        help="A second person: neither who enters nor who is assessed.",
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    decision_note = fields.Char(readonly=True, copy=False)
    line_ids = fields.One2many("linkstar.kpi.entry.line", "entry_id", copy=True)
    line_count = fields.Integer(compute="_compute_line_count")
    overruled_count = fields.Integer(compute="_compute_line_count")
    may_review = fields.Boolean(compute="_compute_may_review")
    note = fields.Char(help="Where the figures come from.")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")

    @api.depends("metric_id.name", "period_id.name")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = " · ".join(
                filter(None, (entry.metric_id.name, entry.period_id.name))
            )

    @api.depends("metric_id")
    def _compute_asked(self):
        metrics = self.env["linkstar.metric"]
        ids = metrics._ids_by_code()
        for entry in self:
            what = entry._asked()
            entry.has_base = bool(what and what.base)
            for name, code in (
                ("value_name", what and what.value),
                ("base_name", what and what.base),
            ):
                entry[name] = metrics.browse(ids[code]).name if code else False

    @api.depends("line_ids.is_overruled")
    def _compute_line_count(self):
        for entry in self:
            entry.line_count = len(entry.line_ids)
            entry.overruled_count = len(entry.line_ids.filtered("is_overruled"))

    @api.depends("state", "reviewer_id", "entered_by")
    @api.depends_context("uid")
    def _compute_may_review(self):
        for entry in self:
            entry.may_review = (
                entry.state == "submitted"
                and not entry.sudo()._review_bar(self.env.user)
            )

    def _asked(self):
        """What is entered for the metric (engine's ``Asked``), or None."""
        self.ensure_one()
        code = self.metric_id.code
        spec = self.env["linkstar.metric"]._specs().get(code)
        return engine.asked(code, spec.tree) if spec else None

    @api.constrains("metric_id")
    def _check_metric(self):
        for entry in self:
            if not entry._asked():
                raise UserError(
                    self.env._(
                        "%s is computed from several measures. Enter those instead.",
                        entry.metric_id.name,
                    )
                )

    def write(self, vals):
        """Change while it is open, as the person who entered it."""
        if not self.env.su:
            self._check_own_open()
        return super().write(vals)

    def unlink(self):
        """Delete what was not submitted."""
        self._check_own_open()
        return super().unlink()

    def _check_own_open(self):
        """Raise unless these are the user's own and not with the reviewer."""
        if self.env.su:
            return
        for entry in self.sudo():
            if entry.entered_by != self.env.user:
                # The reviewer would otherwise approve figures of their own.
                raise AccessError(
                    self.env._(
                        "Only %s changes these figures. Send them back and say what "
                        "to change.",
                        entry.entered_by.name,
                    )
                )
            if entry.state not in ("draft", "refused"):
                raise UserError(
                    self.env._(
                        "%s is with the reviewer or approved. Enter another sheet to "
                        "correct it.",
                        entry.display_name,
                    )
                )

    # -- entering ------------------------------------------------------------------

    def action_fill(self):
        """Add a line for everybody assessed by this metric in the period."""
        self.ensure_one()
        self._check_own_open()
        self.check_access("write")
        if self.grain == "store":
            known = self.line_ids.store_id
            stores = self._stores_of(self.env.user)
            values = [{"store_id": store.id} for store in stores - known]
        else:
            people = self._assessed() - self.line_ids.employee_id
            values = [{"employee_id": person.id} for person in people]
        self.env["linkstar.kpi.entry.line"].create(
            [{"entry_id": self.id, **row} for row in values]
        )
        return True

    def _assessed(self):
        """People whom the user may enter for, and whose scheme has the metric."""
        period = self.period_id
        held = (
            self.env["linkstar.kpi.assignment"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("date_from", "<=", period.date_to),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", period.date_from),
                ]
            )
            .filtered(
                lambda item: self.metric_id
                in (
                    item.scheme_id.version_id or item.scheme_id.draft_version_id
                ).line_ids.metric_id
            )
        )
        people = held.employee_id
        if not self.env.user.has_group("linkstar_kpi.group_kpi_manager"):
            people &= people.browse(self.env.user._linkstar_kpi_team_ids())
        own = self.env.user._linkstar_kpi_own_ids()
        return people.filtered(lambda person: person.id not in own)

    @api.model
    def _stores_of(self, user):
        stores = self.env["linkstar.store"].search([("state", "=", "active")])
        if user.has_group("linkstar_kpi.group_kpi_manager"):
            return stores
        led = user._linkstar_lead_store_ids()
        return stores.filtered(lambda store: store.id in led)

    def action_submit(self):
        """Hand the figures to the reviewer."""
        for entry in self:
            entry._check_own_open()
            entry.check_access("write")
            if not entry.line_ids or not entry.reviewer_id:
                raise UserError(
                    self.env._("Enter at least one figure and name a reviewer.")
                )
            bar = entry.sudo()._review_bar(entry.reviewer_id)
            if bar:
                raise UserError(bar)
            entry.line_ids._check_complete()
            entry.sudo().write(
                {"state": "submitted", "submitted_at": fields.Datetime.now()}
            )
        return True

    # -- reviewing -----------------------------------------------------------------

    def _review_bar(self, user):
        """Why a user may not review these figures, or an empty text."""
        self.ensure_one()
        if user._linkstar_kpi_is_one_of(self.entered_by):
            return self.env._(
                "Somebody else than who entered the figures reviews them."
            )
        if user._linkstar_kpi_is_one_of(
            self.env["res.users"], self.line_ids.employee_id
        ):
            return self.env._(
                "%s is assessed by these figures. Name somebody else.", user.name
            )
        if user.has_group("linkstar_kpi.group_kpi_manager"):
            return ""
        if user == self.reviewer_id and user.has_group("linkstar_project.group_lead"):
            return ""
        return self.env._(
            "A KPI manager or a lead reviews figures; %s is neither or was not named.",
            user.name,
        )

    def decide(self, approve, note=""):
        """Approve figures, which makes them facts, or send them back.

        :param approve: True to let them count
        :param note: why; needed to send back
        :raise AccessError: for who entered them or is assessed by them
        """
        self.check_access("read")
        for entry in self.sudo():
            entry.lock_for_update()
            bar = entry._review_bar(self.env.user)
            if bar:
                raise AccessError(bar)
            if entry.state != "submitted":
                raise UserError(self.env._("%s is not to review.", entry.display_name))
            if not approve and not (note or "").strip():
                raise UserError(self.env._("Say what is to be corrected."))
            entry.write(
                {
                    "state": "approved" if approve else "refused",
                    "decided_by": self.env.uid,
                    "decided_at": fields.Datetime.now(),
                    "decision_note": note or False,
                }
            )
            if approve:
                entry._land()
        return True

    def action_approve(self):
        """Approve figures that wait; see :meth:`decide`."""
        return self.decide(True)

    def action_send_back(self):
        """Open the form that says what to correct."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send back"),
            "res_model": "linkstar.kpi.entry.return",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_entry_id": self.id},
        }

    def _land(self):
        """Write the figures as facts; what a stronger source reports stays."""
        self.ensure_one()
        what = self._asked()
        rows = []
        for line in self.line_ids:
            row = {
                "store_id": line.store_id.id,
                "employee_id": line.employee_id.id or None,
                "date": line.day,
                "source": "manual",
            }
            rows.append({**row, "metric": what.value, "value": line.value})
            if what.base:
                rows.append({**row, "metric": what.base, "value": line.base})
        try:
            self.env["linkstar.fact"]._upsert(rows)
        except ValueError as error:
            raise UserError(str(error)) from error
        self.line_ids._note_overruled(what)
        period = self.period_id
        if period.state in OPEN_PERIODS and period.scorecard_ids:
            period.calculation_due = True
