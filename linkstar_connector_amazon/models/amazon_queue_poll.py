"""Reading the queues: every message has one effect, however often it is delivered."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.linkstar_project.models.trust import outgoing

from ..engine.failures import Failure, retry_delay
from ..engine.notices import parse_notice, prompt_at
from ..exceptions import CallFailed

_logger = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(minutes=1)


class LinkstarAmazonQueue(models.Model):
    _inherit = "linkstar.amazon.queue"

    @api.model
    def _cron_poll(self):
        """Subscribe what is wanted, read the queues that are due, wake streams."""
        self.env["linkstar.amazon.subscription"]._subscribe_wanted()
        cron = self.env["ir.cron"]
        while queue := self._take_next_due():
            queue._poll_unit()
            if cron._commit_progress(1, remaining=1) <= 0:
                return
        self.env["linkstar.amazon.message"]._prompt_streams()
        cron._commit_progress(remaining=0)

    @api.model
    def _take_next_due(self):
        """Lock and return the next queue to look into, passing by locked ones."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM linkstar_amazon_queue
                 WHERE active AND next_poll <= %s
                 ORDER BY next_poll, id
                 LIMIT 1
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                fields.Datetime.now(),
            )
        )
        return self.browse(row[0] for row in rows)

    def _poll_unit(self):
        """Receive up to ten messages and keep them; delete them after the commit.

        A crash in between brings them again, and then they are known.

        :return: how many were new
        """
        self.ensure_one()
        now = fields.Datetime.now()
        try:
            outgoing.check(self.env)
            source = self._queue()
            messages = source.receive()
            waiting = source.waiting() if messages else 0
        except outgoing.OutgoingBlocked:
            return self._note_poll_failure(Failure("not_live"))
        except CallFailed as error:
            return self._note_poll_failure(error.failure)
        new, repeats = self._keep(messages, now)
        values = {
            "last_poll": now,
            "next_poll": now if messages else now + LOOK_AGAIN,
            "waiting": waiting,
            "failures": 0,
            "error_code": False,
            "error_args": False,
            "messages_total": self.messages_total + new,
            "repeats_total": self.repeats_total + repeats,
        }
        if new:
            values["last_message_at"] = now
        self.sudo().write(values)
        if messages:
            handles = [message["ReceiptHandle"] for message in messages]
            self.env.cr.postcommit.add(lambda: _delete(source, handles))
            self.env["linkstar.amazon.message"]._prompt_streams()
        return new

    def _keep(self, messages, now):
        """Keep what is new of a batch.

        :return: ``(new, delivered before)``
        """
        notices = {}
        for message in messages:
            notice = parse_notice(message.get("Body"), message.get("MessageId"))
            notices[notice.key] = notice
        subscriptions = self.env["linkstar.amazon.subscription"].sudo()
        known = subscriptions.search(
            [
                ("queue_id", "=", self.id),
                ("state", "=", "active"),
                (
                    "external_id",
                    "in",
                    [n.subscription for n in notices.values() if n.subscription],
                ),
            ]
        )
        of = {subscription.external_id: subscription for subscription in known}
        rows = []
        for notice in notices.values():
            subscription = of.get(notice.subscription, subscriptions)
            rows.append(
                {
                    "queue_id": self.id,
                    "key": notice.key,
                    # Believed only from a subscription of this very kind.
                    "kind": notice.kind if subscription.kind == notice.kind else "",
                    "subscription_id": subscription.id,
                    "report": notice.report,
                    "happened_at": notice.happened_at,
                    "received_at": now,
                    "prompt_at": prompt_at(notice, now),
                }
            )
        new = self.env["linkstar.amazon.message"]._insert(rows)
        return new, len(messages) - new

    def _note_poll_failure(self, failure):
        now = fields.Datetime.now()
        failures = self.failures + 1
        args = dict(failure.args)
        if failure.amazon_code:
            args["amazon_code"] = failure.amazon_code
        self.sudo().write(
            {
                "last_poll": now,
                "next_poll": now + retry_delay(failures, failure),
                "failures": failures,
                "error_code": failure.code,
                "error_args": args,
            }
        )
        return 0


def _delete(source, handles):
    """Delete what has been kept; what fails comes again and is known then."""
    try:
        source.delete(handles)
    except CallFailed as error:
        _logger.info("Messages were not deleted (%s)", error.failure.code)
