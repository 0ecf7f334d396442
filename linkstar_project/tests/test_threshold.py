"""Thresholds of platforms: dated, the site's before the platform's."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .trust_common import TrustCase


@tagged("post_install", "-at_install")
class TestThreshold(TrustCase):
    def test_the_threshold_of_a_day_is_the_one_in_force(self):
        known = self.env.ref("linkstar_project.metric_otdr").threshold_ids
        self.assertEqual(known._holds(date(2024, 9, 24)).value, 95)
        self.assertEqual(known._holds(date(2024, 9, 25)).value, 90)

    def test_the_sites_own_goes_before_the_platforms(self):
        metric = self.env.ref("linkstar_project.metric_odr")
        amazon = self.env.ref("linkstar_project.platform_amazon")
        site = self.env["linkstar.marketplace"].search(
            [("platform_id", "=", amazon.id)], limit=2
        )
        own = self.env["linkstar.metric.threshold"].create(
            {
                "metric_id": metric.id,
                "platform_id": amazon.id,
                "marketplace_id": site[0].id,
                "operator": "<",
                "value": 0.5,
            }
        )
        day = date(2026, 1, 1)
        self.assertEqual(metric.threshold_ids._holds(day, site[0]), own)
        self.assertEqual(metric.threshold_ids._holds(day, site[1]).value, 1)

    def test_every_operator_judges(self):
        item = self.env["linkstar.metric.threshold"].new({"value": 5})
        kept = {">=": (5, 6), ">": (6,), "<=": (4, 5), "<": (4,), "=": (5,)}
        for operator, values in kept.items():
            item.operator = operator
            judged = tuple(value for value in (4, 5, 6) if item._allows(value))
            self.assertEqual(judged, values, operator)

    def test_the_list_says_what_holds_today(self):
        metric = self.env.ref("linkstar_project.metric_otdr")
        self.assertIn("90", metric.threshold_now)
        self.assertNotIn("95", metric.threshold_now)

    def test_only_administrators_change_thresholds(self):
        item = self.env.ref("linkstar_project.metric_threshold_odr")
        with self.assertRaises(AccessError):
            item.with_user(self.lead).value = 2
