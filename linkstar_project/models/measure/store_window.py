"""Figures of stores over their last days."""

from collections import defaultdict
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from .metric_query import MetricQuery


def store_day(store, moment):
    """Day in the store's own calendar.

    :param moment: naive UTC datetime
    """
    zone = ZoneInfo(store.tz or "UTC")
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).date()


def store_values(stores, codes, days, now, per_listing=False):
    """Values of metrics over the last days of each store, today included.

    Days are those of the store's calendar and amounts are in its currency, whichever
    stores are asked for together: a threshold means the same alone and in a batch.

    :param stores: linkstar.store records
    :param codes: list of metric codes
    :param days: length of the window
    :param now: naive UTC datetime
    :param per_listing: True for the figures of each listing
    :return: ``{(store_id, listing_id or False): {code: value or None}}``
    """
    env = stores.env
    batches = defaultdict(list)
    for store in stores.sudo():
        batches[store_day(store, now), store.currency_id.id].append(store.id)
    group_by = ["store_id", "listing_id"] if per_listing else ["store_id"]
    specs = env["linkstar.metric"].sudo()._check_codes(codes)
    values = {}
    for (today, currency_id), store_ids in batches.items():
        query = MetricQuery(
            env,
            specs,
            group_by,
            store_ids=store_ids,
            date_from=today - timedelta(days=days - 1),
            # A source that stamps days in UTC may be ahead of the store's calendar.
            date_to=max(today, now.date()),
            currency=currency_id or None,
        )
        query.days = days
        for row in env.execute_query(query.sql()):
            key = (row[0], row[1] if per_listing else False)
            values[key] = dict(zip(codes, row[len(group_by) :], strict=True))
    return values
