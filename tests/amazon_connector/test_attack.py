"""What people may not do to the connection, tried over RPC as a stranger would."""

from odoo.tests import HttpCase, new_test_user, tagged

from tests.security.rpc import Client, Invalid, Refused

from .common import AmazonCase

# Public methods of the connection, by model.
METHODS = {
    "linkstar.amazon.account": (
        ("run_stream", {"code": "orders"}),
        ("start_backfill", {"days": 5}),
        ("action_backfill", {}),
        ("action_run_now", {}),
        ("action_authorise", {}),
        ("action_authorise_ads", {}),
        ("action_disconnect", {}),
        ("action_read_marketplaces", {}),
        ("action_test_connection", {}),
    ),
    "linkstar.amazon.stream": (
        ("action_run_now", {}),
        ("action_test_connection", {}),
        ("action_pause", {}),
        ("action_resume", {}),
    ),
}
# Nobody calls these from outside, administrators neither.
PRIVATE = {
    "linkstar.amazon.account": ("_amazon", "_sites", "_read_participations"),
    "linkstar.amazon.stream": ("_run_unit", "_cron_worker", "_take_next_due"),
    "linkstar.amazon.bucket": ("_take", "_learn"),
    "linkstar.amazon.application": ("_client_secret",),
}
# What only the sync writes.
SYSTEM = {
    "linkstar.amazon.stream": {
        "cursor": {"until": "2020-01-01T00:00:00"},
        "error_code": "internal",
        "fresh_until": "2030-01-01 00:00:00",
        "rows_total": 7,
        "is_baseline_done": True,
    },
    "linkstar.amazon.account": {"state": "disconnected", "selling_partner": "EVIL"},
}


