"""Listings as Amazon shows them: titles, and issues that suppress them."""

from odoo import models


class LinkstarAmazonInventory(models.Model):
    _inherit = "linkstar.amazon.inventory"

    def _keep_listings(self, store, items, now):
        """Create or update listings; tell those that fell out of sale or search.

        :param items: Amazon's ``items`` with ``summaries`` and ``issues``
        :return: number of listings on the page
        """
        seen, wanted, titles, buyable = [], {}, {}, {}
        for item in items:
            summary = (item.get("summaries") or [{}])[0]
            wanted[store.id, item["sku"]] = (
                summary.get("asin"),
                summary.get("itemName"),
            )
            titles[item["sku"]] = summary.get("itemName")
            buyable[item["sku"]] = "BUYABLE" in (summary.get("status") or ())
            seen.append(self._listing_observation(store, item, summary))
        self._ensure_listings(wanted)
        listings = self.env["linkstar.listing"].search(
            [("store_id", "=", store.id), ("sku", "in", list(titles))]
        )
        for listing in listings:
            asin = wanted[store.id, listing.sku][0]
            if titles[listing.sku] and listing.name != titles[listing.sku]:
                listing.name = titles[listing.sku]
            if asin and listing.asin != asin:
                listing.asin = asin
            if listing.is_buyable != buyable[listing.sku]:
                listing.is_buyable = buyable[listing.sku]
        self.env["linkstar.amazon.episode"]._observe(seen, now)
        return len(items)

    def _listing_observation(self, store, item, summary):
        """A listing with an error, or that cannot be found.

        What cannot be bought may just be out of stock, which is told elsewhere.
        """
        errors = [
            issue for issue in item.get("issues") or () if issue["severity"] == "ERROR"
        ]
        status = set(summary.get("status") or ())
        suppressed = bool(errors) or "DISCOVERABLE" not in status
        payload = {
            "sku": item["sku"],
            "asin": summary.get("asin") or "",
            "is_buyable": "BUYABLE" in status,
            "is_discoverable": "DISCOVERABLE" in status,
            "issues": [str(issue.get("message"))[:300] for issue in errors[:5]],
        }
        return (
            store.id,
            "listing_suppressed",
            item["sku"],
            suppressed,
            not suppressed,
            payload,
        )
