"""Running an account's streams, for people and for events about the account."""

from psycopg2 import OperationalError

from odoo import models
from odoo.exceptions import UserError
from odoo.http import request

from ..streams import HANDLERS
from ..streams.backfill import TWO_YEARS

# Pages read while a person waits; workers do the rest.
PAGES_AT_ONCE = 30
MOST_DAYS = TWO_YEARS


class LinkstarAmazonAccount(models.Model):
    _inherit = "linkstar.amazon.account"

    def run_stream(self, code):
        """Run one stream now, page by page, until it is up to date or must wait.

        At most thirty calls; what remains is left to the workers. Each call is a
        unit of its own: rows and cursor together, kept whatever the next one meets.
        A request of its own (a button, RPC) commits after each; for code that calls
        this among other work they stay in that transaction.

        :param code: code of the stream, such as ``orders``
        :return: dict ``state`` (done, more, waiting, failed, busy, off), ``rows``,
            ``error`` and ``next_step`` (in the reader's language, or empty)
        :raises UserError: for an unknown code
        :raises AccessError: unless an administrator of LinkStar calls
        """
        self.ensure_one()
        self.check_access("read")
        self._check_manager()
        if code not in HANDLERS:
            raise UserError(
                self.env._(
                    "There is no stream %(code)s. Known are: %(known)s.",
                    code=code,
                    known=", ".join(HANDLERS),
                )
            )
        stream = (
            self.env["linkstar.amazon.stream"]
            .sudo()
            .search([("account_id", "=", self.id), ("code", "=", code)])
        )
        if not stream:
            return {"state": "off", "rows": 0, "error": "", "next_step": ""}
        rows = 0
        for _page in range(PAGES_AT_ONCE):
            outcome = self._run_unit_apart(stream)
            rows += outcome.rows
            if outcome.state != "more":
                break
        stream = stream.sudo(False)
        return {
            "state": outcome.state,
            "rows": rows,
            "error": stream.error or "",
            "next_step": stream.next_step or "",
        }

    def _run_unit_apart(self, stream):
        """One unit in a savepoint of its own, committed if a request asked for it."""
        try:
            with self.env.cr.savepoint():
                outcome = stream._run_unit(interactive=True)
        except OperationalError:
            # Odoo repeats the request; it goes on from the last unit.
            raise
        except Exception as error:
            outcome = stream._note_crash(error)
        if request and request.env.cr is self.env.cr:
            # Outside a scheduled action this is a commit.
            self.env["ir.cron"]._commit_progress()
        return outcome

    def start_backfill(self, days=MOST_DAYS):
        """Read the past in the background, the newest days first.

        Every kind of data that is switched on goes back as far as Amazon keeps it, at
        most ``days``. It goes on beside the live sync, survives restarts, and ends by
        itself. Started again, it begins anew: what is known is not written twice.

        :param days: how far back; Amazon keeps two years of most
        :return: how many streams of the past now run
        :raises UserError: for days Amazon does not keep
        :raises AccessError: unless an administrator of LinkStar calls
        """
        self.check_access("read")
        self._check_manager()
        if not 1 <= int(days) <= MOST_DAYS:
            raise UserError(
                self.env._(
                    "Amazon keeps two years of orders: choose between 1 and %(most)s "
                    "days.",
                    most=MOST_DAYS,
                )
            )
        streams = self._past_streams()
        for stream in streams:
            stream._begin_past(int(days))
        self.env["linkstar.amazon.stream"]._wake_workers()
        return len(streams)

    def _past_streams(self):
        """Streams of the past whose data is read and can be read."""
        found = self.env["linkstar.amazon.stream"].sudo()
        for account in self.sudo():
            streams = account.with_context(active_test=False).stream_ids
            wanted = set(streams.filtered("active").mapped("code"))
            if not account.profile_ids.store_id:
                wanted.discard("ads")
            found |= streams.filtered(
                lambda stream, wanted=wanted: (
                    HANDLERS[stream.code].is_past
                    and HANDLERS[stream.code].live in wanted
                )
            )
        return found

    def action_backfill(self):
        """Read two years, or what Amazon keeps, in the background."""
        return bool(self.start_backfill(MOST_DAYS))

    def _emit_account_event(self, type_code, key, failure_code):
        """Tell all stores of the account that its data does not come."""
        self.env["linkstar.event"]._emit_batch(
            [
                {
                    "store_id": store.id,
                    "type": type_code,
                    "key": f"{self.id}:{key}",
                    "payload": {"account": self.name, "failure": failure_code},
                }
                for store in self._sites().values()
            ]
        )