@tagged("post_install", "-at_install")
class TestAttack(AmazonCase, HttpCase):
    """An operator and a lead of the store, a lead of another, an administrator."""

    @classmethod
    def registry_enter_test_mode_cls(cls):
        """Both parents ask for it; once is enough."""
        if not cls._registry_patched:
            super().registry_enter_test_mode_cls()

    def setUp(self):
        super().setUp()
        self.other = self.make_account(self.world.accounts[1])
        self.role = self.env["project.role"].search([], limit=1)
        self.clients = {
            "operator": self.person("operator", self.account),
            "lead": self.person("lead", self.account),
            "stranger": self.person("lead", self.other),
        }
        self.admin = self.person("admin")
        self.targets = {
            "linkstar.amazon.account": self.account,
            "linkstar.amazon.stream": self.stream("orders"),
            "linkstar.amazon.bucket": self.env["linkstar.amazon.bucket"],
            "linkstar.amazon.application": self.account.application_id,
        }

    def person(self, group, account=None):
        """A person's way in; a member of an account's stores if one is given."""
        number = self.env["res.users"].search_count([])
        user = new_test_user(
            self.env,
            f"attack_{group}_{number}",
            groups=f"base.group_user,linkstar_project.group_{group}",
        )
        for store in account.store_ids if account else ():
            self.env["linkstar.store.member"].create(
                {
                    "store_id": store.id,
                    "user_id": user.id,
                    "role_id": self.role.id,
                    "is_lead": group == "lead",
                    "date_from": "2020-01-01",
                    "share": 10,
                }
            )
        return Client(self, user, "xmlrpc")

    def refused(self, client, model, method, ids=None, **values):
        try:
            client.call(model, method, ids, **values)
        except (Refused, Invalid):
            return
        self.fail(f"{client.user.login} may call {model}.{method}")

    def test_nobody_but_an_administrator_runs_or_stops_the_connection(self):
        self.amazon.control("DELETE", "calls")
        before = self.stream("orders").next_run
        for name, client in self.clients.items():
            for model, methods in METHODS.items():
                for method, values in methods:
                    with self.subTest(f"{name} {model}.{method}"):
                        self.refused(
                            client, model, method, self.targets[model].ids, **values
                        )
        self.env.invalidate_all()
        self.assertEqual(self.amazon.calls(), [])
        self.assertEqual(self.stream("orders").next_run, before)
        self.assertEqual(self.account.state, "connected")

    def test_private_methods_are_closed_to_everybody(self):
        for client in (*self.clients.values(), self.admin):
            for model, methods in PRIVATE.items():
                for method in methods:
                    self.refused(client, model, method, self.targets[model].ids)

    def test_no_secret_is_read_searched_grouped_or_exported(self):
        token = self.seller_account.refresh_token
        account, fields = self.account.ids, ["typed_token", "typed_ads_token"]
        for client in (*self.clients.values(), self.admin):
            for method, values in (
                ("read", {"fields": fields}),
                ("export_data", {"fields_to_export": fields}),
                ("web_read", {"specification": dict.fromkeys(fields, {})}),
                ("copy_data", {}),
            ):
                try:
                    told = client.call(
                        "linkstar.amazon.account", method, account, **values
                    )
                except (Refused, Invalid):
                    continue
                self.assertNotIn(token, str(told), method)
        # A search by the token, letter by letter, would tell it: there is none.
        for name in fields:
            field = self.account._fields[name]
            self.assertFalse(field.store or field.search or field.related, name)
        self.refused(
            self.admin,
            "linkstar.secret",
            "search_read",
            domain=[],
            fields=["ciphertext"],
        )

    def test_cursors_errors_and_quotas_are_written_by_the_sync_only(self):
        for client in (*self.clients.values(), self.admin):
            for model, values in SYSTEM.items():
                for field, value in values.items():
                    self.refused(
                        client,
                        model,
                        "write",
                        self.targets[model].ids,
                        vals={field: value},
                    )
            bucket = {"operation": "searchOrders", "rate": 9, "burst": 9, "tokens": 9}
            bucket.update(account_id=self.account.id, updated_at="2026-01-01 00:00:00")
            self.refused(client, "linkstar.amazon.bucket", "create", vals_list=[bucket])
            self.refused(
                client,
                "linkstar.amazon.stream",
                "create",
                vals_list=[{"account_id": self.account.id, "code": "orders"}],
                context={"default_cursor": {"until": "2020-01-01T00:00:00"}},
            )
        self.env.invalidate_all()
        self.assertFalse(self.stream("inventory").error_code)

    def test_a_stranger_sees_nothing_of_the_account(self):
        for model in (
            "linkstar.amazon.account",
            "linkstar.amazon.stream",
            "linkstar.amazon.order",
            "linkstar.amazon.call",
        ):
            own = "id" if model == "linkstar.amazon.account" else "account_id"
            found = self.clients["stranger"].call(
                model, "search_count", domain=[(own, "=", self.account.id)]
            )
            self.assertEqual(found, 0, model)
        self.refused(
            self.clients["stranger"],
            "linkstar.amazon.stream",
            "copy_diagnosis",
            self.stream("orders").ids,
        )

    def test_nobody_points_the_connection_at_another_host(self):
        for address in (
            "http://sqs.eu-west-1.amazonaws.com/123456789012/q",
            "https://evil.example/123456789012/q",
            "https://sqs.eu-west-1.amazonaws.com.evil.example/123456789012/q",
            "https://127.0.0.1/123456789012/q",
        ):
            self.refused(
                self.admin,
                "linkstar.amazon.queue",
                "create",
                vals_list=[
                    {
                        "name": "Evil",
                        "application_id": self.account.application_id.id,
                        "region": "na",
                        "url": address,
                    }
                ],
            )
        for client in self.clients.values():
            for field, value in (("region", "eu"), ("is_sandbox", True)):
                self.refused(
                    client,
                    "linkstar.amazon.account",
                    "write",
                    self.account.ids,
                    vals={field: value},
                )
            self.refused(
                client,
                "linkstar.marketplace",
                "write",
                self.store("US").marketplace_id.ids,
                vals={"region": "eu"},
            )
            # The parent's form is no way round the child's rules either.
            self.refused(
                client,
                "linkstar.seller",
                "write",
                self.account.seller_id.ids,
                vals={"store_ids": [[1, self.store("US").id, {"code": "US-EVIL"}]]},
            )
