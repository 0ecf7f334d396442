"""Sites of a platform: Amazon.com, eBay UK, Shopee Singapore."""

from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get


class LinkstarMarketplace(models.Model):
    """A platform's site: one country, one currency, one reporting day."""

    _name = "linkstar.marketplace"
    _description = "Marketplace"
    _order = "platform_id, sequence, code"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="The site's short name, such as US.")
    platform_id = fields.Many2one(
        "linkstar.platform", required=True, index=True, ondelete="restrict"
    )
    country_id = fields.Many2one("res.country")
    currency_id = fields.Many2one(
        "res.currency", required=True, context={"active_test": False}
    )
    tz = fields.Selection(
        _tz_get,
        string="Time zone",
        required=True,
        default="UTC",
        help="Time zone in which the platform cuts its reporting day.",
    )
    region = fields.Selection(
        [("na", "North America"), ("eu", "Europe"), ("fe", "Far East")],
        help="The region whose account and API address serve this site.",
    )
    external_id = fields.Char(
        string="Platform's id", help="The platform's own id, such as ATVPDKIKX0DER."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE(platform_id, code)",
        "This platform has a marketplace with the same code already.",
    )

    @api.depends("name", "code")
    def _compute_display_name(self):
        for site in self:
            site.display_name = site.name or site.code
