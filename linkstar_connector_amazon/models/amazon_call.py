"""The log of calls: what was asked, when, and how it went. No content, no secrets."""

from datetime import timedelta

from odoo import api, fields, models

# Long enough for a diagnosis; the calls of 500 accounts add up.
KEEP_DAYS = 14


class LinkstarAmazonCall(models.Model):
    """One call to Amazon."""

    _name = "linkstar.amazon.call"
    _description = "Amazon call"
    _log_access = False
    _order = "called_at desc, id desc"
    _rec_name = "operation"

    account_id = fields.Many2one(
        "linkstar.amazon.account",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    stream_id = fields.Many2one(
        "linkstar.amazon.stream", ondelete="set null", readonly=True
    )
    operation = fields.Char(required=True, readonly=True)
    called_at = fields.Datetime(required=True, readonly=True, index=True)
    duration_ms = fields.Integer(
        string="Duration (ms)", readonly=True, aggregator="avg"
    )
    status = fields.Integer(
        readonly=True, aggregator=None, help="HTTP status; 0: no answer."
    )
    failure = fields.Char(readonly=True)
    rows = fields.Integer(readonly=True)

    _stream_called = models.Index("(stream_id, called_at)")

    @api.autovacuum
    def _gc_calls(self):
        """Delete old rows of the log."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        old = self.sudo().search([("called_at", "<", limit)], limit=100_000)
        old.unlink()
        return len(old), len(old) == 100_000
