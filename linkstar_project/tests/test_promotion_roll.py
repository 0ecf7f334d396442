"""Next year's promotion calendar from this year's."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestPromotionRoll(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["linkstar.promotion"]
        cls.calendar.search([]).active = False
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.fixed = cls._entry("11.11 2090", "double_11", 11, 11)
        cls.moving = cls._entry(
            "Prime Day 2090", "prime_day", 7, 5, stock_deadline=date(2090, 6, 7)
        )
        cls.moving.with_context(lang="zh_CN").name = "Prime会员日 2090"
        cls.admin = cls.env.ref("base.user_admin")

    @classmethod
    def _entry(cls, name, code, month, day, **values):
        first = date(2090, month, day)
        return cls.calendar.create(
            {
                "name": name,
                "code": code,
                "platform_id": cls.platform.id,
                "date_from": first,
                "date_to": first,
                "is_confirmed": True,
                **values,
            }
        )

    def wizard(self, user=None, **values):
        wizards = self.env["linkstar.promotion.roll"]
        return wizards.with_user(user or self.admin).create(values)

    def test_fixed_days_are_exact_and_moving_ones_are_to_confirm(self):
        wizard = self.wizard()
        self.assertEqual(wizard.year, 2091)
        self.assertEqual(wizard.promotion_ids, self.fixed | self.moving)
        self.assertIn("Prime Day 2091", wizard.preview)
        action = wizard.action_create()
        fixed, moving = (
            self.calendar.search([*action["domain"], ("code", "=", code)])
            for code in ("double_11", "prime_day")
        )
        self.assertEqual(
            (fixed.date_from, fixed.is_confirmed, fixed.year),
            (date(2091, 11, 11), True, 2091),
        )
        self.assertEqual(
            (moving.date_from, moving.is_confirmed), (date(2091, 7, 4), False)
        )
        self.assertEqual(moving.date_from.weekday(), self.moving.date_from.weekday())
        self.assertEqual((moving.date_from - moving.stock_deadline).days, 28)
        self.assertFalse(moving.encore_date)
        self.assertEqual(
            (moving.name, moving.with_context(lang="zh_CN").name),
            ("Prime Day 2091", "Prime会员日 2091"),
        )

    def test_what_is_in_the_calendar_is_not_proposed_again(self):
        self.wizard(year=2091).action_create()
        again = self.wizard(year=2091)
        self.assertFalse(again.promotion_ids)
        with self.assertRaisesRegex(UserError, "2091"):
            again.action_create()
        # One that was entered by hand and put away stays away.
        self.calendar.search([("year", "=", 2091)]).active = False
        self.assertFalse(self.wizard(year=2091).promotion_ids)

    def test_own_promotions_are_told_apart_by_their_names(self):
        self._entry("Brand day 2090", "other", 5, 5)
        self._entry("Anniversary", "other", 6, 6)
        wizard = self.wizard(year=2091)
        wizard.promotion_ids = wizard.promotion_ids.filtered(
            lambda entry: entry.name == "Brand day 2090"
        )
        wizard.action_create()
        names = self.wizard(year=2091).promotion_ids.mapped("name")
        self.assertIn("Anniversary", names)
        self.assertNotIn("Brand day 2090", names)

    def test_only_administrators_and_only_years(self):
        with self.assertRaises(AccessError):
            self.wizard(self.lead)
        for year in (0, 3000):
            with self.assertRaises(UserError):
                self.wizard(year=year).action_create()
