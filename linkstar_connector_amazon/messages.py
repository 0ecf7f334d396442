"""Every failure in plain words: what happened, and what to do next.

``SENTENCES`` maps the codes of ``engine.failures`` to two lazy translations. Values
in them: ``role``, ``operation``, ``account`` and ``wait``.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "throttled": (
        _lt("Amazon asked to slow down (%(operation)s)."),
        _lt("Nothing to do: the sync waits and goes on by itself."),
    ),
    "server_error": (
        _lt("Amazon had an internal error while answering %(operation)s."),
        _lt("Nothing to do: the sync tries again by itself."),
    ),
    "unavailable": (
        _lt("Amazon's service is down for the moment (%(operation)s)."),
        _lt("Nothing to do: the sync tries again by itself."),
    ),
    "not_json": (
        _lt("Amazon's answer to %(operation)s broke off, or cannot be read."),
        _lt("Nothing to do: the same page is asked for again."),
    ),
    "unexpected_answer": (
        _lt("Amazon's answer to %(operation)s lacks what Amazon promises to send."),
        _lt("If this lasts longer than a day, copy the diagnosis and report it."),
    ),
    "too_large": (
        _lt("Amazon's answer to %(operation)s is larger than allowed."),
        _lt("If this lasts longer than a day, copy the diagnosis and report it."),
    ),
    "timeout": (
        _lt("Amazon did not answer %(operation)s in time."),
        _lt("Nothing to do: the sync tries again by itself."),
    ),
    "connection": (
        _lt("No connection to Amazon (%(operation)s)."),
        _lt(
            "If this lasts, ask your administrator whether the server may reach "
            "Amazon's addresses."
        ),
    ),
    "token_rejected": (
        _lt("Amazon did not accept the access token for %(operation)s."),
        _lt(
            "Nothing to do: a new token is fetched. If this lasts, authorise the "
            "account %(account)s again."
        ),
    ),
    "page_expired": (
        _lt("Amazon no longer knows the page of %(operation)s we were at."),
        _lt("Nothing to do: the list is read again from its beginning."),
    ),
    "role_missing": (
        _lt(
            "Amazon refused this call: the application lacks the role %(role)s, or "
            "the account has not granted it."
        ),
        _lt(
            "Ask the account owner to add the role %(role)s to the application, then "
            "authorise the account %(account)s again."
        ),
    ),
    "blank_refusal": (
        _lt("Amazon refused %(operation)s without giving a reason."),
        _lt(
            "This often passes. If it lasts longer than a day, check in Seller Central "
            "that the account %(account)s is not suspended and that the application "
            "is still authorised."
        ),
    ),
    "authorisation_revoked": (
        _lt("The authorisation of the account %(account)s has ended or was withdrawn."),
        _lt("Press Authorise on the account and confirm in Seller Central."),
    ),
    "client_refused": (
        _lt("Amazon does not accept the application's client id or client secret."),
        _lt(
            "Copy the current client secret from Seller Central, Develop Apps, into "
            "the application. Amazon ends a secret 180 days after it was made."
        ),
    ),
    "not_found": (
        _lt("Amazon does not know what was asked for by %(operation)s."),
        _lt("Nothing to do: the sync begins this list anew."),
    ),
    "bad_request": (
        _lt("Amazon found the request %(operation)s wrong."),
        _lt("Copy the diagnosis and report it: this is an error of the program."),
    ),
    "report_cancelled": (
        _lt("Amazon cancelled the report: usually there is no data for these days."),
        _lt("Nothing to do: the report is asked for again later."),
    ),
    "report_fatal": (
        _lt("Amazon failed to make the report."),
        _lt(
            "Nothing to do: the report is asked for again. If it fails for a day, "
            "check that the account may see this report in Seller Central."
        ),
    ),
    "report_late": (
        _lt("Amazon's report came empty although there were sales: it is late."),
        _lt("Nothing to do: the report is asked for again later."),
    ),
    "not_live": (
        _lt("This database may not call Amazon: it is a copy, or not named live."),
        _lt(
            "On the live system, name the database in LINKSTAR_LIVE_DATABASES. A copy "
            "stays silent on purpose."
        ),
    ),
    "no_authorisation": (
        _lt("The account %(account)s is not authorised yet."),
        _lt("Press Authorise on the account, or paste a refresh token."),
    ),
    "no_store": (
        _lt("No store of the account %(account)s is linked."),
        _lt("Press Read marketplaces on the account and link or create its stores."),
    ),
    "no_seller_id": (
        _lt("The selling partner id of the account %(account)s is not known."),
        _lt(
            "Enter it as the seller id of its seller (Seller Central, Account Info, "
            "Merchant Token), or press Authorise."
        ),
    ),
    "no_profile": (
        _lt("No advertising profile of the account %(account)s is known."),
        _lt("Connect Amazon Ads on the account, then press Read marketplaces."),
    ),
    "host_refused": (
        _lt("Amazon named an address that is not Amazon's; it was not called."),
        _lt("Copy the diagnosis and report it."),
    ),
    "missing_key": (
        _lt("The key that protects stored secrets is not configured."),
        _lt("Ask your administrator to set LINKSTAR_SECRET_KEY and restart Odoo."),
    ),
    "secret_unreadable": (
        _lt(
            "A stored token or secret of the account %(account)s cannot be read: it "
            "was stored under another key, or is damaged."
        ),
        _lt(
            "Enter the refresh token and the client secret again, or ask your "
            "administrator to add the earlier key to LINKSTAR_SECRET_KEY behind a "
            "comma."
        ),
    ),
    "boto_missing": (
        _lt("The Python package boto3 is not installed, so no queue can be read."),
        _lt("Ask your administrator to install boto3 for Odoo and restart it."),
    ),
    "queue_address": (
        _lt("The address of the queue %(queue)s is none of Amazon SQS."),
        _lt("Copy the address again from the page of the queue."),
    ),
    "queue_no_key": (
        _lt("The queue %(queue)s has no access key yet."),
        _lt("Type the access key id and the secret access key into the queue."),
    ),
    "queue_key": (
        _lt("Amazon does not accept the access key of the queue %(queue)s."),
        _lt("Make a new access key in the console of AWS and type it into the queue."),
    ),
    "queue_refused": (
        _lt("The access key may not read the queue %(queue)s."),
        _lt(
            "Allow its user sqs:ReceiveMessage, sqs:DeleteMessage and "
            "sqs:GetQueueAttributes on the queue."
        ),
    ),
    "queue_missing": (
        _lt("The queue %(queue)s does not exist, or not in this region."),
        _lt("Make the queue in the console of Amazon SQS, or correct its address."),
    ),
    "queue_policy": (
        _lt("Amazon may not write to the queue %(queue)s."),
        _lt("Paste the access policy of this form into the queue, then try again."),
    ),
    "internal": (
        _lt("An error of the program (%(kind)s) stopped the reading of this data."),
        _lt(
            "The sync tries again by itself. If this lasts longer than a day, copy "
            "the diagnosis and report it."
        ),
    ),
}

# Names of the calls, as people know the data.
OPERATION_NAMES = {
    "getMarketplaceParticipations": _lt("marketplaces"),
    "searchOrders": _lt("orders"),
    "getOrderMetrics": _lt("order metrics"),
    "getInventorySummaries": _lt("FBA inventory"),
    "getShipments": _lt("inbound shipments"),
    "getShipmentItemsByShipmentId": _lt("shipment items"),
    "searchListingsItems": _lt("listings"),
    "getCompetitivePricing": _lt("prices and buy box"),
    "createReport": _lt("report request"),
    "getReports": _lt("list of reports"),
    "getReport": _lt("report status"),
    "getReportDocument": _lt("report document"),
    "document": _lt("report download"),
    "listTransactions": _lt("transactions"),
    "createQuery": _lt("query request"),
    "getQuery": _lt("query status"),
    "getDocument": _lt("query document"),
    "listProfiles": _lt("advertising profiles"),
    "queryAdGroups": _lt("ad groups"),
    "queryCampaigns": _lt("campaigns"),
    "postAdsReport": _lt("advertising report request"),
    "getAdsReport": _lt("advertising report status"),
    "adsDocument": _lt("advertising report download"),
    "createSubscription": _lt("notification subscription"),
    "createDestination": _lt("notification destination"),
    "token": _lt("sign-in"),
}


def explain(env, code, args):
    """What happened and what to do next, in the reader's language.

    :param code: a code of ``SENTENCES``
    :param args: dict of plain values kept with the failure; ``operation`` is a code
    :return: ``(sentence, next step)``, both empty without a code
    """
    if not code:
        return "", ""
    sentence, step = SENTENCES.get(code) or SENTENCES["bad_request"]
    values = {
        "operation": "",
        "role": "",
        "account": "",
        "kind": "",
        "queue": "",
        **(args or {}),
    }
    name = OPERATION_NAMES.get(values["operation"], values["operation"])
    values["operation"] = env._(name) if not isinstance(name, str) else name
    # The sentences are constants of this module, translated lazily.
    # pylint: disable=prefer-env-translation,translation-not-lazy
    return env._(sentence) % values, env._(step) % values
