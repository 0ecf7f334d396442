"""Two shops that look tied, and what compliance decided about it."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...engine import linkage

SEVERITIES = [
    (linkage.LOW, "Low"),
    (linkage.MEDIUM, "Medium"),
    (linkage.HIGH, "High"),
    (linkage.CRITICAL, "Critical"),
]
#: What stands in the way of submitting an opening.
STOPPING = ("open", "refused")


class LinkstarAssetConflict(models.Model):
    """One asset that ties two shops of a platform.

    Found by the system whenever a use is entered and once a day; compliance allows
    it (with a reason, for some time or for good) or refuses it. A tie that is no
    more is resolved; one that comes back, or grows worse, is open again.
    """

    _name = "linkstar.asset.conflict"
    _description = "Linkage Conflict"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "rank desc, found_at desc, id desc"
    _system_fields = frozenset(
        {"asset_id", "store_id", "other_store_id", "severity", "code", "rank"}
        | {"state", "found_at", "decided_by_id", "decided_at", "reason", "until_date"}
    )
    _audit_fields = ("severity", "state", "reason", "until_date", "decided_by_id")

    asset_id = fields.Many2one(
        "linkstar.asset", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(related="asset_id.kind", store=True)
    store_id = fields.Many2one(
        "linkstar.store", required=True, readonly=True, index=True, ondelete="cascade"
    )
    other_store_id = fields.Many2one(
        "linkstar.store",
        "Other shop",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    severity = fields.Selection(SEVERITIES, required=True, readonly=True)
    rank = fields.Integer(readonly=True, aggregator=None)
    code = fields.Selection(
        [
            ("shared", "Used by both shops"),
            ("suspended", "Ties a shop to one in trouble"),
            ("too_many", "More accounts than the platform allows"),
        ],
        string="Why",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("open", "To decide"),
            ("refused", "Not allowed"),
            ("allowed", "Allowed"),
            ("resolved", "Resolved"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    found_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    reason = fields.Text(readonly=True)
    until_date = fields.Date("Allowed until", readonly=True)

    _once = models.UniqueIndex(
        "(asset_id, store_id, other_store_id)", "This tie is on the list already."
    )

    @api.depends("asset_id", "store_id", "other_store_id")
    def _compute_display_name(self):
        for conflict in self:
            conflict.display_name = (
                f"{conflict.store_id.code} – {conflict.other_store_id.code}: "
                f"{conflict.asset_id.name}"
            )

    # ------------------------------------------------------------------ finding

    @api.model
    @api.private
    def _recheck(self, assets=None):
        """Compare all uses of ``assets`` (default: of all) and keep the result.

        Few queries whatever the number of shops; running it again changes nothing.

        :return: the conflicts that became open by it
        """
        conflicts = self.sudo()
        domain = [("asset_id", "in", assets.ids)] if assets is not None else []
        ties = conflicts._ties(domain)
        known = {
            (c.asset_id.id, c.store_id.id, c.other_store_id.id): c
            for c in conflicts.search(domain)
        }
        today = fields.Date.today()
        fresh = []
        opened = conflicts
        for key, tie in ties.items():
            conflict = known.pop(key, None)
            if conflict is None:
                fresh.append(dict(self._values_of(tie), **self._keys(key)))
            elif conflict._follows(tie, today):
                conflict.write(dict(self._values_of(tie), state="open"))
                opened |= conflict
        gone = conflicts.browse(c.id for c in known.values() if c.state != "resolved")
        gone.write({"state": "resolved"})
        return opened | conflicts.create(fresh)

    @staticmethod
    def _values_of(tie):
        rank = linkage.RANK[tie.severity]
        return {"severity": tie.severity, "code": tie.code, "rank": rank}

    @staticmethod
    def _keys(key):
        return dict(zip(("asset_id", "store_id", "other_store_id"), key, strict=True))

    def _follows(self, tie, today):
        """Whether a known tie has to be decided again."""
        if self.state == "resolved":
            return True
        if linkage.RANK[tie.severity] > self.rank:
            return True
        return bool(
            self.state == "allowed" and self.until_date and self.until_date < today
        )

    @api.model
    def _ties(self, domain):
        """``{(asset id, lower store id, higher store id): Tie}`` of uses in domain."""
        uses = defaultdict(list)
        usages = self.env["linkstar.asset.usage"].search(domain)
        stores = usages.store_id
        stores.fetch(["seller_id", "marketplace_id", "state"])
        accounts, policies = self._accounts(), {}
        for usage in usages:
            store = usage.store_id
            platform = store.marketplace_id.platform_id
            policy = policies.setdefault(platform.id, platform._linkage_policy())
            uses[usage.asset_id].append((self._use(usage, store, policy), policy))
        ties = {}
        for asset, rows in uses.items():
            for number, (one, policy) in enumerate(rows):
                for two, _policy in rows[number + 1 :]:
                    tie = linkage.judge(asset.kind, one, two, policy, accounts)
                    if tie:
                        key = (asset.id, *sorted((one.store, two.store)))
                        ties[key] = max(
                            (ties.get(key), tie),
                            key=lambda t: linkage.RANK[t.severity] if t else 0,
                        )
        return ties

    def _use(self, usage, store, policy):
        return linkage.Use(
            store=store.id,
            seller=store.seller_id.id,
            entity=store.seller_id.entity_id.id or 0,
            platform=store.marketplace_id.platform_id.id,
            scope=self._scope(store.marketplace_id, policy.scope),
            start=usage.date_from,
            end=usage.date_to or None,
            suspended=store.state == "restricted",
        )

    @staticmethod
    def _scope(marketplace, scope):
        if scope == "region":
            return marketplace.region or ""
        return marketplace.code if scope == "site" else ""

    def _accounts(self):
        """``{(entity, platform, scope): number of open accounts}``."""
        stores = self.env["linkstar.store"].search(
            [("state", "!=", "closed"), ("seller_id.entity_id", "!=", False)]
        )
        sellers = defaultdict(set)
        for store in stores:
            site = store.marketplace_id
            policy = site.platform_id._linkage_policy()
            seller = store.seller_id
            key = (
                seller.entity_id.id,
                site.platform_id.id,
                self._scope(site, policy.scope),
            )
            sellers[key].add(seller.id)
        return {key: len(found) for key, found in sellers.items()}

    @api.model
    @api.private
    def _cron_recheck(self):
        """Once a day: permissions that ran out, shops that got into trouble."""
        self._recheck()

    # ----------------------------------------------------------------- deciding

    def decide(self, allow, reason, until=None):
        """Allow or refuse ties; the reason stays in the audit trail.

        :param allow: True or False
        :param reason: why; required, e.g. the platform's written permission
        :param until: last day (date or ISO text) on which it is allowed; for good
            when empty
        :raises AccessError: not of compliance, or entered the use oneself
        :raises UserError: no reason, or nothing to decide
        """
        self.check_access("read")
        self._check_decider()
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why: the decision is kept with its reason.")
            )
        until = fields.Date.to_date(until) if allow and until else False
        if until and until < fields.Date.context_today(self):
            raise UserError(self.env._("That day has passed. Choose a later one."))
        conflicts = self.sudo()
        conflicts.lock_for_update()
        if any(conflict.state == "resolved" for conflict in conflicts):
            raise UserError(
                self.env._("A resolved tie needs no decision. Reload the page.")
            )
        conflicts.write(
            {
                "state": "allowed" if allow else "refused",
                "reason": reason.strip(),
                "until_date": until,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        return True

    def _check_decider(self):
        user = self.env.user
        keeper = user.has_group("linkstar_store_opening.group_compliance")
        if not keeper and not user.has_group("linkstar_project.group_admin"):
            raise AccessError(
                self.env._("Only compliance decides on ties. Ask somebody of it.")
            )
        usages = self.env["linkstar.asset.usage"].sudo()
        person = user._linkstar_same_person()
        for conflict in self.sudo():
            pair = (conflict.store_id | conflict.other_store_id).ids
            mine = usages.search_count(
                [
                    ("asset_id", "=", conflict.asset_id.id),
                    ("store_id", "in", pair),
                    "|",
                    ("create_uid", "in", person.ids),
                    ("write_uid", "in", person.ids),
                ],
                limit=1,
            )
            if mine:
                raise AccessError(
                    self.env._(
                        "You entered that a shop uses “%(asset)s”, so somebody else "
                        "decides whether that is allowed.",
                        asset=conflict.asset_id.name,
                    )
                )

    # ------------------------------------------------------------------ reading

    @api.model
    @api.private
    def _severities_by_store(self, store_ids):
        """``{store id: [severity of each tie that is not allowed]}`` (sudo)."""
        found = defaultdict(list)
        wanted = set(store_ids)
        rows = self.sudo().search_fetch(
            [
                ("state", "in", STOPPING),
                "|",
                ("store_id", "in", list(wanted)),
                ("other_store_id", "in", list(wanted)),
            ],
            ["store_id", "other_store_id", "severity"],
        )
        for row in rows:
            for store_id in {row.store_id.id, row.other_store_id.id} & wanted:
                found[store_id].append(row.severity)
        return found
