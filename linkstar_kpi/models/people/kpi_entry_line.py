"""One figure entered by hand: of a person or a store."""

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.linkstar_kpi.engine import entry as engine


class LinkstarKpiEntryLine(models.Model):
    """A figure, or a part of a whole, with its reason."""

    _name = "linkstar.kpi.entry.line"
    _description = "Figure by hand"
    _inherit = ["linkstar.audit.mixin", "linkstar.system.fields.mixin"]
    _order = "entry_id, id"

    _system_fields = frozenset({"is_overruled"})
    _audit_fields = ("entry_id", "employee_id", "store_id", "value", "base", "reason")

    entry_id = fields.Many2one(
        "linkstar.kpi.entry", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="entry_id.company_id", store=True)
    entered_by = fields.Many2one(related="entry_id.entered_by", store=True)
    reviewer_id = fields.Many2one(related="entry_id.reviewer_id", store=True)
    employee_id = fields.Many2one(
        "hr.employee", index="btree_not_null", ondelete="restrict"
    )
    store_id = fields.Many2one(
        "linkstar.store",
        compute="_compute_store_id",
        store=True,
        readonly=False,
        index=True,
        ondelete="restrict",
        help="Of a person: under which of their stores the figure is kept.",
    )
    value = fields.Float(digits=(16, 4))
    base = fields.Float(digits=(16, 4), string="Out of")
    result = fields.Float(compute="_compute_result", digits=(16, 2))
    reason = fields.Char(help="Needed for ratings: what the points rest on.")
    day = fields.Date(compute="_compute_day")
    is_overruled = fields.Boolean(
        string="Overruled",
        readonly=True,
        copy=False,
        help="A stronger source, such as Amazon, reports this figure: its own counts.",
    )

    _once = models.UniqueIndex(
        "(entry_id, COALESCE(employee_id, 0), COALESCE(store_id, 0))",
        "This person or store has a line already.",
    )

    @api.depends("employee_id", "entry_id.period_id")
    def _compute_store_id(self):
        """The store that the person serves longest in the period."""
        members = self.env["linkstar.store.member"].sudo()
        for line in self:
            period = line.entry_id.period_id
            if not line.employee_id or not period:
                line.store_id = line.store_id
                continue
            held = members.search(
                [
                    ("employee_id", "=", line.employee_id.id),
                    ("date_from", "<=", period.date_to),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", period.date_from),
                ],
                order="date_from, id",
            )
            own = held.store_id or held.group_id.store_ids
            company = own.filtered(lambda s, p=period: s.company_id == p.company_id)
            line.store_id = line.store_id if line.store_id in own else company[:1]

    @api.depends("value", "base", "entry_id.metric_id")
    def _compute_result(self):
        for line in self:
            what = line.entry_id._asked() if line.entry_id.metric_id else None
            found = engine.result(what, line.value, line.base) if what else None
            line.result = found or 0.0

    @api.depends("employee_id", "entry_id.period_id")
    def _compute_day(self):
        """The period's last day; of a person, the last one under a scheme in it."""
        for line in self:
            period = line.entry_id.period_id
            line.day = period.date_to
            if line.employee_id and period:
                held = (
                    self.env["linkstar.kpi.assignment"]
                    .sudo()
                    .search(
                        [
                            ("employee_id", "=", line.employee_id.id),
                            ("period_kind", "=", period.kind),
                            ("date_from", "<=", period.date_to),
                            "|",
                            ("date_to", "=", False),
                            ("date_to", ">=", period.date_from),
                        ]
                    )
                )
                ends = [item.date_to or date.max for item in held]
                line.day = min(max(ends, default=date.max), period.date_to)

    @api.model_create_multi
    def create(self, vals_list):
        """Create lines in sheets of one's own that are open."""
        lines = super().create(vals_list)
        lines.entry_id._check_own_open()
        lines._check_may_enter()
        return lines

    def write(self, vals):
        """Change lines of sheets of one's own that are open."""
        self.entry_id._check_own_open()
        result = super().write(vals)
        if not self.env.su:
            self.entry_id._check_own_open()
            self._check_may_enter()
        return result

    def unlink(self):
        """Delete lines of sheets of one's own that are open."""
        self.entry_id._check_own_open()
        return super().unlink()

    def _check_may_enter(self):
        """Raise AccessError for people outside one's team, oneself and alien stores."""
        user = self.env.user
        if self.env.su:
            return
        people = self.sudo().employee_id
        if user._linkstar_kpi_is_one_of(self.env["res.users"], people):
            raise AccessError(
                self.env._("Nobody enters figures that they are assessed by.")
            )
        if user.has_group("linkstar_kpi.group_kpi_manager"):
            return
        alien = people - people.browse(user._linkstar_kpi_team_ids())
        if alien:
            raise AccessError(
                self.env._("%s is not in your team. Ask a KPI manager.", alien[0].name)
            )
        stores = self.sudo().filtered(lambda line: not line.employee_id).store_id
        stores.with_env(self.env)._check_lead()

    def _check_complete(self):
        """Raise UserError for the first line that cannot become a fact."""
        _ = self.env._
        for line in self:
            entry = line.entry_id
            name = line.employee_id.name or line.store_id.code or ""
            what = entry._asked()
            codes = engine.faults(what, line.value, line.base, entry.unit)
            if entry.grain == "person" and not line.employee_id:
                codes.append("person")
            elif not line.store_id:
                codes.append("store")
            elif entry.grain == "store" and line.employee_id:
                codes.append("grain")
            if entry.unit == "points" and not (line.reason or "").strip():
                codes.append("reason")
            if codes:
                texts = {
                    "not_finite": _("the figure is no number."),
                    "points": _("points lie between 0 and 100."),
                    "negative": _("neither part may be negative."),
                    "above_base": _("the part is more than the whole."),
                    "person": _("name the person."),
                    "store": _("name a store to keep the figure under."),
                    "grain": _("this sheet is for stores, not for people."),
                    "reason": _("write what the points rest on."),
                }
                raise UserError(
                    _("%(name)s: %(problem)s", name=name, problem=texts[codes[0]])
                )

    def _note_overruled(self, what):
        """Mark lines whose figure a stronger source reports otherwise."""
        metric_id = self.env["linkstar.metric"]._ids_by_code()[what.value]
        for line in self:
            standing = self.env["linkstar.fact"].search(
                [
                    ("store_id", "=", line.store_id.id),
                    ("metric_id", "=", metric_id),
                    ("date", "=", line.day),
                    ("employee_id", "=", line.employee_id.id),
                    ("listing_id", "=", False),
                ],
                limit=1,
            )
            line.is_overruled = standing.source != "manual"
