"""Watches: what cannot be bought needs no impressions."""

from odoo import models


class LinkstarWatch(models.Model):
    _inherit = "linkstar.watch"

    def _silent_listings(self, today):
        """Leave out listings that Amazon says cannot be bought; another event tells it.

        Listings of which Amazon has not told anything stay in.
        """
        rows = super()._silent_listings(today)
        if not self.in_stock or not rows:
            return rows
        closed = {
            (offer.store_id.id, offer.sku)
            for offer in self.env["linkstar.amazon.offer"]
            .sudo()
            .search(
                [
                    ("store_id", "in", list({row[0] for row in rows})),
                    ("listed_at", "!=", False),
                    ("is_buyable", "=", False),
                ]
            )
        }
        return [row for row in rows if (row[0], row[1]) not in closed]
