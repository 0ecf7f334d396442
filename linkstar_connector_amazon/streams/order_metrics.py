"""Amazon's own sums of orders, to compare ours with."""

from zoneinfo import ZoneInfo

from sp_api.api import Sales
from sp_api.base import Granularity

from odoo.tools.translate import LazyTranslate

from ..engine.local_day import local_day, start_of_day
from .base import ByStore

_lt = LazyTranslate(__name__)


class OrderMetrics(ByStore):
    """``getOrderMetrics`` by day, of the last two weeks."""

    code = "order_metrics"
    label = _lt("Order metrics (reconciliation)")
    sequence = 5
    cadence_minutes = 6 * 60
    look_back_days = 14

    def _interval(self, store):
        zone = ZoneInfo(store.tz or "UTC")
        today = local_day(self.now, store.tz)
        ends = []
        for day in (today - self.look_back, today):
            moment = start_of_day(day, store.tz).replace(tzinfo=ZoneInfo("UTC"))
            ends.append(moment.astimezone(zone).isoformat(timespec="seconds"))
        return tuple(ends)

    def store_request(self, store, page):
        """Two weeks of days of a store."""
        interval = self._interval(store)
        return self.selling_partner(
            "getOrderMetrics",
            Sales,
            lambda client: client.get_order_metrics(
                interval, Granularity.DAY, granularityTimeZone=store.tz or "UTC"
            ),
            store.marketplace_id.external_id,
        )

    def store_absorb(self, store, answer):
        """Keep Amazon's sums and compare."""
        rows = [
            {
                "day": entry["interval"][:10],
                "orders": entry["orderCount"],
                "gmv": float(entry["totalSales"]["amount"]),
            }
            for entry in answer.payload
        ]
        days = self.env["linkstar.amazon.day"]
        return days._compare(self.account, store, rows, self.now), None
