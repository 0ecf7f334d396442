"""Advertising profiles: an account in Amazon Ads, one per marketplace."""

from odoo import fields, models


class LinkstarAmazonProfile(models.Model):
    """What the Ads API calls a profile."""

    _name = "linkstar.amazon.profile"
    _description = "Amazon Ads profile"
    _order = "account_id, store_id"
    _rec_name = "external_id"

    account_id = fields.Many2one(
        "linkstar.amazon.account", required=True, index=True, ondelete="cascade"
    )
    store_id = fields.Many2one("linkstar.store", ondelete="cascade")
    external_id = fields.Char(string="Profile id", required=True)
    tz = fields.Char(string="Time zone")

    _external_uniq = models.UniqueIndex(
        "(account_id, external_id)", "An account has a profile once."
    )

    def _keep(self, account, profiles):
        """Create or relink the profiles of Amazon's list that belong to our stores."""
        sites = account._sites()
        known = {profile.external_id: profile for profile in account.profile_ids}
        for entry in profiles:
            info = entry.get("accountInfo") or {}
            store = sites.get(info.get("marketplaceStringId"))
            if not store or info.get("type", "seller") != "seller":
                continue
            external = str(entry["profileId"])
            values = {"store_id": store.id, "tz": entry.get("timezone") or ""}
            if external in known:
                known[external].write(values)
            else:
                self.create(
                    {"account_id": account.id, "external_id": external, **values}
                )
