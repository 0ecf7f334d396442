"""Scopes of lines: shifts by calendar, project groups, categories of goods."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .kpi_common import JULY, MAY, KpiCase

LINE = {"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}


@tagged("post_install", "-at_install")
class TestScopes(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))

    def line(self, employee=None, **values):
        scheme = self._scheme([{**LINE, **values}], code="scope")
        self._assign(employee or self.employee_anna, scheme)
        self.period.with_user(self.manager).calculate()
        return self._line("gmv", self._card(employee))

    # -- shifts ----------------------------------------------------------------------

    def _calendar(self, *weekdays):
        return self.env["resource.calendar"].create(
            {
                "name": "Shift",
                "tz": "UTC",
                "attendance_ids": [(5, 0, 0)]
                + [
                    (
                        0,
                        0,
                        {
                            "name": "x",
                            "dayofweek": str(weekday),
                            "hour_from": 8,
                            "hour_to": 16,
                            "day_period": "morning",
                        },
                    )
                    for weekday in weekdays
                ],
            }
        )

    def test_a_shift_counts_the_days_of_the_calendar(self):
        self.employee_anna.resource_calendar_id = self._calendar(0, 1)
        self._facts(self.us, "gmv", 100.0)
        # May 2026 has four Mondays and four Tuesdays.
        self.assertEqual(self.line(scope="shift").value, 800)

    def test_time_off_is_no_shift(self):
        calendar = self._calendar(0, 1)
        self.employee_anna.resource_calendar_id = calendar
        self.env["resource.calendar.leaves"].create(
            {
                "calendar_id": calendar.id,
                "date_from": "2026-05-04 00:00:00",
                "date_to": "2026-05-05 23:59:59",
            }
        )
        self._facts(self.us, "gmv", 100.0)
        self.assertEqual(self.line(scope="shift").value, 600)

    def test_shifts_by_share_and_the_target_in_full(self):
        self.employee_anna.resource_calendar_id = self._calendar(0)
        self.us.member_ids.filtered(
            lambda m: m.employee_id == self.employee_anna
        ).share = 50
        self._facts(self.us, "gmv", 100.0)
        line = self.line(scope="shift")
        self.assertEqual((line.value, line.target), (200, 31000))

    # -- project groups --------------------------------------------------------------

    def _group(self, stores, code="PG"):
        return self.env["linkstar.store.group"].create(
            {"name": code, "code": code, "store_ids": [(6, 0, stores.ids)]}
        )

    def test_a_project_group_counts_all_its_stores(self):
        group = self._group(self.us + self.de)
        self._facts(self.us, "gmv", 10.0)
        self._facts(self.de, "gmv", 20.0)
        line = self.line(scope="group", group_ids=[(6, 0, group.ids)])
        self.assertAlmostEqual(line.value, 31 * 30.0)

    def test_own_stores_within_a_project_group(self):
        group = self._group(self.de)
        self._member(self.de, self.employee_anna, share=0)
        self._facts(self.us, "gmv", 10.0)
        self._facts(self.de, "gmv", 20.0)
        line = self.line(scope="stores", group_ids=[(6, 0, group.ids)])
        self.assertAlmostEqual(line.value, 31 * 20.0)

    def test_a_group_line_names_its_group(self):
        with self.assertRaises(UserError):
            self._scheme([{**LINE, "scope": "group"}], code="nogroup")

    # -- categories ------------------------------------------------------------------

    def _category(self, text="SKU-A"):
        return self.env["linkstar.kpi.category"].create(
            {"name": "Kitchen", "pasted": text}
        )

    def test_a_category_counts_its_goods_only(self):
        category = self._category()
        self._facts(self.us, "gmv", 100.0)
        self._facts(self.us, "gmv", 30.0, listing_id=self.sku.id)
        self.assertEqual(self.line(category_id=category.id).value, 930)

    def test_goods_that_did_not_sell_are_a_true_zero(self):
        category = self._category()
        self._facts(self.us, "gmv", 100.0)
        other = self.env["linkstar.listing"].create(
            {"store_id": self.us.id, "sku": "SKU-B"}
        )
        self._facts(self.us, "gmv", 30.0, listing_id=other.id)
        line = self.line(category_id=category.id)
        self.assertEqual((line.outcome, line.value), ("measured", 0))

    def test_what_is_reported_for_whole_stores_only_is_missing_not_zero(self):
        category = self._category()
        self._facts(self.us, "gmv", 100.0)
        self.assertEqual(self.line(category_id=category.id).outcome, "late")

    def test_a_listing_held_by_somebody_else_is_theirs(self):
        category = self._category()
        self._member(self.us, self.employee_ben, listing_id=self.sku.id)
        first, second = (MAY[0], date(2026, 5, 10)), (date(2026, 5, 11), MAY[1])
        self._facts(self.us, "gmv", 100.0)
        self._facts(self.us, "gmv", 30.0, span=first, listing_id=self.sku.id)
        self._facts(self.us, "gmv", 30.0, span=second, listing_id=self.sku.id)
        self._facts(self.de, "gmv", 1.0)
        line = self.line(self.employee_ben, category_id=category.id)
        self.assertEqual(line.value, 930)

    def test_the_target_of_a_category_comes_down_by_share(self):
        category = self._category()
        self.us.member_ids.filtered(
            lambda m: m.employee_id == self.employee_anna
        ).share = 50
        self.env["linkstar.kpi.target"].create(
            {
                "period_id": self.period.id,
                "metric_id": self.env.ref("linkstar_project.metric_gmv").id,
                "store_id": self.us.id,
                "category_id": category.id,
                "value": 1000,
            }
        )
        self._facts(self.us, "gmv", 100.0)
        self._facts(self.us, "gmv", 30.0, listing_id=self.sku.id)
        line = self.line(category_id=category.id)
        self.assertAlmostEqual(line.target, 500)
        self.assertAlmostEqual(line.value, 465)

    def test_pasted_lists_name_stores_and_refuse_strangers(self):
        twin = self.env["linkstar.listing"].create(
            {"store_id": self.de.id, "sku": "SKU-A"}
        )
        both = self._category("SKU-A")
        self.assertEqual(both.listing_ids, self.sku | twin)
        one = self.env["linkstar.kpi.category"].create(
            {"name": "One", "pasted": "DE-KPI:SKU-A\n"}
        )
        self.assertEqual(one.listing_ids, twin)
        with self.assertRaises(UserError):
            one.pasted = "SKU-A, NO-SUCH"

    def test_a_person_has_no_category(self):
        category = self._category()
        with self.assertRaises(UserError):
            self._scheme(
                [{**LINE, "scope": "person", "category_id": category.id}], code="p"
            )
