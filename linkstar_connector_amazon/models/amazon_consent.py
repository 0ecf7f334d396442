"""Consents under way: bound to a user and a session, good once, for ten minutes."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

LIVES = timedelta(minutes=10)


def _digest(text):
    return hashlib.sha256((text or "").encode()).hexdigest()


class LinkstarAmazonConsent(models.Model):
    """The state that Amazon brings back; only its hash is kept."""

    _name = "linkstar.amazon.consent"
    _description = "Amazon consent under way"
    _rec_name = "account_id"

    account_id = fields.Many2one(
        "linkstar.amazon.account", required=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("sp", "Seller Central"), ("ads", "Amazon Ads")], required=True, default="sp"
    )
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    session_hash = fields.Char(required=True)
    state_hash = fields.Char(required=True, index=True)
    ends_at = fields.Datetime(required=True)

    @api.model
    @api.private
    def _begin(self, account, kind="sp"):
        """Start a consent of the current user and session.

        :param kind: sp (Seller Central) or ads
        :return: the state to send to Amazon
        """
        state = secrets.token_urlsafe(32)
        self.sudo().create(
            {
                "account_id": account.id,
                "kind": kind,
                "user_id": self.env.user.id,
                "session_hash": _digest(request.session.sid if request else ""),
                "state_hash": _digest(state),
                "ends_at": fields.Datetime.now() + LIVES,
            }
        )
        return state

    @api.model
    @api.private
    def _consume(self, state, kind="sp"):
        """Use up a state; only its own user and session may, and its own address.

        :return: the account to connect
        :raises UserError: unknown, used, foreign or too old
        """
        found = self.sudo().search([("state_hash", "=", _digest(state))], limit=1)
        account = found.account_id
        good = (
            found
            and found.kind == kind
            and found.user_id == self.env.user
            and hmac.compare_digest(
                found.session_hash, _digest(request.session.sid if request else "")
            )
            and found.ends_at >= fields.Datetime.now()
        )
        found.unlink()
        if not good:
            raise UserError(
                self.env._(
                    "This authorisation was not started here, was used already, or "
                    "took longer than ten minutes. Press Authorise on the account "
                    "again."
                )
            )
        return account

    @api.autovacuum
    def _gc_consents(self):
        """Delete consents that nobody finished."""
        self.sudo().search([("ends_at", "<", fields.Datetime.now())]).unlink()
