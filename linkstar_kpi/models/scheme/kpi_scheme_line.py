"""Lines of a scheme: one measure, its weight and how it scores."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.linkstar_kpi.engine import scoring


class LinkstarKpiSchemeLine(models.Model):
    """A measure of a scheme version."""

    _name = "linkstar.kpi.scheme.line"
    _description = "KPI scheme line"
    _order = "version_id, sequence, id"

    version_id = fields.Many2one(
        "linkstar.kpi.scheme.version", required=True, index=True, ondelete="cascade"
    )
    scheme_id = fields.Many2one(related="version_id.scheme_id", store=True, index=True)
    company_id = fields.Many2one(related="version_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    metric_id = fields.Many2one("linkstar.metric", required=True, ondelete="restrict")
    unit = fields.Selection(related="metric_id.unit")
    weight = fields.Float(digits=(6, 2))
    is_weighted = fields.Boolean(compute="_compute_is_weighted")
    method = fields.Selection(
        [
            ("piecewise", "Line through floor, target, stretch"),
            ("steps", "Steps"),
            ("range", "Within a range"),
            ("binary", "Met or not"),
            ("deduction", "Deduction"),
            ("bonus_item", "Bonus item"),
            ("veto", "Veto item"),
        ],
        required=True,
        default="piecewise",
    )
    scope = fields.Selection(
        [
            ("share", "Own stores, by share"),
            ("stores", "Own stores, in full"),
            ("team", "Stores that the person leads"),
            ("department", "The person's department, by share"),
            ("shift", "Own stores by share, on the days of the person's shifts"),
            ("group", "A project group's stores, in full"),
            ("person", "Figures recorded for the person"),
        ],
        required=True,
        default="share",
        help="Whose figures count. Task measures always count the person's tasks. "
        "Shifts are the working days of the person's calendar, less time off.",
    )
    has_floor = fields.Boolean(compute="_compute_is_weighted")
    floor = fields.Float(digits=(16, 4))
    target = fields.Float(digits=(16, 4))
    stretch = fields.Float(digits=(16, 4))
    use_stretch = fields.Boolean(default=True, string="Has a stretch")
    points_floor = fields.Float(string="Points at floor", default=0.0)
    points_target = fields.Float(string="Points at target", default=100.0)
    points_stretch = fields.Float(string="Points at stretch", default=120.0)
    band_ids = fields.One2many("linkstar.kpi.scheme.band", "line_id", copy=True)
    outer_low = fields.Float(digits=(16, 4), string="Nothing at or below")
    range_low = fields.Float(digits=(16, 4), string="Range from")
    range_high = fields.Float(digits=(16, 4), string="Range to")
    outer_high = fields.Float(digits=(16, 4), string="Nothing at or above")
    points_each = fields.Float(string="Points each")
    use_cap = fields.Boolean(string="Cap points")
    cap = fields.Float()
    min_denominator = fields.Float(
        string="Least denominator",
        help="Below this many orders, tasks and so on the value is shown, not scored.",
    )
    platform_ids = fields.Many2many("linkstar.platform", string="Only platforms")
    marketplace_ids = fields.Many2many("linkstar.marketplace", string="Only sites")
    group_ids = fields.Many2many("linkstar.store.group", string="Only project groups")
    category_id = fields.Many2one(
        "linkstar.kpi.category",
        string="Only category",
        ondelete="restrict",
        help="Only the MSKUs listed in the category count.",
    )
    threshold_hint = fields.Char(
        string="Platform asks for",
        compute="_compute_threshold_hint",
        help="Dated thresholds of the metric; a target beyond them risks the account.",
    )
    action_kind = fields.Selection(
        [("none", "Nothing"), ("task", "A task"), ("launch", "A template")],
        string="When off track",
        default="none",
        required=True,
    )
    action_template_id = fields.Many2one(
        "project.project",
        string="Template",
        domain="[('is_template', '=', True), ('linkstar_kind', '!=', False)]",
    )
    action_below = fields.Float(
        string="Off track below (points)",
        default=60.0,
        help="The action starts once a period when the line scores less than this.",
    )

    _weight_range = models.Constraint(
        "CHECK(weight >= 0 AND weight <= 100)", "A weight lies between 0 and 100."
    )

    @api.depends("method")
    def _compute_is_weighted(self):
        for line in self:
            line.is_weighted = line.method in scoring.WEIGHTED
            line.has_floor = line.method == "piecewise"

    @api.depends("metric_id", "target", "method", "marketplace_ids")
    def _compute_threshold_hint(self):
        today = fields.Date.today()
        for line in self:
            known = line.metric_id.threshold_ids
            holds = known._holds(today, line.marketplace_ids[:1])
            line.threshold_hint = ", ".join(holds.mapped("display_name"))
            weak = holds.filtered(lambda item, own=line: not item._allows(own.target))
            if weak and line.method in ("piecewise", "binary"):
                line.threshold_hint = self.env._(
                    "%(threshold)s: the target of this line asks for less.",
                    threshold=weak[0].display_name,
                )

    @api.depends("metric_id.name", "weight")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.metric_id.name or ""

    @api.model_create_multi
    def create(self, vals_list):
        """Create lines of drafts only."""
        lines = super().create(vals_list)
        lines.version_id._check_draft()
        return lines

    def write(self, vals):
        """Write lines of drafts only."""
        self.version_id._check_draft()
        result = super().write(vals)
        self.version_id._check_draft()
        return result

    def unlink(self):
        """Delete lines of drafts only."""
        self.version_id._check_draft()
        return super().unlink()

    def _rule(self):
        """The line as the engine's :class:`~..engine.scoring.Rule`."""
        self.ensure_one()
        piecewise = self.method == "piecewise"
        in_range = self.method == "range"
        return scoring.Rule(
            method=self.method,
            weight=self.weight if self.is_weighted else 0.0,
            floor=self.floor if piecewise else None,
            target=self.target,
            stretch=self.stretch if piecewise and self.use_stretch else None,
            points_floor=self.points_floor,
            points_target=self.points_target,
            points_stretch=self.points_stretch,
            bands=tuple(band._bound() for band in self.band_ids),
            outer_low=self.outer_low if in_range else None,
            range_low=self.range_low if in_range else None,
            range_high=self.range_high if in_range else None,
            outer_high=self.outer_high if in_range else None,
            lower_is_better=self.metric_id.direction == "lower",
            points_each=self.points_each,
            cap=self.cap if self.use_cap or self.method == "bonus_item" else None,
            min_denominator=self.min_denominator,
            small_sample=self.version_id.small_sample,
        )

    def _terms(self):
        """Everything that decides the line's score, for the checksum."""
        self.ensure_one()
        rule = self._rule()
        filters = [
            sorted(self.platform_ids.mapped("code")),
            sorted(self.marketplace_ids.ids),
            sorted(self.group_ids.ids),
            self.category_id.id or 0,
        ]
        return [self.metric_id.code, self.scope, repr(rule), filters]

    def _store_domain(self):
        """Domain of the stores that the line counts."""
        self.ensure_one()
        domain = Domain.TRUE
        if self.platform_ids:
            domain &= Domain("platform_id", "in", self.platform_ids.ids)
        if self.marketplace_ids:
            domain &= Domain("marketplace_id", "in", self.marketplace_ids.ids)
        return domain

    def _check_can_score(self):
        """Raise UserError naming the first line that cannot score, and why."""
        for line in self:
            found = scoring.problems(line._rule())
            if line.scope == "group" and not line.group_ids:
                found = ["needs_group", *found]
            if line.scope == "person" and line.category_id:
                found = ["person_category", *found]
            if found:
                raise UserError(
                    self.env._(
                        "Line %(metric)s cannot score: %(problem)s",
                        metric=line.metric_id.name,
                        problem=line._problem_text(found[0]),
                    )
                )

    def _problem_text(self, code):
        texts = {
            "needs_target": self.env._("give it a floor and a target."),
            "floor_equals_target": self.env._(
                "floor and target are the same number; move one of them."
            ),
            "stretch_wrong_side": self.env._(
                "the stretch lies on the floor's side of the target."
            ),
            "needs_group": self.env._("name the project groups that it counts."),
            "person_category": self.env._(
                "figures recorded for a person have no category of goods."
            ),
            "needs_bands": self.env._("add the steps with their points."),
            "bands_order": self.env._(
                "the first step has no lower bound and the others ascend."
            ),
            "needs_range": self.env._("give the range that earns full points."),
            "range_order": self.env._(
                "outer limits lie outside the range, in ascending order."
            ),
            "needs_points": self.env._("say how many points each event is worth."),
            "needs_cap": self.env._("cap the points of a bonus item."),
            "weight_range": self.env._("its weight lies between 0 and 100."),
        }
        return texts[code]
