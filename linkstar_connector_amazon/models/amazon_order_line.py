"""Items of orders."""

from odoo import fields, models


class LinkstarAmazonOrderLine(models.Model):
    """One MSKU of an order. Written by the sync only."""

    _name = "linkstar.amazon.order.line"
    _description = "Amazon order item"
    _log_access = False
    _rec_name = "sku"
    _order = "order_id desc, id"

    order_id = fields.Many2one(
        "linkstar.amazon.order", required=True, ondelete="cascade", readonly=True
    )
    item = fields.Char(string="Item id", required=True, readonly=True)
    sku = fields.Char(string="MSKU", readonly=True)
    asin = fields.Char(string="ASIN", readonly=True)
    title = fields.Char(readonly=True)
    quantity = fields.Integer(readonly=True)
    shipped = fields.Integer(readonly=True)
    amount = fields.Float(
        readonly=True,
        digits=(16, 4),
        aggregator=None,
        help="Price of the product times quantity, without tax and shipping.",
    )

    _order_item_uniq = models.UniqueIndex(
        "(order_id, item)", "An order has an item once."
    )
