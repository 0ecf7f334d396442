"""Messages of the notification queues: their keys, so that each has one effect.

No content is kept: a message only prompts a re-fetch of its stream.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.notices import KINDS

# SQS keeps a message for two weeks at most, so none comes again after that.
KEEP_DAYS = 15


class LinkstarAmazonMessage(models.Model):
    """One notification, however often it was delivered."""

    _name = "linkstar.amazon.message"
    _description = "Amazon notification"
    _log_access = False
    _order = "received_at desc, id desc"
    _rec_name = "key"

    queue_id = fields.Many2one(
        "linkstar.amazon.queue", required=True, ondelete="cascade", readonly=True
    )
    key = fields.Char(required=True, readonly=True)
    kind = fields.Char(
        readonly=True, help="Empty: nothing we asked for; it had no effect."
    )
    subscription_id = fields.Many2one(
        "linkstar.amazon.subscription", ondelete="set null", readonly=True
    )
    account_id = fields.Many2one(related="subscription_id.account_id")
    report = fields.Char(readonly=True, help="Id of the report that is finished.")
    happened_at = fields.Datetime(readonly=True, help="As Amazon says.")
    received_at = fields.Datetime(required=True, readonly=True, index=True)
    prompt_at = fields.Datetime(
        string="Readable from",
        readonly=True,
        help="Amazon shows some changes only minutes after it tells of them.",
    )
    handled_at = fields.Datetime(
        readonly=True, help="When the streams it speaks of were told to run."
    )
    deliveries = fields.Integer(readonly=True, aggregator=None)

    _queue_key_uniq = models.UniqueIndex(
        "(queue_id, key)", "This message has been kept already."
    )
    _unhandled = models.Index("(id) WHERE handled_at IS NULL")

    @api.model
    def _insert(self, rows):
        """Keep messages; those known before only count their delivery.

        :return: how many are new
        """
        if not rows:
            return 0
        columns = (
            "queue_id",
            "key",
            "kind",
            "subscription_id",
            "report",
            "happened_at",
            "received_at",
            "prompt_at",
        )
        values = SQL(", ").join(
            SQL("(%s, 1)", SQL(", ").join(SQL("%s", row[c] or None) for c in columns))
            for row in rows
        )
        found = self.env.execute_query(
            SQL(
                """
                INSERT INTO linkstar_amazon_message (%s, deliveries)
                VALUES %s
                ON CONFLICT (queue_id, key) DO UPDATE
                   SET deliveries = linkstar_amazon_message.deliveries + 1
                RETURNING xmax = 0
                """,
                SQL(", ").join(SQL.identifier(column) for column in columns),
                values,
            )
        )
        self.invalidate_model()
        return sum(row[0] for row in found)

    @api.model
    def _prompt_streams(self):
        """Bring forward the streams that unhandled messages speak of.

        Streams that fail keep their pause, those switched off stay off, and one that
        is running just now is told the next time: its message stays unhandled.

        :return: the streams whose next run moved
        """
        waiting = self.sudo().search([("handled_at", "=", False)], limit=1000)
        streams = self.env["linkstar.amazon.stream"].sudo()
        moved, busy = streams, set()
        for subscription, group in waiting.grouped("subscription_id").items():
            if not subscription or subscription.account_id.state == "disconnected":
                continue
            for message in group:
                found = self._streams_of(message)
                free = found.try_lock_for_update(allow_referencing=True)
                if free != found:
                    busy.add(message.id)
                moved |= free.filtered(
                    lambda stream, message=message: stream._prompt(message.prompt_at)
                )
        waiting.filtered(lambda m: m.id not in busy).handled_at = fields.Datetime.now()
        if moved:
            streams._wake_workers(min(moved.mapped("next_run")))
        return moved

    def _streams_of(self, message):
        """Active streams of the message's account that its kind wakes."""
        streams = message.subscription_id.account_id.stream_ids
        codes = KINDS.get(message.kind, ())
        if message.report:
            return streams.filtered(
                lambda stream: (stream.cursor or {}).get("report") == message.report
            )
        return streams.filtered(lambda stream: stream.code in codes)

    @api.autovacuum
    def _gc_messages(self):
        """Delete messages that can not come again."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        old = self.sudo().search([("received_at", "<", limit)], limit=100_000)
        old.unlink()
        return len(old), len(old) == 100_000
