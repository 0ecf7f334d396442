"""Where Amazon sends the seller back after consent."""

from odoo.exceptions import UserError
from odoo.http import Controller, request, route


class AmazonCallback(Controller):
    """The redirect address registered with the application."""

    @route("/linkstar/amazon/callback", type="http", auth="user", methods=["GET"])
    def callback(self, state="", spapi_oauth_code="", selling_partner_id="", **_more):
        """Take the code, then redirect at once so that the query does not stay.

        The state is used up in a transaction of its own before the code is
        exchanged: a code that fails can not be tried again with the same state.
        """
        consents = request.env["linkstar.amazon.consent"]
        try:
            account = consents._consume(state)
        except UserError as error:
            return self._back(None, str(error))
        # The state is gone, whatever happens to the exchange.
        request.env.cr.commit()  # pylint: disable=invalid-commit
        try:
            account.with_user(request.env.user)._accept_consent(
                spapi_oauth_code, selling_partner_id
            )
        except UserError as error:
            request.env.cr.rollback()
            return self._back(account, str(error))
        return self._back(account, "")

    def _back(self, account, message):
        """To the account's form, with a message in the session if there is one."""
        if message:
            request.session["linkstar_amazon_message"] = message[:500]
        action = "linkstar_connector_amazon.amazon_account_action"
        path = f"/odoo/action-{action}"
        if account:
            path += f"/{account.id}"
        return request.redirect(path)
