"""Triggers: which event launches which template."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...engine import formula as engine_formula
from ...engine import trigger_rules


class LinkstarTrigger(models.Model):
    """When such an event comes, and the condition holds, launch a template.

    Runs with the rights of its owner, so a trigger can do no more than a person.
    """

    _name = "linkstar.trigger"
    _description = "Trigger"
    _inherit = ["linkstar.audit.mixin"]
    _order = "sequence, id"
    _audit_fields = (
        "name",
        "active",
        "event_type_id",
        "condition",
        "template_id",
        "version_id",
        "mode",
        "cooldown_days",
        "owner_id",
    )
    _audit_store_path = None

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    event_type_id = fields.Many2one(
        "linkstar.event.type", required=True, index=True, ondelete="restrict"
    )
    condition = fields.Char(
        help="Empty: always. For example payload.days_of_cover < 10 or "
        'payload.status == "CLOSED"; metrics by their code, such as acos > 30.',
    )
    metric_days = fields.Integer(
        string="Metrics over (days)",
        default=7,
        help="Metrics in the condition are taken over this many days up to today.",
    )
    store_ids = fields.Many2many(
        "linkstar.store", string="Stores", help="Empty: every store of its owner."
    )
    group_ids = fields.Many2many("linkstar.store.group", string="Store groups")
    marketplace_ids = fields.Many2many("linkstar.marketplace", string="Marketplaces")
    lifecycle_filter = fields.Selection(
        [
            ("all", "Every SKU"),
            ("selling", "New and active SKUs"),
            ("new", "New SKUs"),
            ("active", "Active SKUs"),
            ("clearance", "SKUs in clearance"),
        ],
        required=True,
        default="selling",
        help="No replenishment starts for what is being cleared or discontinued.",
    )
    template_id = fields.Many2one(
        "project.project",
        string="Template",
        required=True,
        ondelete="restrict",
        domain=[("is_template", "=", True), ("linkstar_kind", "!=", False)],
    )
    version_id = fields.Many2one(
        "linkstar.template.version",
        string="Fixed version",
        ondelete="restrict",
        domain="[('project_id', '=', template_id), ('state', '=', 'published')]",
        help="Empty: the newest published version.",
    )
    anchor = fields.Selection(
        [("start", "Starts on"), ("target", "Ends on")], required=True, default="start"
    )
    anchor_from = fields.Selection(
        [
            ("event", "the day of the event"),
            ("payload", "the date in payload.anchor_date"),
        ],
        required=True,
        default="event",
    )
    mode = fields.Selection(
        [("ask", "Ask a lead first"), ("automatic", "Launch at once")],
        required=True,
        default="ask",
    )
    grouping = fields.Selection(
        [
            ("none", "One launch per SKU"),
            ("supplier", "One launch per supplier"),
            ("store", "One launch per store"),
        ],
        required=True,
        default="none",
    )
    by_stock_pool = fields.Boolean(
        string="Once per stock pool",
        default=True,
        help="Stores that sell from one stock raise one launch, in the store that "
        "owns the stock.",
    )
    cooldown_days = fields.Integer(
        default=7,
        help="After a launch (or a proposal, even a dismissed one) the same SKU or "
        "group stays quiet for this many days.",
    )
    owner_id = fields.Many2one(
        "res.users",
        index=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Launches happen with this person's rights: they lead the stores.",
    )
    log_ids = fields.One2many("linkstar.trigger.log", "trigger_id", readonly=True)
    asked_count = fields.Integer(compute="_compute_counts", string="Waiting")
    fired_count = fields.Integer(compute="_compute_counts", string="Launched")

    _days_positive = models.Constraint(
        "CHECK(cooldown_days >= 0 AND metric_days BETWEEN 1 AND 365)",
        "Days must not be negative, and metrics are taken over 1 to 365 days.",
    )

    def _compute_counts(self):
        counts = {
            (trigger.id, state): count
            for trigger, state, count in self.env["linkstar.trigger.log"]._read_group(
                [("trigger_id", "in", self.ids), ("state", "in", ("asked", "fired"))],
                ["trigger_id", "state"],
                ["__count"],
            )
        }
        for trigger in self:
            trigger.asked_count = counts.get((trigger.id, "asked"), 0)
            trigger.fired_count = counts.get((trigger.id, "fired"), 0)

    # ------------------------------------------------------------------
    @api.constrains("condition")
    def _check_condition(self):
        """A condition is read when it is written, not when it is needed."""
        for trigger in self:
            try:
                trigger._condition_tree()
            except engine_formula.FormulaError as error:
                raise ValidationError(
                    self.env._(
                        "The condition of %(name)s cannot be used. %(reason)s",
                        name=trigger.name,
                        reason=self.env["linkstar.metric"]._formula_reason(error),
                    )
                ) from None

    def _condition_tree(self):
        """Tree of the condition, None if empty.

        :raise FormulaError: if it cannot be read
        """
        if not (self.condition or "").strip():
            return None
        known = set(self.env["linkstar.metric"]._specs())
        tree = engine_formula.parse(self.condition, known, condition=True)
        for code in trigger_rules.metrics_of(tree):
            if code not in known:
                raise engine_formula.FormulaError("unknown_name", 1, code)
        return tree

    @api.constrains("template_id", "version_id")
    def _check_template(self):
        for trigger in self.sudo():
            template, version = trigger.template_id, trigger.version_id
            if not template.is_template or not template.linkstar_kind:
                raise ValidationError(
                    self.env._(
                        "%(name)s launches %(template)s, which is no template of the "
                        "library. Choose one under Templates.",
                        name=trigger.name,
                        template=template.name,
                    )
                )
            if version and version.project_id != template:
                raise ValidationError(
                    self.env._(
                        "The fixed version of %(name)s belongs to another template.",
                        name=trigger.name,
                    )
                )

    @api.constrains("active", "owner_id")
    def _check_owner(self):
        for trigger in self:
            if trigger.active and not trigger.owner_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s needs an owner: the person with whose rights it "
                        "launches.",
                        name=trigger.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Create; who creates an active trigger owns it unless another is named."""
        for vals in vals_list:
            if vals.get("active", True):
                vals.setdefault("owner_id", self._default_owner())
            self._check_owner_choice(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Write; who switches on a trigger without owner becomes its owner."""
        self._check_owner_choice(vals)
        if vals.get("active") and "owner_id" not in vals:
            orphans = self.filtered(lambda trigger: not trigger.owner_id)
            if orphans:
                super(LinkstarTrigger, orphans).write(
                    {"owner_id": self._default_owner()}
                )
        return super().write(vals)

    def _default_owner(self):
        return False if self.env.uid == 1 else self.env.uid

    def _check_owner_choice(self, vals):
        """Nobody borrows the rights of another; administrators have them all."""
        owner = vals.get("owner_id")
        if self.env.su or not owner or owner == self.env.uid:
            return
        if not self.env.user.has_group("linkstar_project.group_admin"):
            raise AccessError(
                self.env._("You can make only yourself the owner of a trigger.")
            )

    # ------------------------------------------------------------------
    def _version(self):
        """The version to launch: the fixed one, else the newest published."""
        self.ensure_one()
        if self.version_id:
            return self.version_id
        return self.env["linkstar.template.version"].search(
            [("project_id", "=", self.template_id.id), ("state", "=", "published")],
            order="number desc",
            limit=1,
        )

    def _own_store_ids(self):
        """Stores of the filters, as a set, or None for all."""
        self.ensure_one()
        if not (self.store_ids or self.group_ids):
            return None
        return set((self.store_ids | self.group_ids.store_ids)._ids)

    def _owner_store_ids(self):
        """Stores the owner leads, as a set, or None for all."""
        self.ensure_one()
        owner = self.owner_id
        if owner.has_group("linkstar_project.group_admin"):
            return None
        if not owner.has_group("linkstar_project.group_lead"):
            return set()
        return set(owner._linkstar_lead_store_ids())

    def action_open_log(self):
        """Show what this trigger did."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_project.linkstar_trigger_log_action"
        )
        action["domain"] = [("trigger_id", "=", self.id)]
        action["context"] = {}
        return action
