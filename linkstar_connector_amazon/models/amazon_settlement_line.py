"""Lines of a settlement, summed per MSKU, day and kind of amount."""

from odoo import fields, models

from .amazon_rows import upsert
from .amazon_settlement import KINDS


class LinkstarAmazonSettlementLine(models.Model):
    """Amounts of one kind of one MSKU and day. Written by the sync only."""

    _name = "linkstar.amazon.settlement.line"
    _description = "Amazon settlement line"
    _log_access = False
    _rec_name = "description"
    _order = "day desc, settlement_id, sku, kind"

    settlement_id = fields.Many2one(
        "linkstar.amazon.settlement", required=True, ondelete="cascade", readonly=True
    )
    store_id = fields.Many2one(
        "linkstar.store", required=True, index=True, ondelete="restrict", readonly=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    day = fields.Date(required=True, readonly=True, help="When it was posted.")
    sku = fields.Char(string="MSKU", readonly=True, help="Empty: of no one MSKU.")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    transaction = fields.Char(readonly=True, help="Amazon's word.")
    amount_type = fields.Char(readonly=True)
    description = fields.Char(readonly=True)
    units = fields.Integer(readonly=True)
    amount = fields.Monetary(readonly=True)

    _key_uniq = models.UniqueIndex(
        "(settlement_id, day, sku, kind, transaction, amount_type, description)",
        "A settlement has a line once.",
    )

    def _insert(self, settlement, lines):
        """Insert the lines of a settlement in one statement."""
        upsert(
            self,
            (
                "settlement_id",
                "day",
                "sku",
                "kind",
                "transaction",
                "amount_type",
                "description",
            ),
            [
                {
                    "settlement_id": settlement.id,
                    "store_id": settlement.store_id.id,
                    "currency_id": settlement.currency_id.id or None,
                    "day": line.day,
                    "sku": line.sku,
                    "kind": line.kind,
                    "transaction": line.transaction,
                    "amount_type": line.amount_type,
                    "description": line.description,
                    "units": line.units,
                    "amount": line.amount,
                }
                for line in lines
            ],
        )
