"""What a shipment carries of each MSKU."""

from odoo import fields, models


class LinkstarAmazonShipmentLine(models.Model):
    """Units of one MSKU, sent and received."""

    _name = "linkstar.amazon.shipment.line"
    _description = "FBA shipment item"
    _order = "shipment_id desc, sku"
    _rec_name = "sku"

    shipment_id = fields.Many2one(
        "linkstar.amazon.shipment",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    sku = fields.Char(string="MSKU", required=True, readonly=True)
    shipped = fields.Integer(string="Sent", readonly=True)
    received = fields.Integer(readonly=True)

    _shipment_sku_uniq = models.UniqueIndex(
        "(shipment_id, sku)", "A shipment has an MSKU once."
    )
