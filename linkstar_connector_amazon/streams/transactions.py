"""Money: refunds and fees as Amazon posts them."""

from datetime import timedelta

from sp_api.api import FinancesV20240619

from odoo.tools.translate import LazyTranslate

from ..engine.documents import transaction_rows
from ..engine.windows import iso
from .base import ByStore

_lt = LazyTranslate(__name__)


class Transactions(ByStore):
    """``listTransactions`` of the last days, page by page."""

    code = "transactions"
    label = _lt("Refunds and fees")
    sequence = 9
    cadence_minutes = 6 * 60
    # Transactions become readable after two days; some are posted later still.
    look_back_days = 12

    def begin(self):
        """One window for a whole round, so that page tokens stay good."""
        self.cursor["after"] = iso(self.now - self.look_back)
        self.cursor["before"] = iso(self.now - timedelta(minutes=10))
        if self.window:
            first, last = self.window
            self.cursor["after"] = f"{first.isoformat()}T00:00:00Z"
            self.cursor["before"] = f"{last.isoformat()}T23:59:59Z"

    def store_request(self, store, page):
        """The next page of a store's transactions."""
        values = {
            "postedAfter": self.cursor["after"],
            "postedBefore": self.cursor["before"],
            "marketplaceId": store.marketplace_id.external_id,
        }
        if page:
            values["nextToken"] = page
        return self.selling_partner(
            "listTransactions",
            FinancesV20240619,
            lambda client: client.list_transactions(**values),
            store.marketplace_id.external_id,
        )

    def store_absorb(self, store, answer):
        """Replace what each transaction adds to its day."""
        payload = answer.payload
        rows = []
        for entry in payload["transactions"]:
            for row in transaction_rows(entry, store.tz):
                rows.append({**row, "reference": entry["transactionId"]})
        written = self.env["linkstar.amazon.posting"]._replace(
            self.account,
            store,
            {entry["transactionId"] for entry in payload["transactions"]},
            _merged(rows),
            self.now,
        )
        return written, answer.next_token


def _merged(rows):
    """Rows of one key summed: a transaction may stand on a page twice."""
    merged = {}
    for row in rows:
        key = (row["reference"], row["day"], row["sku"], row["measure"])
        merged[key] = row
    return list(merged.values())
