"""Things that tie shops together in a platform's eyes."""

from odoo import fields, models


class LinkstarAsset(models.Model):
    """An asset of the linkage register (防关联台账): a phone, a line, a device …

    The register prevents sharing by accident. Identifying values of persons and
    banks are not kept here in clear: name the asset as your team does.
    """

    _name = "linkstar.asset"
    _description = "Linkage Asset"
    _inherit = ["linkstar.audit.mixin"]
    _order = "kind, name"
    _audit_fields = ("name", "kind", "active")
    _audit_store_path = False

    name = fields.Char(required=True, help="A label, never the number itself.")
    kind = fields.Selection(
        [
            ("entity", "Company"),
            ("tax_number", "Tax number"),
            ("representative", "Legal representative"),
            ("id_number", "Identity document"),
            ("bank_account", "Payout account"),
            ("card", "Charge card"),
            ("phone", "Phone"),
            ("email", "E-mail"),
            ("address", "Address"),
            ("device", "Device"),
            ("browser_profile", "Browser profile"),
            ("line", "Internet line"),
            ("ip", "IP address"),
            ("vps", "Cloud computer"),
            ("images", "Images"),
            ("trademark", "Trademark"),
            ("login", "Shared login"),
        ],
        required=True,
    )
    active = fields.Boolean(default=True)
    usage_ids = fields.One2many("linkstar.asset.usage", "asset_id")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
