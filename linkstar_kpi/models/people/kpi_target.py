"""Targets: what a person, a store or a team is to reach in a period."""

import math

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.linkstar_kpi.engine import targets as engine

#: What both sides agree to.
TERMS = frozenset(
    {"value", "floor", "stretch", "use_limits", "metric_id", "period_id"}
    | {"employee_id", "store_id", "department_id", "category_id", "currency_id"}
)
NO_COUNTER = {"counter_value": 0.0, "counter_reason": False}


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
        {"state", "proposed_by", "agreed_by", "agreed_at", "is_late"}
        | {"requested_value", "requested_by", "change_reason", "state_before"}
        | {"counter_value", "counter_reason", "origin"}
    )
    _audit_fields = (
        "metric_id",
        "period_id",
        "employee_id",
        "store_id",
        "department_id",
        "category_id",
        "value",
        "state",
        "counter_value",
        "counter_reason",
        "requested_value",
        "change_reason",
        "agreed_by",
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
    category_id = fields.Many2one(
        "linkstar.kpi.category",
        index="btree_not_null",
        ondelete="restrict",
        help="Only the goods of this category; empty: all of them.",
    )
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
        [
            ("proposed", "Proposed"),
            ("countered", "Other figure asked"),
            ("agreed", "Agreed"),
            ("change", "Change asked"),
        ],
        default="proposed",
        required=True,
        readonly=True,
        copy=False,
    )
    proposed_by = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        help="Who set the figure as it stands: one of the two sides.",
    )
    agreed_by = fields.Many2one("res.users", readonly=True, copy=False)
    agreed_at = fields.Datetime(readonly=True, copy=False)
    requested_value = fields.Float(digits=(16, 4), readonly=True, copy=False)
    requested_by = fields.Many2one("res.users", readonly=True, copy=False)
    change_reason = fields.Char(readonly=True, copy=False)
    state_before = fields.Char(readonly=True, copy=False)
    counter_value = fields.Float(
        string="Figure asked", digits=(16, 4), readonly=True, copy=False
    )
    counter_reason = fields.Char(string="Why", readonly=True, copy=False)
    is_late = fields.Boolean(
        string="Set after the start",
        readonly=True,
        copy=False,
        help="Made after its period had begun: counts only once both sides agree.",
    )
    origin = fields.Char(
        string="Where from", readonly=True, copy=False, help="How it was worked out."
    )
    note = fields.Char()

    _subject_uniq = models.UniqueIndex(
        "(period_id, metric_id, COALESCE(employee_id, 0), COALESCE(store_id, 0), "
        "COALESCE(department_id, 0), COALESCE(category_id, 0))",
        "There is a target for this metric, period and subject already.",
    )
    _one_subject = models.Constraint(
        "CHECK(num_nonnulls(employee_id, store_id, department_id) <= 1)",
        "A target is for one person, one store or one department.",
    )

    @api.depends(
        "metric_id.name",
        "employee_id.name",
        "store_id.code",
        "department_id.name",
        "category_id.name",
    )
    def _compute_display_name(self):
        for target in self:
            subject = target._subject_name()
            target.display_name = f"{target.metric_id.name or ''} · {subject}"

    def _subject_name(self):
        """Whose target it is, in one line."""
        self.ensure_one()
        whom = (
            self.employee_id.name
            or self.store_id.code
            or self.department_id.name
            or (not self.category_id and self.company_id.name)
        )
        return " · ".join(filter(None, (whom, self.category_id.name)))

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

    @api.model_create_multi
    def create(self, vals_list):
        """Create proposals; after the start of their period with a reason."""
        targets = super().create(vals_list)
        if not self.env.su:
            targets._mark_late()
        targets.sudo().proposed_by = self.env.uid
        return targets

    def _mark_late(self):
        """Mark what begins in a period that runs; it needs a reason."""
        started = self.filtered(lambda target: target.is_started and not target.is_late)
        unexplained = started.filtered(lambda target: not target.note)
        if unexplained:
            raise UserError(
                self.env._(
                    "%s begins late: its period runs already. Write in its note "
                    "why it is set now; it counts once both sides agree.",
                    unexplained[0].display_name,
                )
            )
        started.sudo().is_late = True

    def write(self, vals):
        """Change proposals before the start; later by request and approval."""
        if not self.env.su and TERMS & set(vals):
            self._check_open()
            super().write(vals)
            # Moved into a period that runs, it is as late as one made there.
            self._mark_late()
            # A new figure is a new proposal: what the other side asked is answered.
            self.sudo().write(
                {"state": "proposed", "proposed_by": self.env.uid} | NO_COUNTER
            )
            return True
        return super().write(vals)

    def unlink(self):
        """Delete proposals only."""
        self._check_open()
        return super().unlink()

    def _check_open(self):
        """Raise UserError unless the terms may still be changed freely."""
        for target in self:
            if target.state not in ("proposed", "countered"):
                raise UserError(
                    self.env._(
                        "%s is agreed. Ask for a change with a reason; another "
                        "person approves it.",
                        target.display_name,
                    )
                )
            if target.is_started and not target.is_late and not self.env.su:
                raise UserError(
                    self.env._(
                        "The period of %s runs already. Ask for a change with a "
                        "reason; another person approves it.",
                        target.display_name,
                    )
                )

    def action_agree(self):
        """Fix targets: both sides have agreed, and children sum to parents.

        The person concerned agrees to the figure a KPI manager set, or a KPI
        manager to the figure the person asked for instead. Targets of stores,
        departments and companies, and of people who have no user, are agreed by a
        KPI manager.
        """
        self.check_access("read")
        for target in self.sudo():
            target._check_side(self.env.user)
            target._check_children()
        for target in self.sudo():
            if target.state == "countered":
                target.write({"value": target.counter_value} | NO_COUNTER)
                target.proposed_by = target.employee_id.user_id
        open_ones = self.sudo().filtered(lambda x: x.state in ("proposed", "countered"))
        open_ones.write(
            {
                "state": "agreed",
                "agreed_by": self.env.uid,
                "agreed_at": fields.Datetime.now(),
            }
        )
        return True

    def _check_side(self, user):
        """Raise unless it is this user's turn to agree."""
        person = self.employee_id.user_id
        own = person and user._linkstar_kpi_is_one_of(person)
        alone = user._linkstar_kpi_is_one_of(self.proposed_by)
        if alone and self.state == "proposed" and (person or self.is_late):
            raise UserError(
                self.env._(
                    "Somebody else agrees to %s: nobody agrees alone to a figure they "
                    "set.",
                    self.display_name,
                )
            )
        if person and self.state != "countered":
            if person != user:
                raise UserError(
                    self.env._(
                        "%(target)s is agreed by %(person)s, whom it concerns.",
                        target=self.display_name,
                        person=person.name,
                    )
                )
            return
        self.with_user(user)._check_kpi_manager()
        if own:
            raise UserError(
                self.env._(
                    "Somebody else accepts the figure that you asked for in %s.",
                    self.display_name,
                )
            )

    def counter(self, value, reason):
        """Ask for another figure than the one proposed, as the person concerned.

        :param value: the figure the person would agree to
        :param reason: why
        :raise UserError: unless it is their own, not yet agreed, with a reason
        """
        self.ensure_one()
        self.check_access("read")
        target = self.sudo()
        target.lock_for_update()
        if target.employee_id.user_id != self.env.user:
            raise UserError(
                self.env._("Only the person concerned answers a proposed target.")
            )
        if target.state not in ("proposed", "countered"):
            raise UserError(self.env._("%s is agreed already.", target.display_name))
        if not (reason or "").strip() or not math.isfinite(value):
            raise UserError(
                self.env._("Give the figure you would agree to, and say why.")
            )
        target.write(
            {"state": "countered", "counter_value": value, "counter_reason": reason}
        )
        return True

    def _check_children(self):
        """Raise UserError for a parent whose children sum to something else."""
        for target in self:
            if not target.is_summed:
                continue
            parts = target.child_ids.mapped("value")
            total = sum(parts)
            if engine.gap(target.value, parts):
                raise UserError(
                    self.env._(
                        "The targets under %(target)s sum to %(total)s instead of "
                        "%(value)s. Change them until they match.",
                        target=target.display_name,
                        total=total,
                        value=target.value,
                    )
                )
