"""Token buckets in the database, shared by all workers on all hosts."""

from psycopg2 import errors

from odoo import fields, models
from odoo.tools import SQL

from ..engine.operations import OPERATIONS
from ..engine.pace import Bucket

# A collision with another worker ends after a moment; five in a row do not happen.
ATTEMPTS = 5


class LinkstarAmazonBucket(models.Model):
    """The pace of one account for one operation."""

    _name = "linkstar.amazon.bucket"
    _description = "Amazon call quota"
    _log_access = False
    _rec_name = "operation"
    _order = "account_id, operation"

    account_id = fields.Many2one(
        "linkstar.amazon.account", required=True, ondelete="cascade", readonly=True
    )
    operation = fields.Char(required=True, readonly=True)
    rate = fields.Float(required=True, readonly=True, digits=(16, 6))
    burst = fields.Float(required=True, readonly=True)
    tokens = fields.Float(required=True, readonly=True, digits=(16, 6))
    updated_at = fields.Datetime(required=True, readonly=True)
    blocked_until = fields.Datetime(readonly=True)

    _account_operation_uniq = models.UniqueIndex(
        "(account_id, operation)", "There is one quota per account and operation."
    )

    def _take(self, account_id, operation, now, reserve=0):
        """Take a token on a cursor of its own, so that a crash does not give it back.

        :param now: naive UTC
        :param reserve: tokens to leave to others
        :return: seconds to wait; 0.0 when the call may be made now
        """

        def take(bucket):
            wait = bucket.wait(now, reserve)
            return (bucket, wait) if wait > 0 else (bucket.take(now), 0.0)

        return self._change(account_id, operation, now, take)

    def _learn(self, account_id, operation, now, rate=None, throttled=None):
        """Keep what Amazon told about its pace.

        :param rate: calls a second of Amazon's header, or None
        :param throttled: a Failure with status 429, or None
        """

        def learn(bucket):
            changed = bucket.corrected(rate, now) if rate else bucket
            if throttled:
                changed = changed.throttled(now, throttled.retry_after)
            return changed, None

        self._change(account_id, operation, now, learn)

    def _change(self, account_id, operation, now, change):
        for attempt in range(ATTEMPTS):
            try:
                with self.env.registry.cursor() as cr:
                    bucket = self._locked(cr, account_id, operation, now)
                    changed, result = change(bucket)
                    if changed != bucket:
                        self._save(cr, account_id, operation, changed)
                    return result
            except (errors.SerializationFailure, errors.UniqueViolation):
                if attempt == ATTEMPTS - 1:
                    raise
        return None

    def _locked(self, cr, account_id, operation, now):
        default = OPERATIONS[operation]
        cr.execute(
            SQL(
                """
                SELECT rate, burst, tokens, updated_at, blocked_until
                  FROM linkstar_amazon_bucket
                 WHERE account_id = %s AND operation = %s
                   FOR NO KEY UPDATE
                """,
                account_id,
                operation,
            )
        )
        row = cr.fetchone()
        if row:
            return Bucket(*row)
        cr.execute(
            SQL(
                """
                INSERT INTO linkstar_amazon_bucket
                       (account_id, operation, rate, burst, tokens, updated_at)
                VALUES (%(account)s, %(operation)s, %(rate)s, %(burst)s, %(burst)s,
                        %(now)s)
                """,
                account=account_id,
                operation=operation,
                rate=default.rate,
                burst=default.burst,
                now=now,
            )
        )
        return Bucket.full(default.rate, default.burst, now)

    def _save(self, cr, account_id, operation, bucket):
        cr.execute(
            SQL(
                """
                UPDATE linkstar_amazon_bucket
                   SET rate = %s, tokens = %s, updated_at = %s, blocked_until = %s
                 WHERE account_id = %s AND operation = %s
                """,
                bucket.rate,
                bucket.tokens,
                bucket.updated_at,
                bucket.blocked_until,
                account_id,
                operation,
            )
        )
