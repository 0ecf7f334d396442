"""Bonus runs: one period's bonus sheet, approved by two persons."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LinkstarKpiBonusRun(models.Model):
    """Computed from published cards; open to payroll only."""

    _name = "linkstar.kpi.bonus.run"
    _description = "Bonus run"
    _inherit = [
        "linkstar.audit.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.kpi.manager.mixin",
    ]
    _order = "date_from desc, id desc"

    _system_fields = frozenset(
        {"state", "line_ids", "prepared_by", "approved_by", "approved_at", "locked_at"}
        | {"computed_at"}
    )
    _audit_fields = ("name", "period_id", "state", "prepared_by", "approved_by")
    _audit_store_path = None

    name = fields.Char(compute="_compute_name", store=True)
    period_id = fields.Many2one(
        "linkstar.kpi.period", required=True, index=True, ondelete="restrict"
    )
    date_from = fields.Date(related="period_id.date_from", store=True)
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    plan_ids = fields.Many2many("linkstar.kpi.bonus.plan", required=True)
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("computed", "Computed"),
            ("approved", "Approved"),
            ("locked", "Locked"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    line_ids = fields.One2many("linkstar.kpi.bonus.line", "run_id", copy=False)
    total_amount = fields.Monetary(compute="_compute_totals")
    total_payable = fields.Monetary(compute="_compute_totals")
    total_held_back = fields.Monetary(compute="_compute_totals")
    prepared_by = fields.Many2one("res.users", readonly=True, copy=False)
    computed_at = fields.Datetime(readonly=True, copy=False)
    approved_by = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    locked_at = fields.Datetime(readonly=True, copy=False)

    @api.depends("period_id.name")
    def _compute_name(self):
        for run in self:
            run.name = run.period_id.name or ""

    @api.depends("plan_ids.currency_id")
    def _compute_currency_id(self):
        for run in self:
            run.currency_id = run.plan_ids.currency_id[:1] or run.company_id.currency_id

    @api.depends("line_ids.amount", "line_ids.payable", "line_ids.held_back")
    def _compute_totals(self):
        for run in self:
            run.total_amount = sum(run.line_ids.mapped("amount"))
            run.total_payable = sum(run.line_ids.mapped("payable"))
            run.total_held_back = sum(run.line_ids.mapped("held_back"))

    @api.constrains("plan_ids")
    def _check_currency(self):
        for run in self:
            if len(run.plan_ids.currency_id) > 1:
                raise UserError(
                    self.env._(
                        "The plans of a run share one currency, so that its sums mean "
                        "something. Make one run for each currency."
                    )
                )

    def write(self, vals):
        """Change drafts; a computed run is computed again after a change."""
        if not self.env.su and any(run.state in ("approved", "locked") for run in self):
            raise UserError(
                self.env._("An approved bonus run does not change. Correct it later.")
            )
        stale = self.browse()
        if {"plan_ids", "period_id"} & set(vals):
            stale = self.filtered(lambda run: run.state == "computed")
        result = super().write(vals)
        if stale:
            # Lines of other plans or another period are no longer this run's.
            stale.sudo()._computed_lines().unlink()
            stale.sudo().write({"state": "draft"})
        return result

    def _computed_lines(self):
        """Lines that computing writes anew; those entered by hand stay."""
        return self.line_ids.filtered(
            lambda line: (
                line.kind in ("bonus", "difference", "held")
                or (line.kind == "release" and line.scorecard_id)
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_open(self):
        if any(run.state in ("approved", "locked") for run in self):
            raise UserError(self.env._("An approved bonus run stays on record."))

    def _check_step(self, *states):
        self._check_payroll()
        self.check_access("write")
        self.sudo().lock_for_update()
        labels = dict(self._fields["state"]._description_selection(self.env))
        for run in self:
            if run.state not in states:
                raise UserError(
                    self.env._(
                        "Bonus run %(run)s is %(state)s: this step is not open.",
                        run=run.name,
                        state=labels[run.state],
                    )
                )

    def action_add_line(self):
        """Open the form of a line by hand."""
        self._check_step("draft", "computed")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a line"),
            "res_model": "linkstar.kpi.bonus.entry",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_run_id": self.id},
        }

    def action_approve(self):
        """Approve; never by a person who prepared it or is paid by hand in it."""
        self._check_step("computed")
        for run in self.sudo():
            by_hand = run.line_ids - run._computed_lines()
            if self.env.user._linkstar_kpi_is_one_of(
                run.prepared_by | run.line_ids.create_uid, by_hand.employee_id
            ):
                raise AccessError(
                    self.env._(
                        "A second person of payroll approves: nobody who computed the "
                        "run, added a line to it, or is paid by an added line."
                    )
                )
            run._check_current()
        self.sudo().write(
            {
                "state": "approved",
                "approved_by": self.env.uid,
                "approved_at": fields.Datetime.now(),
            }
        )
        return True

    def action_lock(self):
        """Lock an approved run: it is paid and never changes."""
        self._check_step("approved")
        self.sudo().write({"state": "locked", "locked_at": fields.Datetime.now()})
        return True

    def action_back(self):
        """Take an approved run back before it is locked."""
        self._check_step("computed", "approved")
        self.sudo().write(
            {"state": "draft", "approved_by": False, "approved_at": False}
        )
        return True
