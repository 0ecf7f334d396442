"""A connected account against the stand-in server, through the real clients."""

import os
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import TransactionCase

from odoo.addons.linkstar_connector_amazon import client

from tests.amazon.client import Amazon
from tests.amazon.server import Server
from tests.amazon.state import Settings

KEYS = {
    "LINKSTAR_SECRET_KEY": "a passphrase that only tests use",
    "LINKSTAR_HASH_KEY": "another passphrase that only tests use",
    "LINKSTAR_LIVE_DATABASES": "*",
}


class AmazonCase(TransactionCase):
    """One server and one account per test class; time stands still unless moved."""

    settings = {"history_days": 40, "scale": 0.3, "replenish": False}
    number = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        options = {"accounts": 2, "enforce_pace": False, **cls.settings}
        cls.server = Server(Settings(**options)).start()
        cls.addClassCleanup(cls.server.stop)
        cls.world = cls.server.world
        cls.amazon = Amazon(cls.server.url, cls.server)
        environment = {**KEYS, "LINKSTAR_AMAZON_ENDPOINT": cls.server.url}
        cls.startClassPatcher(patch.dict(os.environ, environment))
        cls.registry_enter_test_mode_cls()
        client.forget_tokens()
        cls.seller_account = cls.world.accounts[cls.number]
        cls.account = cls.make_account(cls.seller_account)

    @classmethod
    def make_account(cls, theirs):
        """An account of ours for an account of the server's, stores and all."""
        application = cls.env["linkstar.amazon.application"].search([], limit=1)
        known = cls.world.applications[0]
        if not application:
            application = cls.env["linkstar.amazon.application"].create(
                {
                    "name": "LinkStar test",
                    "client_id": known.client_id,
                    "application_id": known.id,
                    "typed_secret": known.client_secret,
                }
            )
        seller = cls.env["linkstar.seller"].create(
            {
                "name": theirs.name,
                "platform_id": cls.env.ref("linkstar_project.platform_amazon").id,
                "region": theirs.region,
                "external_id": theirs.seller_id,
            }
        )
        account = cls.env["linkstar.amazon.account"].create(
            {
                "name": theirs.name,
                "application_id": application.id,
                "seller_id": seller.id,
                "region": theirs.region,
                "typed_token": theirs.refresh_token,
                "typed_ads_token": theirs.ads_refresh_token,
            }
        )
        account.action_read_marketplaces()
        return account

    def setUp(self):
        super().setUp()
        # Tokens that this process keeps may belong to secrets of another test.
        client.forget_tokens()
        self.amazon.clear_faults()

    def stream(self, code, account=None):
        """The stream of that code."""
        return (account or self.account).stream_ids.filtered(lambda s: s.code == code)

    def run_stream(self, code, account=None):
        """Run a stream until it is up to date; fail with its explanation.

        :return: what the last call gave, with the rows of all of them
        """
        account, rows = account or self.account, 0
        while True:
            result = account.run_stream(code)
            rows += result["rows"]
            if result["state"] == "waiting":
                # Our own pace follows the machine's clock, the test does not wait.
                self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()
                self.advance(minutes=1)
            elif result["state"] != "more":
                break
        self.assertEqual(result["state"], "done", result)
        return {**result, "rows": rows}

    def fail_stream(self, code):
        """Run a stream until it fails; return the code of its failure."""
        while True:
            result = self.account.run_stream(code)
            if result["state"] == "failed":
                return self.stream(code).error_code
            self.assertIn(result["state"], ("more", "waiting"), result)
            self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()
            self.advance(minutes=1)

    def run_past(self, code, account=None):
        """Read the past to its end, as workers do; return where it came to.

        :return: what ``reached`` said after each unit
        """
        stream, reached = self.stream_of_past(code, account), []
        for _unit in range(5000):
            outcome = stream._run_unit()
            reached.append(stream.cursor["reached"])
            if outcome.state == "over":
                return reached
            self.assertIn(outcome.state, ("more", "waiting"), stream.error)
            if outcome.state == "waiting":
                self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()
                self.advance(minutes=1)
        raise AssertionError(f"{code} does not end: {stream.cursor}")

    def stream_of_past(self, code, account=None):
        """A backfill, running or not."""
        streams = (account or self.account).with_context(active_test=False).stream_ids
        return streams.filtered(lambda stream: stream.code == code)

    def advance(self, **delta):
        """Move the server's clock."""
        self.world.clock.advance(timedelta(**delta).total_seconds())

    def store(self, code="US"):
        """The store on a marketplace."""
        return self.account.store_ids.filtered(
            lambda store: store.marketplace_id.code == code
        )

    def events(self, code, account=None):
        """Events of a type of the account's stores."""
        return self.env["linkstar.event"].search(
            [
                ("type_id.code", "=", code),
                ("store_id", "in", (account or self.account).store_ids.ids),
            ]
        )

    def fact(self, store, metric, day, sku=""):
        """The value of a fact, or None."""
        domain = [
            ("store_id", "=", store.id),
            ("metric_id.code", "=", metric),
            ("date", "=", day),
        ]
        if sku:
            domain.append(("listing_id.sku", "=", sku))
        else:
            domain.append(("listing_id", "=", False))
        fact = self.env["linkstar.fact"].search(domain)
        return fact.value if fact else None
