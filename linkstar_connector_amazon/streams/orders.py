"""Orders: changed since the last round, a hundred a page."""

from datetime import datetime, timedelta

from sp_api.api import OrdersV20260101

from odoo.tools.translate import LazyTranslate

from ..engine.local_day import parse_moment
from ..engine.orders_to_rows import Site, order_rows
from ..engine.windows import iso, live_since
from .base import Handler, Step

_lt = LazyTranslate(__name__)

# Orders show up minutes after they change; stepping back catches the late ones.
OVERLAP = timedelta(minutes=10)
FIRST = timedelta(days=35)
PAGE = 100
# Facts are summed after so many pages at the latest, and at the end of a round.
ROLL_UP_PAGES = 20


def sites_of(stores):
    """Stores by marketplace id as the pure code wants them."""
    return {
        external: Site(store.id, store.tz or "UTC", store.currency_id.name)
        for external, store in stores.items()
    }


class Orders(Handler):
    """``searchOrders`` by time of change. No personal data is asked for."""

    code = "orders"
    label = _lt("Orders")
    sequence = 1
    cadence_minutes = 5

    def request(self):
        """The next page, of this round or of a new one."""
        sites = self.sites()
        if not self.cursor.get("since"):
            done = self.cursor.get("until")
            since = live_since(
                datetime.fromisoformat(done) if done else None, self.now, OVERLAP, FIRST
            )
            self.cursor = {"since": since.isoformat(), "until": done, "pages": 0}
        values = {
            "marketplaceIds": list(sites),
            "maxResultsPerPage": PAGE,
            "includedData": ["PROCEEDS", "FULFILLMENT"],
        }
        if self.cursor.get("page"):
            values["paginationToken"] = self.cursor["page"]
        # Amazon wants the window again with each token.
        values["lastUpdatedAfter"] = iso(datetime.fromisoformat(self.cursor["since"]))
        return self.selling_partner(
            "searchOrders",
            OrdersV20260101,
            lambda client: client.search_orders(**values),
        )

    def absorb(self, answer):
        """Keep a page of orders, mark their days, move the cursor."""
        payload = answer.payload
        orders, lines, _unknown = order_rows(payload["orders"], sites_of(self.sites()))
        rows = self.env["linkstar.amazon.order"]._keep(self.account.id, orders, lines)
        self.cursor["pages"] = self.cursor.get("pages", 0) + 1
        page = answer.next_token
        until = parse_moment(payload.get("lastUpdatedBefore"))
        if until:
            # Of the first page: what changes while we read comes next time.
            self.cursor.setdefault("next_until", until.isoformat())
        if page:
            self.cursor["page"] = page
            if self.cursor["pages"] % ROLL_UP_PAGES == 0:
                self._roll_up()
            return Step("more", self.cursor, rows)
        until = datetime.fromisoformat(
            self.cursor.get("next_until") or self.now.isoformat()
        )
        self._roll_up()
        self.env["linkstar.amazon.day"]._judge_again(self.account, until, self.now)
        return Step("done", {"until": until.isoformat()}, rows, fresh_until=until)

    def _roll_up(self):
        self.env["linkstar.amazon.day"]._roll_up(self.account, self.now)

    def after_failure(self, failure):
        """A page token that has expired: read this round's window anew."""
        if failure.code in ("page_expired", "not_found"):
            return {**self.cursor, "page": None, "pages": 0}
        return self.stood
