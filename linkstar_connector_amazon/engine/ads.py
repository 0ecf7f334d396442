"""Advertising reports and campaigns: what to ask for, and the rows they hold."""

from collections import defaultdict
from datetime import timedelta

from .windows import chunks

SP, SB, SD = "SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY"
# Days back for which Amazon makes reports (95, 60 and 65; one day less, for the edge
# moves while we wait for our turn), and the most that one may span.
KEEPS = {SP: 94, SB: 59, SD: 64}
LONGEST = 31
CAMPAIGN, PRODUCT, TERM = "campaign", "product", "term"
CAMPAIGN_COLUMNS = ("campaignId", "campaignName")
GROUP_COLUMNS = ("adGroupId", "adGroupName")


class Kind:
    """One report: what it is asked as, and where its figures stand."""

    def __init__(self, product, report, group, grain, measures, columns=(), sku=None):
        self.product = product
        self.report = report
        self.group = group
        self.grain = grain
        self.sales, self.orders = measures
        self.own_columns = columns
        self.sku = sku

    @property
    def columns(self):
        """The columns to ask for."""
        return [
            *("date", "impressions", "clicks", "cost", self.sales, self.orders),
            *self.own_columns,
            *((self.sku,) if self.sku else ()),
        ]


_SP = ("sales7d", "purchases7d")
_OTHER = ("sales", "purchases")
_IN_GROUP = (*CAMPAIGN_COLUMNS, *GROUP_COLUMNS)
KINDS = {
    "sp": Kind(SP, "spCampaigns", "campaign", CAMPAIGN, _SP, CAMPAIGN_COLUMNS),
    "sb": Kind(SB, "sbCampaigns", "campaign", CAMPAIGN, _OTHER, CAMPAIGN_COLUMNS),
    "sd": Kind(SD, "sdCampaigns", "campaign", CAMPAIGN, _OTHER, CAMPAIGN_COLUMNS),
    "sp_sku": Kind(
        SP,
        "spAdvertisedProduct",
        "advertiser",
        PRODUCT,
        _SP,
        (*_IN_GROUP, "advertisedAsin"),
        "advertisedSku",
    ),
    # Brands have no report by advertised product: Amazon offers none.
    "sd_sku": Kind(
        SD,
        "sdAdvertisedProduct",
        "advertiser",
        PRODUCT,
        _OTHER,
        (*_IN_GROUP, "promotedAsin"),
        "promotedSku",
    ),
    "sp_term": Kind(
        SP,
        "spSearchTerm",
        "searchTerm",
        TERM,
        _SP,
        (*_IN_GROUP, "searchTerm", "keyword", "matchType"),
    ),
    "sb_term": Kind(
        SB,
        "sbSearchTerm",
        "searchTerm",
        TERM,
        _OTHER,
        (*_IN_GROUP, "searchTerm", "keywordText", "matchType"),
    ),
}
KEY = (
    "day",
    "campaign_ref",
    "group_ref",
    "sku",
    "term",
    "keyword",
    "match_type",
)
SUMS = ("impressions", "clicks", "cost", "sales", "orders")


def report_windows(first, last, product, today):
    """Days of reports that cover a stretch, the newest first.

    :param first, last: dates, both included; what Amazon keeps no longer is left out
    :param product: the kind of ads, which tells how long Amazon keeps their figures
    :param today: date where the store sells

    >>> from datetime import date
    >>> today = date(2026, 5, 1)
    >>> [(str(a), str(b)) for a, b in report_windows(
    ...     date(2026, 3, 1), date(2026, 4, 10), SP, today)]
    [('2026-03-11', '2026-04-10'), ('2026-03-01', '2026-03-10')]
    >>> report_windows(date(2026, 1, 1), date(2026, 2, 1), SB, today)
    []
    """
    oldest = today - timedelta(days=KEEPS[product])
    return chunks(max(first, oldest), last, LONGEST)


def figure_rows(entries, kind):
    """Rows of a report, one for each key; the same key twice adds up.

    :param kind: a ``Kind``
    """
    rows = {}
    for entry in entries:
        row = _figure(entry, kind)
        key = tuple(row[name] for name in KEY)
        if key in rows:
            for name in SUMS:
                rows[key][name] += row[name]
        else:
            rows[key] = row
    return list(rows.values())


def _figure(entry, kind):
    return {
        "day": entry["date"],
        "campaign_ref": str(entry.get("campaignId") or ""),
        "campaign_name": entry.get("campaignName") or "",
        "group_ref": str(entry.get("adGroupId") or ""),
        "group_name": entry.get("adGroupName") or "",
        "sku": str(entry.get(kind.sku) or "") if kind.sku else "",
        "asin": entry.get("advertisedAsin") or entry.get("promotedAsin") or "",
        "term": entry.get("searchTerm") or "",
        "keyword": entry.get("keyword") or entry.get("keywordText") or "",
        "match_type": entry.get("matchType") or "",
        "impressions": int(entry.get("impressions") or 0),
        "clicks": int(entry.get("clicks") or 0),
        "cost": float(entry.get("cost") or 0),
        "sales": float(entry.get(kind.sales) or 0),
        "orders": int(entry.get(kind.orders) or 0),
    }


def wasted(rows):
    """Money spent on search terms that brought no order, per day.

    >>> wasted([{"day": "d", "cost": 2.0, "orders": 0, "term": "a"},
    ...         {"day": "d", "cost": 3.0, "orders": 1, "term": "b"}])
    {'d': 2.0}
    """
    spent = defaultdict(lambda: [0.0, 0])
    for row in rows:
        total = spent[row["day"], row["term"]]
        total[0] += row["cost"]
        total[1] += row["orders"]
    days = defaultdict(float)
    for (day, _term), (cost, orders) in spent.items():
        days[day] += 0.0 if orders else cost
    return dict(days)


def campaign_row(entry):
    """A campaign of the Ads API v1: state, daily budget, whether it has run dry."""
    status = entry.get("status") or {}
    reasons = [str(reason) for reason in status.get("deliveryReasons") or ()]
    return {
        "external_id": str(entry["campaignId"]),
        "name": entry.get("name") or str(entry["campaignId"]),
        "ad_product": entry.get("adProduct") or "",
        "state": entry.get("state") or "",
        "budget": daily_budget(entry.get("budgets") or ()),
        "is_out_of_budget": any("OUT_OF_BUDGET" in reason for reason in reasons),
    }


def daily_budget(budgets):
    """The money of a day, or 0 where a campaign has another kind of budget.

    >>> daily_budget([{"recurrenceTimePeriod": "DAILY", "budgetValue": {
    ...     "monetaryBudgetValue": {"monetaryBudget": {"value": 12.5}}}}])
    12.5
    >>> daily_budget([{"recurrenceTimePeriod": "LIFETIME"}])
    0.0
    """
    for budget in budgets:
        if budget.get("recurrenceTimePeriod") == "DAILY":
            value = (budget.get("budgetValue") or {}).get("monetaryBudgetValue") or {}
            return float((value.get("monetaryBudget") or {}).get("value") or 0)
    return 0.0
