"""Targets: what a person, a store or a team is to reach in a period."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.linkstar_kpi.engine import period as calendar

TOLERANCE = 0.01


class LinkstarKpiTarget(models.Model):
    """A target of a metric; children of a target sum to it."""

    _name = "linkstar.kpi.target"
    _description = "KPI target"
    _inherit = [
        "linkstar.audit.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.kpi.manager.mixin",
    ]
    _order = "period_id desc, metric_id, id"

    _system_fields = frozenset(
        {"state", "agreed_by", "agreed_at", "requested_value", "requested_by"}
        | {"change_reason"}
    )
    _audit_fields = (
        "metric_id",
        "period_id",
        "employee_id",
        "store_id",
        "department_id",
        "value",
        "state",
        "requested_value",
        "change_reason",
    )

    metric_id = fields.Many2one(
        "linkstar.metric", required=True, index=True, ondelete="restrict"
    )
    period_id = fields.Many2one(
        "linkstar.kpi.period", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    employee_id = fields.Many2one(
        "hr.employee", index="btree_not_null", ondelete="restrict"
    )
    store_id = fields.Many2one(
        "linkstar.store", index="btree_not_null", ondelete="restrict"
    )
    department_id = fields.Many2one("hr.department", ondelete="restrict")
    parent_id = fields.Many2one(
        "linkstar.kpi.target", index="btree_not_null", ondelete="restrict"
    )
    child_ids = fields.One2many("linkstar.kpi.target", "parent_id")
    value = fields.Float(string="Target", digits=(16, 4), required=True)
    use_limits = fields.Boolean(
        string="Own floor and stretch",
        help="Else they follow the scheme's in proportion to the target.",
    )
    floor = fields.Float(digits=(16, 4))
    stretch = fields.Float(digits=(16, 4))
    currency_id = fields.Many2one("res.currency")
    state = fields.Selection(
        [("proposed", "Proposed"), ("agreed", "Agreed"), ("change", "Change asked")],
        default="proposed",
        required=True,
        readonly=True,
        copy=False,
    )
    agreed_by = fields.Many2one("res.users", readonly=True, copy=False)
    agreed_at = fields.Datetime(readonly=True, copy=False)
    requested_value = fields.Float(digits=(16, 4), readonly=True, copy=False)
    requested_by = fields.Many2one("res.users", readonly=True, copy=False)
    change_reason = fields.Char(readonly=True, copy=False)
    note = fields.Char()

    _subject_uniq = models.UniqueIndex(
        "(period_id, metric_id, COALESCE(employee_id, 0), COALESCE(store_id, 0), "
        "COALESCE(department_id, 0))",
        "There is a target for this metric, period and subject already.",
    )
    _one_subject = models.Constraint(
        "CHECK(num_nonnulls(employee_id, store_id, department_id) <= 1)",
        "A target is for one person, one store or one department.",
    )

    @api.depends("metric_id.name", "employee_id.name", "store_id.code", "value")
    def _compute_display_name(self):
        for target in self:
            subject = (
                target.employee_id.name
                or target.store_id.code
                or target.department_id.name
                or target.company_id.name
                or ""
            )
            target.display_name = f"{target.metric_id.name or ''} · {subject}"

    @api.constrains("parent_id", "metric_id", "period_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A target cannot lie under itself."))
        for target in self:
            parent = target.parent_id
            if parent and (
                parent.metric_id != target.metric_id
                or parent.period_id != target.period_id
            ):
                raise ValidationError(
                    self.env._(
                        "%s and the target above it have different metrics or periods.",
                        target.display_name,
                    )
                )

    def write(self, vals):
        """Change proposals; agreed targets change by request and approval."""
        terms = {"value", "floor", "stretch", "use_limits", "metric_id", "period_id"}
        terms |= {"employee_id", "store_id", "department_id", "currency_id"}
        if not self.env.su and terms & set(vals):
            self._check_proposed()
        return super().write(vals)

    def unlink(self):
        """Delete proposals only."""
        self._check_proposed()
        return super().unlink()

    def _check_proposed(self):
        fixed = self.filtered(lambda target: target.state != "proposed")
        if fixed:
            raise UserError(
                self.env._(
                    "%s is agreed. Ask for a change with a reason; another person "
                    "approves it.",
                    fixed[0].display_name,
                )
            )

    def action_agree(self):
        """Fix targets: both sides have agreed, and children sum to parents.

        The person concerned agrees to their own; a KPI manager agrees to the
        targets of stores, departments and companies, and for people who have
        no user.
        """
        self.check_access("read")
        for target in self.sudo():
            person = target.employee_id.user_id
            if person and person != self.env.user:
                raise UserError(
                    self.env._(
                        "%(target)s is agreed by %(person)s, whom it concerns.",
                        target=target.display_name,
                        person=person.name,
                    )
                )
            if not person:
                self._check_kpi_manager()
            target._check_children()
        self.sudo().filtered(lambda target: target.state == "proposed").write(
            {
                "state": "agreed",
                "agreed_by": self.env.uid,
                "agreed_at": fields.Datetime.now(),
            }
        )
        return True

    def _check_children(self):
        for target in self:
            children = target.child_ids
            total = sum(children.mapped("value"))
            if children and abs(total - target.value) > TOLERANCE:
                raise UserError(
                    self.env._(
                        "The targets under %(target)s sum to %(total)s instead of "
                        "%(value)s. Change them until they match.",
                        target=target.display_name,
                        total=total,
                        value=target.value,
                    )
                )

    def request_change(self, value, reason):
        """Ask for another value of an agreed target.

        :param value: the new target
        :param reason: why; another KPI manager decides
        """
        self.ensure_one()
        self._check_kpi_manager()
        self.check_access("write")
        if self.state != "agreed" or not (reason or "").strip():
            raise UserError(
                self.env._("A change needs an agreed target and a reason for it.")
            )
        self.sudo().write(
            {
                "state": "change",
                "requested_value": value,
                "requested_by": self.env.uid,
                "change_reason": reason,
            }
        )
        return True

    def decide_change(self, approve):
        """Approve or refuse a change asked by somebody else."""
        self.ensure_one()
        self._check_kpi_manager()
        self.check_access("write")
        target = self.sudo()
        target.lock_for_update()
        asked = self.env.user._linkstar_kpi_is_one_of(target.requested_by)
        if target.state != "change" or asked:
            raise UserError(
                self.env._(
                    "Somebody other than the person who asked decides on an open "
                    "request."
                )
            )
        values = {"state": "agreed", "requested_value": 0.0, "requested_by": False}
        if approve:
            values["value"] = target.requested_value
        target.write(values)
        return True

    def run_rate(self, reached, today=None):
        """What each remaining day must bring, today included.

        :param reached: figure so far, in the target's unit
        :return: number, 0 when reached, False when no day remains
        """
        self.ensure_one()
        self.check_access("read")
        today = fields.Date.to_date(today) or fields.Date.today()
        period = self.period_id
        rate = calendar.daily_run_rate(
            self.value, reached, max(today, period.date_from), period.date_to
        )
        return False if rate is None else rate
