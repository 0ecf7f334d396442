"""Workers: scheduled actions that share the due streams by row locks."""

import logging

from psycopg2 import errors

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class LinkstarAmazonStream(models.Model):
    _inherit = "linkstar.amazon.stream"

    @api.model
    def _take_next_due(self):
        """Lock and return the next stream that is due, passing by locked ones."""
        self.flush_model()
        self.env["linkstar.amazon.account"].flush_model(["active", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id
                  FROM linkstar_amazon_stream s
                  JOIN linkstar_amazon_account a ON a.id = s.account_id
                 WHERE s.active
                   AND a.active
                   AND a.state IN ('connected', 'attention')
                   AND s.next_run <= %s
                 ORDER BY s.next_run, s.sequence, s.id
                 LIMIT 1
                   FOR NO KEY UPDATE OF s SKIP LOCKED
                """,
                fields.Datetime.now(),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _cron_worker(self):
        """Run due streams, one unit a transaction, until time or work ends.

        Several scheduled actions call this; PostgreSQL's row locks share the work
        between processes and hosts, and a crash frees the lock.
        """
        cron = self.env["ir.cron"]
        while True:
            stream = self.browse()
            try:
                stream = self._take_next_due()
                if not stream:
                    cron._commit_progress(remaining=0)
                    return
                outcome = stream._run_unit()
                left = cron._commit_progress(1, remaining=1)
            except errors.SerializationFailure:
                # Another worker was faster; its unit stands, ours starts anew.
                self.env.cr.rollback()
                self.env.invalidate_all()
                continue
            except Exception as error:
                self.env.cr.rollback()
                if not stream:
                    raise
                outcome = stream._note_crash(error)
                left = cron._commit_progress(1, remaining=1)
            _logger.debug("Stream %s: %s", stream.id, outcome)
            if left <= 0:
                return

    @api.model
    def _wake_workers(self, at=None):
        """Start the scheduled actions that run streams.

        :param at: naive UTC; as soon as possible unless given
        """
        for number_ in range(1, 5):
            cron = self.env.ref(
                f"linkstar_connector_amazon.cron_worker_{number_}",
                raise_if_not_found=False,
            )
            if cron:
                cron.sudo()._trigger(at)
