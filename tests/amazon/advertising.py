"""Advertising of one account: campaigns, ad groups, advertised products, results."""

from dataclasses import dataclass, replace
from random import Random

from .clock import DAY, MINUTE, local_date, midnight

PRODUCTS = ("SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY")

#: For two weeks a day's attributed sales still grow, from this share of the end.
ATTRIBUTION_DAYS = 14
FIRST_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign; ``budget`` in minor units a day, ``created`` in seconds."""

    id: str
    marketplace: object
    ad_product: str
    name: str
    budget: int
    created: int
    state: str = "ENABLED"


@dataclass(frozen=True, slots=True)
class AdGroup:
    """An ad group with the products it advertises."""

    id: str
    campaign: Campaign
    name: str
    created: int
    products: tuple
    bid: int
    state: str = "ENABLED"


@dataclass(frozen=True, slots=True)
class Result:
    """What an advertised product did on one day; money in minor units."""

    date: object
    group: AdGroup
    product: object
    impressions: int
    clicks: int
    cost: int
    purchases: int
    units: int
    sales: int


class Advertising:
    """The campaigns of an account and what they achieve."""

    def __init__(self, shop, opened):
        self.shop = shop
        self.opened = opened
        self._manual = []
        self._paused = {}
        self._planned = {}

    def ad_groups(self, marketplace, now):
        """Return the ad groups that exist at a moment, oldest first."""
        if marketplace.code not in self._planned:
            self._planned[marketplace.code] = self._plan(marketplace)
        groups = self._planned[marketplace.code]
        groups = groups + [
            g for g in self._manual if g.campaign.marketplace == marketplace
        ]
        return [self._as_of(g, now) for g in groups if g.created <= now]

    def campaigns(self, marketplace, now):
        """Return the campaigns that exist at a moment."""
        found = {}
        for group in self.ad_groups(marketplace, now):
            found.setdefault(group.campaign.id, group.campaign)
        return list(found.values())

    def create_ad_group(self, marketplace, skus, now, name=None, campaign_id=None):
        """Add an ad group for some SKUs, in a campaign or in a new one."""
        number = len(self._manual) + 1
        rng = Random(f"{self._key(marketplace)}/manual/{number}/{now}")
        name = name or f"Manual ad group {number}"
        known = {c.id: c for c in self.campaigns(marketplace, now)}
        campaign = known.get(str(campaign_id)) or Campaign(
            id=str(rng.randrange(10**14, 10**15)),
            marketplace=marketplace,
            ad_product=PRODUCTS[0],
            name=f"SP | {name}",
            budget=5000,
            created=now,
        )
        group = AdGroup(
            id=str(rng.randrange(10**14, 10**15)),
            campaign=campaign,
            name=name,
            created=now,
            products=tuple(self.shop.by_sku[sku] for sku in skus),
            bid=75,
        )
        self._manual.append(group)
        return group

    def set_state(self, campaign_id, state, now):
        """Set a campaign's state (ENABLED, PAUSED, OUT_OF_BUDGET) from a moment on."""
        self._paused.setdefault(str(campaign_id), []).append((now, state))

    def state(self, campaign_id, now):
        """Return the state of a campaign at a moment."""
        state = "ENABLED"
        for moment, name in self._paused.get(str(campaign_id), ()):
            if moment <= now:
                state = name
        return state

    def results(self, marketplace, day, now):
        """Return the results of a local date as they are known at a moment.

        Attributed purchases and sales still grow for two weeks; impressions, clicks
        and cost stand once the day is over. Days to come have none.
        """
        start = midnight(day, marketplace.zone)
        if now <= start:
            return []
        end = min(now, start + DAY)
        age = max(0.0, (now - start) / DAY - 1)
        grown = min(1.0, FIRST_SHARE + (1 - FIRST_SHARE) * age / ATTRIBUTION_DAYS)
        found = []
        for group in self.ad_groups(marketplace, now):
            if local_date(group.created, marketplace.zone) > day:
                continue
            passed = self._enabled(group.campaign.id, start, end) / DAY
            if passed:
                for product in group.products:
                    found.append(self._result(group, product, day, passed, grown))
        return found

    def _enabled(self, campaign_id, start, end):
        """Return how many seconds of [start, end) a campaign was enabled."""
        changes = [e for e in self._paused.get(str(campaign_id), ()) if e[0] < end]
        state, since, seconds = self.state(campaign_id, start), start, 0
        for moment, name in [c for c in changes if c[0] > start] + [(end, "")]:
            if state == "ENABLED":
                seconds += moment - since
            state, since = name, moment
        return seconds

    def _result(self, group, product, day, passed, grown):
        site = group.campaign.marketplace
        rng = Random(f"{self._key(site)}/{group.id}/{product.sku}/{day}")
        units = self.shop.expected_units(product, site)
        clicks = max(0, round(rng.gauss(units * 2.2, units * 0.5)))
        impressions = clicks * rng.randint(120, 260) + rng.randrange(40)
        price = product.price_in(site)
        cost = sum(round(group.bid * rng.uniform(0.6, 1.0)) for _ in range(clicks))
        cost = round(cost * site.price_factor) if site.decimals else cost
        sold = sum(rng.random() < 0.11 for _ in range(clicks))
        sold = round(sold * grown * passed)
        return Result(
            date=day,
            group=group,
            product=product,
            impressions=int(impressions * passed),
            clicks=int(clicks * passed),
            cost=int(cost * passed),
            purchases=sold,
            units=sold,
            sales=sold * price,
        )

    def _as_of(self, group, now):
        state = self.state(group.campaign.id, now)
        if state == group.campaign.state:
            return group
        return replace(group, campaign=replace(group.campaign, state=state))

    def _plan(self, marketplace):
        """Return the ad groups a shop makes by itself: most early, some later."""
        rng = Random(f"{self._key(marketplace)}/plan")
        families = {}
        for product in self.shop.products:
            families.setdefault(product.parent_sku, []).append(product)
        groups = []
        for place, (parent, products) in enumerate(families.items()):
            kind = PRODUCTS[(0, 0, 1, 2)[place % 4]]
            created = self.opened - 30 * DAY + rng.randrange(20 * DAY)
            campaign = Campaign(
                id=str(rng.randrange(10**14, 10**15)),
                marketplace=marketplace,
                ad_product=kind,
                name=f"{kind.split('_')[0][0]}{kind.split('_')[1][0]} | {parent}",
                budget=rng.randrange(20, 80) * 100,
                created=created,
            )
            for number, kept in enumerate((products, products[:1])):
                late = self.opened + rng.randrange(5, 50) * DAY
                groups.append(
                    AdGroup(
                        id=str(rng.randrange(10**14, 10**15)),
                        campaign=campaign,
                        name=f"{parent} {('all', 'hero')[number]}",
                        created=created + 10 * MINUTE if number == 0 else late,
                        products=tuple(kept),
                        bid=rng.randrange(40, 120),
                    )
                )
        return groups

    def _key(self, marketplace):
        shop = self.shop
        return f"ads/{shop.seed}/{shop.account.seller_id}/{marketplace.code}"
