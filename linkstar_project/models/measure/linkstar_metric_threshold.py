"""Thresholds that platforms set for metrics: dated, since they move."""

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

OPERATORS = [(">=", "≥"), (">", ">"), ("<=", "≤"), ("<", "<"), ("=", "=")]


class LinkstarMetricThreshold(models.Model):
    """From a day on, a platform asks for this much."""

    _name = "linkstar.metric.threshold"
    _description = "Threshold of a metric"
    _inherit = ["linkstar.audit.mixin"]
    _order = "metric_id, date_from desc NULLS LAST, id desc"

    _audit_fields = (
        "metric_id",
        "platform_id",
        "marketplace_id",
        "operator",
        "value",
        "date_from",
        "date_to",
    )
    _audit_store_path = None

    metric_id = fields.Many2one(
        "linkstar.metric", required=True, index=True, ondelete="cascade"
    )
    platform_id = fields.Many2one("linkstar.platform", ondelete="restrict")
    marketplace_id = fields.Many2one(
        "linkstar.marketplace",
        string="Site",
        ondelete="restrict",
        domain="[('platform_id', '=', platform_id)]",
        help="Empty: all sites of the platform.",
    )
    operator = fields.Selection(OPERATORS, required=True, default=">=")
    value = fields.Float(digits=(16, 2), required=True)
    date_from = fields.Date(help="First day. Empty: as far back as known.")
    date_to = fields.Date(help="Last day. Empty: until further notice.")
    source_grade = fields.Selection(
        [
            ("official", "Vendor of the data"),
            ("code", "Read in source code"),
            ("vendor", "Maker of a tool"),
            ("community", "Community"),
            ("weak", "Unverified page"),
            ("own", "Own judgement"),
        ],
        string="Source",
        default="own",
        required=True,
    )
    note = fields.Char(translate=True)

    _dates = models.Constraint(
        "CHECK(date_from IS NULL OR date_to IS NULL OR date_to >= date_from)",
        "A threshold cannot end before it begins.",
    )

    @api.depends("operator", "value", "metric_id.unit", "date_from")
    def _compute_display_name(self):
        signs = dict(OPERATORS)
        for item in self:
            unit = " %" if item.metric_id.unit == "percent" else ""
            digits = 0 if float(item.value).is_integer() else 2
            number = formatLang(self.env, item.value, digits=digits)
            text = f"{signs.get(item.operator, '')} {number}{unit}"
            if item.date_from:
                text = self.env._(
                    "%(threshold)s since %(day)s",
                    threshold=text,
                    day=format_date(self.env, item.date_from),
                )
            item.display_name = text

    def _holds(self, on, marketplace=None):
        """Those of these thresholds that are in force on a day.

        :param on: the day
        :param marketplace: ``linkstar.marketplace``; of its thresholds the one for
            the site goes before the one for the platform
        """
        known = self.filtered(
            lambda item: (not item.date_from or item.date_from <= on)
            and (not item.date_to or item.date_to >= on)
        )
        if not marketplace:
            return known
        exact = known.filtered(lambda item: item.marketplace_id == marketplace)
        return exact or known.filtered(
            lambda item: not item.marketplace_id
            and item.platform_id in (marketplace.platform_id, item.platform_id.browse())
        )

    def _allows(self, value):
        """Whether a value keeps this threshold."""
        self.ensure_one()
        return {
            ">=": value >= self.value,
            ">": value > self.value,
            "<=": value <= self.value,
            "<": value < self.value,
            "=": value == self.value,
        }[self.operator]


class LinkstarMetric(models.Model):
    _inherit = "linkstar.metric"

    threshold_ids = fields.One2many(
        "linkstar.metric.threshold", "metric_id", string="Thresholds"
    )
    threshold_now = fields.Char(
        string="Platform asks for", compute="_compute_threshold_now"
    )

    @api.depends(
        "threshold_ids.value",
        "threshold_ids.operator",
        "threshold_ids.date_from",
        "threshold_ids.date_to",
    )
    @api.depends_context("lang")
    def _compute_threshold_now(self):
        today = fields.Date.today()
        for metric in self:
            now = metric.threshold_ids._holds(today)
            metric.threshold_now = ", ".join(now.mapped("display_name"))
