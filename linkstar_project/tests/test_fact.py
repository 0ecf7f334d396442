"""Figures: written once, set-based, never weakened."""

from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestFact(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fact = cls.env["linkstar.fact"]

    def _row(self, value=1.0, day="2026-03-01", metric="gmv", **other):
        row = {"store_id": self.store.id, "metric": metric, "date": day}
        return {**row, "value": value, **other}

    def _find(self, **other):
        domain = [("store_id", "=", self.store.id)]
        domain += [(name, "=", value) for name, value in other.items()]
        return self.fact.search(domain)

    # -- writing --

    def test_second_write_of_the_same_rows_writes_nothing(self):
        rows = [self._row(day=f"2026-03-{day:02d}") for day in range(1, 11)]
        self.assertEqual(self.fact._upsert(rows), 10)
        before = self._find().mapped("change_xid")
        self.assertEqual(self.fact._upsert(iter(rows)), 0)
        self.assertEqual(self._find().mapped("change_xid"), before)

    def test_only_changed_rows_are_rewritten(self):
        rows = [self._row(day=f"2026-03-{day:02d}") for day in range(1, 11)]
        self.fact._upsert(rows)
        rows[3]["value"] = 2.0
        self.assertEqual(self.fact._upsert(rows), 1)
        self.assertEqual(sum(self._find().mapped("value")), 11)

    def test_store_listing_and_person_are_different_figures(self):
        person = self.env["hr.employee"].create({"name": "Agent"})
        rows = [
            self._row(1),
            self._row(2, sku="SKU-1"),
            self._row(3, employee_id=person.id),
            self._row(4, sku="SKU-1", employee_id=person.id),
        ]
        self.assertEqual(self.fact._upsert(rows), 4)
        self.assertEqual(self.fact._upsert(rows), 0)

    def test_weaker_source_never_overwrites_a_stronger_one(self):
        for source, value, expected in (
            ("import", 1.0, 1.0),
            ("manual", 2.0, 1.0),
            ("amazon", 3.0, 3.0),
            ("api", 4.0, 3.0),
            ("amazon", 5.0, 5.0),
        ):
            self.fact._upsert([self._row(value, source=source)])
            self.assertEqual(self._find().value, expected, source)

    def test_of_equal_keys_the_strongest_then_the_last_counts(self):
        rows = [
            self._row(1, source="amazon"),
            self._row(2, source="amazon"),
            self._row(3, source="manual"),
        ]
        self.assertEqual(self.fact._upsert(rows), 1)
        self.assertEqual(self._find().value, 2)

    def test_amounts_take_the_currency_of_the_store(self):
        self.fact._upsert([self._row(), self._row(metric="orders")])
        by_metric = {fact.metric_id.code: fact.currency_id for fact in self._find()}
        self.assertEqual(by_metric["gmv"], self.store.currency_id)
        self.assertFalse(by_metric["orders"])

    def test_many_rows_take_a_handful_of_queries(self):
        rows = [
            self._row(value, f"2026-{month:02d}-{day:02d}", metric)
            for metric in ("gmv", "orders", "sessions")
            for month in range(1, 13)
            for value, day in enumerate(range(1, 29))
        ]
        self.fact._upsert([self._row(day="2025-01-01")])
        with self.assertQueryCount(12):
            self.fact._upsert(rows)

    # -- refusing --

    def test_bad_row_leaves_nothing_written(self):
        bad = {
            "no_metric": self._row(metric="no_metric"),
            "NO-SKU": self._row(sku="NO-SKU"),
            "999999999": self._row() | {"store_id": 999999999},
            "2026-13-01": self._row(day="2026-13-01"),
            "inf": self._row(float("inf")),
            "nan": self._row(float("nan")),
            "2000": self._row(2e15),
            "many": self._row("many"),
            "somewhere": self._row(source="somewhere"),
            "88888": self._row(employee_id=88888),
            "metric": {"store_id": self.store.id, "date": "2026-03-01", "value": 1},
        }
        for word, row in bad.items():
            with self.assertRaisesRegex(ValueError, word):
                self.fact._upsert([self._row(7), row])
            self.assertFalse(self._find(), word)

    def test_listing_of_another_store_is_refused(self):
        other = self.env["linkstar.listing"].create(
            {"store_id": self.other_store.id, "sku": "SKU-9"}
        )
        with self.assertRaises(ValueError):
            self.fact._upsert([self._row(listing_id=other.id)])

    def test_hostile_texts_are_values_not_sql(self):
        for text in ("2026-01-01},{", "x'; DROP TABLE linkstar_fact; --", "\0", "NULL"):
            for field in ("date", "metric", "sku", "source", "as_of"):
                with self.assertRaises(ValueError):
                    self.fact._upsert([self._row() | {field: text}])

    def test_figures_are_not_edited_one_by_one(self):
        self.fact._upsert([self._row()])
        admin = self.fact.with_user(self.env.ref("base.user_admin"))
        with self.assertRaises(AccessError):
            admin.create(
                {
                    "store_id": self.store.id,
                    "metric_id": self.env.ref("linkstar_project.metric_gmv").id,
                    "date": "2026-03-02",
                    "value": 1,
                }
            )
        with self.assertRaises(AccessError):
            self._find().with_user(self.env.ref("base.user_admin")).write({"value": 9})
        with self.assertRaises(AccessError):
            self._find().with_user(self.env.ref("base.user_admin")).unlink()

    # -- what changed --

    def test_changed_since_names_what_was_written_after_the_token(self):
        token, _rows = self.fact._changed_since()
        self.fact._upsert([self._row(), self._row(day="2026-03-05")])
        new_token, rows = self.fact._changed_since(token)
        metric = self.env.ref("linkstar_project.metric_gmv")
        self.assertIn(
            (self.store.id, metric.id, date(2026, 3, 1), date(2026, 3, 5)), rows
        )
        self.assertGreaterEqual(new_token, token)

    def test_token_of_a_restored_database_means_everything(self):
        self.fact._upsert([self._row()])
        _token, rows = self.fact._changed_since(2**31 - 1)
        self.assertTrue(rows)

    def test_changed_keys_are_told_once_to_the_gates(self):
        told = []
        self.patch(
            type(self.env["linkstar.gate"]),
            "_open_by_facts",
            lambda gates, keys: told.append(keys),
        )
        self.fact._upsert([self._row(), self._row(day="2026-03-02", sku="SKU-1")])
        self.fact._upsert([self._row()])
        metric = self.env.ref("linkstar_project.metric_gmv").id
        self.assertEqual(len(told), 1)
        self.assertEqual(
            set(told[0]),
            {
                (self.store.id, metric, None),
                (self.store.id, metric, self.listing.id),
            },
        )

    # -- public twin --

    def _import(self, rows, user=None):
        return self.fact.with_user(user or self.lead).import_rows(rows)

    def test_lead_imports_figures_of_own_stores(self):
        row = {"store": "US-PLAN", "metric": "gmv", "date": "2026-03-01", "value": 5}
        self.assertEqual(self._import([row]), 1)
        self.assertEqual(self._import([row]), 0)
        self.assertEqual(self._find().source, "import")

    def test_operator_and_strangers_import_nothing(self):
        for user in (self.operator, self.manager):
            with self.assertRaises(AccessError):
                self._import([self._row()], user)
        with self.assertRaises(AccessError):
            self._import([self._row() | {"store_id": self.other_store.id}])
        self.assertFalse(self._find())

    def test_import_sets_its_source_itself_and_spares_other_sources(self):
        self.fact._upsert([self._row(1, source="manual"), self._row(2, "2026-03-02")])
        rows = [self._row(9, source="amazon"), self._row(9, "2026-03-03")]
        self.assertEqual(self._import(rows), 1)
        self.assertEqual(
            sorted(self._find().mapped(lambda fact: (fact.value, fact.source))),
            [(1.0, "manual"), (2.0, "manual"), (9.0, "import")],
        )

    def test_import_keeps_listing_and_moment(self):
        row = self._row(7, listing_id=self.listing.id, as_of="2026-03-02 06:00:00")
        self.assertEqual(self._import([row]), 1)
        self.assertEqual(self._find().listing_id, self.listing)
        self.assertEqual(self._find().as_of, datetime(2026, 3, 2, 6))

    def test_import_refuses_what_it_would_drop(self):
        foreign = self.env["linkstar.listing"].create(
            {"store_id": self.other_store.id, "sku": "SKU-9"}
        )
        for faulty, name in (
            ({"lisitng_id": 1}, "lisitng_id"),
            ({"listing_id": "1"}, "listing_id"),
            ({"listing_id": foreign.id}, str(foreign.id)),
            ({"as_of": "yesterday"}, "yesterday"),
            ({"as_of": "0001-01-01T00:00:00+08:00"}, "0001-01-01"),
            ({"as_of": ["2026-03-02"]}, "as_of"),
        ):
            with self.subTest(faulty), self.assertRaisesRegex(UserError, name):
                self._import([self._row(1), self._row(2, **faulty)])
        self.assertFalse(self._find())

    def test_figures_name_people_of_the_stores_company_only(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        people = self.env["hr.employee"]
        own = people.create({"name": "Ours"})
        foreign = people.create({"name": "Theirs", "company_id": company.id})
        with self.assertRaisesRegex(UserError, f"no employee {foreign.id}"):
            self._import([self._row(employee_id=foreign.id)])
        with self.assertRaisesRegex(ValueError, f"no employee {foreign.id}"):
            self.fact._upsert([self._row(employee_id=foreign.id)])
        self.assertEqual(self._import([self._row(employee_id=own.id)]), 1)

    def test_import_is_bounded_and_speaks_to_its_reader(self):
        with self.assertRaisesRegex(UserError, "20000"):
            self._import([{}] * 20001)
        for rows in ([None], [{"value": 1}], "abc"):
            with self.assertRaises(UserError):
                self._import(rows)
        with self.assertRaisesRegex(UserError, "NOPE"):
            self._import([{"store": "NOPE"}])
        with self.assertRaisesRegex(UserError, "no_metric"):
            self._import([self._row(metric="no_metric")])

    def test_as_of_takes_moments_with_zone(self):
        self.fact._upsert([self._row(as_of="2026-03-02T08:00:00+08:00")])
        self.assertEqual(self._find().as_of, datetime(2026, 3, 2))
