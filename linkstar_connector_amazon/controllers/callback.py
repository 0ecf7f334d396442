"""Where Amazon sends the seller back after consent."""

import logging
import re

from odoo.exceptions import UserError
from odoo.http import Controller, request, route

# The path, as such or encoded into another query (``/web/login?redirect=``).
_QUERY = re.compile(
    r"(linkstar(?:/|%2f)+amazon(?:/|%2f)+callback[^?%\s]*)"
    r"(?:\?|%3f)(?:.*(?= HTTP/\d)|.*)",
    re.IGNORECASE | re.DOTALL,
)
MESSAGE = "linkstar_amazon_message"


class HideQuery(logging.Filter):
    """Take state and code out of the access log before anybody writes it."""

    def filter(self, record):
        """Keep every line; shorten those of the callback."""
        text = record.getMessage()
        short = _QUERY.sub(r"\1?(hidden)", text)
        if short != text:
            record.msg, record.args = short, ()
        return True


logging.getLogger("werkzeug").addFilter(HideQuery())


class AmazonCallback(Controller):
    """The redirect address registered with the application."""

    @route("/linkstar/amazon/callback", type="http", auth="user", methods=["GET"])
    def callback(self, state="", spapi_oauth_code="", selling_partner_id="", **_more):
        """Take the code, then redirect at once so that the query does not stay.

        The state is used up in a transaction of its own before the code is
        exchanged: a code that fails can not be tried again with the same state.
        """
        return self._accept(
            state,
            "sp",
            lambda account: account._accept_consent(
                spapi_oauth_code, selling_partner_id
            ),
        )

    @route("/linkstar/amazon/callback/ads", type="http", auth="user", methods=["GET"])
    def ads_callback(self, state="", code="", **_more):
        """The same for Amazon Ads."""
        return self._accept(
            state, "ads", lambda account: account._accept_ads_consent(code)
        )

    def _accept(self, state, kind, exchange):
        try:
            account = request.env["linkstar.amazon.consent"]._consume(state, kind)
        except UserError as error:
            return self._back(None, str(error))
        # The state is gone, whatever happens to the exchange.
        request.env.cr.commit()  # pylint: disable=invalid-commit
        try:
            exchange(account.with_user(request.env.user))
        except UserError as error:
            request.env.cr.rollback()
            return self._back(account, str(error))
        return self._back(account, "")

    @route("/linkstar/amazon/refused", type="http", auth="user", methods=["GET"])
    def refused(self, **_query):
        """Say once why the authorisation failed, with the way back."""
        message, path = request.session.pop(MESSAGE, None) or ("", self._path(None))
        if not message:
            return request.redirect(path)
        return request.render(
            "linkstar_connector_amazon.consent_refused_page",
            {"message": message, "path": path},
        )

    def _back(self, account, message):
        """To the account's form, or to a page that says what went wrong."""
        path = self._path(account)
        if not message:
            return request.redirect(path)
        request.session[MESSAGE] = (message[:500], path)
        return request.redirect("/linkstar/amazon/refused")

    def _path(self, account):
        path = "/odoo/action-linkstar_connector_amazon.amazon_account_action"
        return f"{path}/{account.id}" if account else path
