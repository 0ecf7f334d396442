"""Saved mappings from spreadsheets of platforms to metrics."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.fact_sheet import Layout


def _words(text):
    return [word.strip() for word in (text or "").split("|") if word.strip()]


class LinkstarFactMapping(models.Model):
    """Which column of an export is which metric."""

    _name = "linkstar.fact.mapping"
    _description = "Import mapping"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    platform_id = fields.Many2one("linkstar.platform", index=True)
    date_headers = fields.Char(
        string="Date column",
        required=True,
        default="Date|日期",
        help="Possible headers, separated by |. Case, spaces and what stands in "
        "brackets do not matter.",
    )
    store_headers = fields.Char(string="Store code column", default="Store|店铺")
    sku_headers = fields.Char(string="MSKU column")
    agent_headers = fields.Char(string="Person column")
    currency_headers = fields.Char(string="Currency column", default="Currency|币种")
    day_order = fields.Selection(
        [
            ("ymd", "Year, month, day"),
            ("dmy", "Day, month, year"),
            ("mdy", "Month, day, year"),
        ],
        required=True,
        default="ymd",
        string="Dates are written",
    )
    decimal = fields.Selection(
        [(".", "1,234.5"), (",", "1.234,5")],
        required=True,
        default=".",
        string="Numbers are written",
    )
    line_ids = fields.One2many("linkstar.fact.mapping.line", "mapping_id", copy=True)
    active = fields.Boolean(default=True)

    def _layout(self):
        """The mapping as the engine takes it."""
        self.ensure_one()
        lines = self.line_ids
        return Layout(
            fields={
                "date": _words(self.date_headers),
                "store": _words(self.store_headers),
                "sku": _words(self.sku_headers),
                "agent": _words(self.agent_headers),
                "currency": _words(self.currency_headers),
            },
            metrics={line.metric_id.code: _words(line.headers) for line in lines},
            factors={line.metric_id.code: line.factor for line in lines},
            day_order=self.day_order,
            decimal=self.decimal,
        )


class LinkstarFactMappingLine(models.Model):
    """One column of an export."""

    _name = "linkstar.fact.mapping.line"
    _description = "Column of an import mapping"
    _order = "mapping_id, id"
    _rec_name = "headers"

    mapping_id = fields.Many2one(
        "linkstar.fact.mapping", required=True, index=True, ondelete="cascade"
    )
    headers = fields.Char(
        required=True, help="Possible headers of the column, separated by |."
    )
    metric_id = fields.Many2one("linkstar.metric", required=True, ondelete="cascade")
    factor = fields.Float(
        default=1.0, help="The figure is multiplied with this, such as 0.01."
    )

    _metric_uniq = models.Constraint(
        "UNIQUE(mapping_id, metric_id)", "A metric has one column in a mapping."
    )

    @api.constrains("factor")
    def _check_factor(self):
        for line in self:
            if not 0 < abs(line.factor) <= 1e6:
                raise ValidationError(
                    self.env._(
                        "The factor of %(headers)s must not be zero nor above a "
                        "million.",
                        headers=line.headers,
                    )
                )
