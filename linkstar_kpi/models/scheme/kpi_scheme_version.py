"""Versions of a scheme: drafts are edited, published ones are frozen."""

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

FULL_WEIGHT = 100.0
USUAL_LINES = range(3, 6)


class LinkstarKpiSchemeVersion(models.Model):
    """Lines, weights and rules under one number; what a card is judged by."""

    _name = "linkstar.kpi.scheme.version"
    _description = "KPI scheme version"
    _inherit = [
        "linkstar.audit.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.kpi.manager.mixin",
    ]
    _order = "scheme_id, number desc"

    _system_fields = frozenset({"state", "published_at", "published_by", "checksum"})
    _audit_fields = ("scheme_id", "number", "state", "rate_rule", "checksum")
    _audit_store_path = None

    scheme_id = fields.Many2one(
        "linkstar.kpi.scheme", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scheme_id.company_id", store=True)
    role_id = fields.Many2one(related="scheme_id.role_id")
    number = fields.Integer(required=True, default=1, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
        required=True,
        default="draft",
        copy=False,
    )
    line_ids = fields.One2many("linkstar.kpi.scheme.line", "version_id", copy=True)
    total_weight = fields.Float(compute="_compute_total_weight", digits=(6, 2))
    line_warning = fields.Char(compute="_compute_total_weight")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Money on the cards is stated in this currency.",
    )
    rate_rule = fields.Selection(
        [
            ("budget", "Budget rate"),
            ("day", "Rate of the day"),
            ("period_end", "Rate at the period's end"),
        ],
        required=True,
        default="day",
        help="A budget rate keeps exchange risk away from the people assessed.",
    )
    rate_ids = fields.One2many("linkstar.kpi.rate", "version_id", copy=True)
    small_sample = fields.Selection(
        [("neutral", "Full points"), ("drop", "Share out its weight")],
        required=True,
        default="neutral",
        help="What a line scores when its denominator is below the line's minimum.",
    )
    bonus_cap = fields.Float(
        string="Most extra points",
        default=10.0,
        help="All bonus items of a card together add no more than this.",
    )
    veto_limit = fields.Float(
        string="Score after a veto",
        help="A confirmed veto limits the score of the card to this.",
    )
    adjustment_limit = fields.Float(
        string="Largest adjustment (points)",
        default=5.0,
        help="A manager may move the score by at most this, with a reason.",
    )
    appeal_days = fields.Integer(
        default=5, help="Days after publishing in which a person may appeal."
    )
    retention_months = fields.Integer(
        default=36, help="Cards are kept this long after they are locked."
    )
    ramp = fields.Char(
        string="Newcomer ramp (%)",
        help="Part of the full target in each of the first months, such as 40, 60, 80.",
    )
    level_ids = fields.One2many("linkstar.kpi.level", "version_id", copy=True)
    note = fields.Text()
    published_at = fields.Datetime(readonly=True, copy=False)
    published_by = fields.Many2one("res.users", readonly=True, copy=False)
    checksum = fields.Char(readonly=True, copy=False)

    _number_uniq = models.UniqueIndex(
        "(scheme_id, number)", "A scheme numbers its versions once."
    )
    _one_draft = models.UniqueIndex(
        "(scheme_id) WHERE state = 'draft'",
        "The scheme has a draft already. Edit or publish that one.",
    )
    _cap_range = models.Constraint(
        "CHECK(bonus_cap >= 0 AND adjustment_limit >= 0 AND appeal_days >= 0 "
        "AND retention_months >= 0 AND veto_limit >= 0)",
        "Limits of a scheme cannot be negative.",
    )

    @api.depends("scheme_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.scheme_id.name or ''} v{version.number}"

    @api.depends("line_ids.weight", "line_ids.method")
    def _compute_total_weight(self):
        for version in self:
            weighted = version.line_ids.filtered("is_weighted")
            version.total_weight = round(sum(weighted.mapped("weight")), 4)
            version.line_warning = False
            if weighted and len(weighted) not in USUAL_LINES:
                version.line_warning = self.env._(
                    "%(count)s measures: three to five are what a person can steer by.",
                    count=len(weighted),
                )

    @api.constrains("ramp")
    def _check_ramp(self):
        for version in self:
            version._ramp_factors()

    def _ramp_factors(self):
        """The ramp as factors: "40, 60" gives (0.4, 0.6)."""
        self.ensure_one()
        parts = (self.ramp or "").replace("，", ",").replace("%", "").split(",")
        try:
            factors = tuple(float(part) / 100 for part in parts if part.strip())
        except ValueError:
            factors = (-1,)
        if any(not 0 < factor <= 1 for factor in factors):
            raise UserError(
                self.env._(
                    "The newcomer ramp %(ramp)s cannot be read. Write percentages "
                    "between 1 and 100 with commas, such as 40, 60, 80.",
                    ramp=self.ramp,
                )
            )
        return factors

    def _ramp_factors_of(self):
        """The ramp of a version or of none: ``()`` then."""
        return self._ramp_factors() if self else ()

    def write(self, vals):
        """Write drafts; what is published only changes its state."""
        if set(vals) - {"state", "published_at", "published_by", "checksum"}:
            self._check_draft()
        return super().write(vals)

    def unlink(self):
        """Delete drafts; published versions stay with their cards."""
        self._check_draft()
        return super().unlink()

    def _check_draft(self):
        frozen = self.filtered(lambda version: version.state != "draft")
        if frozen:
            raise UserError(
                self.env._(
                    "%(version)s is published and does not change any more. Make a "
                    "new version of the scheme instead.",
                    version=frozen[0].display_name,
                )
            )

    def action_publish(self):
        """Freeze a draft; it becomes the version in force for new periods.

        :raise UserError: if weights do not sum to 100, or a line cannot score
        """
        self.ensure_one()
        self._check_kpi_manager()
        self.check_access("write")
        self._check_draft()
        self._check_complete()
        siblings = self.scheme_id.version_ids - self
        siblings.filtered(lambda v: v.state == "published").sudo().write(
            {"state": "retired"}
        )
        self.sudo().write(
            {
                "state": "published",
                "published_at": fields.Datetime.now(),
                "published_by": self.env.uid,
                "checksum": self._content_checksum(),
            }
        )
        return True

    def _check_complete(self):
        if not self.line_ids.filtered("is_weighted"):
            raise UserError(
                self.env._(
                    "%(version)s measures nothing yet. Add lines whose weights sum "
                    "to 100.",
                    version=self.display_name,
                )
            )
        if abs(self.total_weight - FULL_WEIGHT) > 1e-6:
            raise UserError(
                self.env._(
                    "The weights of %(version)s sum to %(total)g, not to 100. Change "
                    "the lines until they do.",
                    version=self.display_name,
                    total=self.total_weight,
                )
            )
        self.line_ids._check_can_score()

    def _content_checksum(self):
        """SHA-256 over everything that decides a score."""
        self.ensure_one()
        content = [line._terms() for line in self.line_ids]
        content.append([self.rate_rule, self.currency_id.name, self.small_sample])
        content.append([self.bonus_cap, self.veto_limit, self.ramp or ""])
        content.append([[r.currency_id.name, r.rate] for r in self.rate_ids])
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
