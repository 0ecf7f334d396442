"""What a shop shares with others, and how much that endangers it."""

from odoo import api, fields, models

from ...engine import linkage
from .linkstar_asset_conflict import SEVERITIES


class LinkstarStore(models.Model):
    _inherit = "linkstar.store"

    linkage_level = fields.Selection(
        SEVERITIES,
        string="Linkage",
        compute="_compute_linkage_level",
        help="The worst tie to another shop that compliance has not allowed.",
    )
    linkage_score = fields.Integer(
        compute="_compute_linkage_level",
        aggregator=None,
        help="0 to 100: all ties together. From 40 on look at it, from 80 on act.",
    )

    def _compute_linkage_level(self):
        """Members see how bad it is; by what and with whom, compliance only."""
        found = self.env["linkstar.asset.conflict"]._severities_by_store(self.ids)
        for store in self:
            severities = found.get(store.id, [])
            store.linkage_level = linkage.worst(severities) or False
            store.linkage_score = linkage.score(severities)

    @api.model_create_multi
    def create(self, vals_list):
        """Create; the company behind the shop enters the linkage register."""
        stores = super().create(vals_list)
        stores._register_entity()
        return stores

    def write(self, vals):
        """Write; another account, site or state is another linkage."""
        result = super().write(vals)
        if "seller_id" in vals:
            self._register_entity()
        if {"seller_id", "marketplace_id", "state"} & set(vals):
            usages = self.env["linkstar.asset.usage"].sudo()
            mine = usages.search([("store_id", "in", self.ids)])
            if mine:
                self.env["linkstar.asset.conflict"]._recheck(mine.asset_id)
        return result

    def _register_entity(self):
        """Enter the legal entity as used by these shops from today on.

        A shop that changes hands releases the entity it had.
        """
        usages = self.env["linkstar.asset.usage"].sudo()
        today = fields.Date.today()
        standing = usages.search(
            [
                ("store_id", "in", self.ids),
                ("kind", "=", "entity"),
                ("asset_id.partner_id", "!=", False),
                ("date_to", "=", False),
            ]
        )
        assets = self._entity_assets()
        left = standing.filtered(
            lambda u: u.asset_id.partner_id != u.store_id.sudo().seller_id.entity_id
        )
        left.write({"date_to": today})
        kept = {(u.store_id.id, u.asset_id.id) for u in standing - left}
        rows = [
            {"store_id": store.id, "asset_id": asset.id, "date_from": today}
            for store in self.sudo()
            if (asset := assets.get((store.company_id, store.seller_id.entity_id)))
            and (store.id, asset.id) not in kept
        ]
        usages.create(rows)

    def _entity_assets(self):
        """``{(company, partner): asset}`` of the entities behind these shops."""
        assets = self.env["linkstar.asset"].sudo().with_context(active_test=False)
        pairs = {
            (store.company_id, store.seller_id.entity_id)
            for store in self.sudo()
            if store.seller_id.entity_id
        }
        partners = [partner.id for _company, partner in pairs]
        found = {
            (asset.company_id, asset.partner_id): asset
            for asset in assets.search([("partner_id", "in", partners)])
        }
        missing = [pair for pair in pairs if pair not in found]
        created = assets.create(
            [
                {
                    "name": partner.display_name,
                    "kind": "entity",
                    "partner_id": partner.id,
                    "company_id": company.id,
                }
                for company, partner in missing
            ]
        )
        found.update(zip(missing, created, strict=True))
        return found

    def action_open_linkage_map(self):
        """Open the map of what this shop shares with others."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "linkstar_store_opening.linkage_map",
            "name": self.env._("Links of %s", self.display_name),
            "params": {"store_id": self.id},
        }

    def linkage_map(self):
        """What this shop uses, who else uses it, and how each tie is judged.

        For compliance, auditors and administrators: the register's own rights hold.

        :return: dict of ``store`` (id, name, score, level) and ``assets``: each with
            id, name, kind, kind_label, masked, released, and ``others``: store_id,
            name, severity or False, state or False, conflict_id or False
        """
        self.ensure_one()
        usages = self.env["linkstar.asset.usage"]
        usages.check_access("read")
        self.check_access("read")
        mine = usages.search([("store_id", "=", self.id)])
        others = usages.search(
            [("asset_id", "in", mine.asset_id.ids), ("store_id", "!=", self.id)]
        )
        conflicts = self.env["linkstar.asset.conflict"].search(
            ["|", ("store_id", "=", self.id), ("other_store_id", "=", self.id)]
        )
        judged = {
            (c.asset_id.id, ((c.store_id | c.other_store_id) - self).id): c
            for c in conflicts
        }
        sharing = others.grouped("asset_id")
        return {
            "store": {
                "id": self.id,
                "name": self.display_name,
                "score": self.linkage_score,
                "level": self.linkage_level,
            },
            "assets": [
                self._map_asset(asset, used, sharing.get(asset, usages), judged)
                for asset, used in mine.grouped("asset_id").items()
            ],
        }

    def _map_asset(self, asset, used, sharing, judged):
        def other(store):
            conflict = judged.get((asset.id, store.id))
            live = conflict and conflict.state != "resolved"
            return {
                "store_id": store.id,
                "name": store.display_name,
                "severity": conflict.severity if live else False,
                "state": conflict.state if live else False,
                "conflict_id": conflict.id if live else False,
            }

        return {
            "id": asset.id,
            "name": asset.name,
            "kind": asset.kind,
            "kind_label": asset._kind_label(asset.kind),
            "masked": asset.value or "",
            "released": all(usage.date_to for usage in used),
            "others": [other(store) for store in sharing.store_id],
        }
