"""The promotion calendar: counting back, moving, telling triggers."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestPromotion(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["linkstar.promotion"].search([]).active = False
        cls.env["linkstar.trigger"].search([]).write({"active": False})
        cls.today = date.today()
        cls.template.anchor = "target"
        cls.version = cls.template.publish_version("target")
        cls.promotion = cls.env["linkstar.promotion"].create(
            {
                "name": "Big Day",
                "code": "prime_day",
                "platform_id": cls.platform.id,
                "stock_deadline": cls.today + timedelta(80),
                "date_from": cls.today + timedelta(100),
                "date_to": cls.today + timedelta(101),
            }
        )

    def _launch_for(self, user=None, milestone="stock_deadline"):
        promotion = self.promotion.with_user(user or self.lead)
        return promotion.launch(self.version.id, self.store.ids, milestone)

    def test_projects_count_back_from_a_date_of_the_calendar(self):
        project = self._launch_for()
        self.assertEqual(project.anchor_date, self.promotion.stock_deadline)
        self.assertEqual(project.sudo().promotion_id, self.promotion)
        last = max(project.sudo().task_ids.mapped("date_deadline"))
        self.assertLessEqual(last.date(), self.promotion.stock_deadline)

    def test_only_leads_of_the_stores_launch(self):
        for user in (self.operator, self.manager):
            with self.assertRaises(AccessError):
                self._launch_for(user)

    def test_milestone_without_date_is_named(self):
        for milestone in ("encore_date", "name", "create_uid"):
            with self.assertRaisesRegex(UserError, "Big Day"):
                self._launch_for(milestone=milestone)

    def test_moving_an_entry_proposes_moving_its_projects(self):
        project = self._launch_for()
        deadlines = project.sudo().task_ids.mapped("date_deadline")
        first = project.sudo().task_ids.mapped("first_deadline")
        self.promotion.stock_deadline += timedelta(7)
        self.promotion.invalidate_recordset()
        self.assertEqual(self.promotion.to_move_count, 1)
        self.assertEqual(project.sudo().task_ids.mapped("date_deadline"), deadlines)
        wizard = self._move_wizard(self.lead)
        self.assertEqual(wizard.project_ids.ids, project.ids)
        self.assertIn("Count stock", wizard.preview)
        self.assertEqual(project.sudo().task_ids.mapped("date_deadline"), deadlines)
        wizard.action_move()
        self.promotion.invalidate_recordset()
        self.assertEqual(self.promotion.to_move_count, 0)
        self.assertEqual(project.anchor_date, self.promotion.stock_deadline)
        self.assertNotEqual(project.sudo().task_ids.mapped("date_deadline"), deadlines)
        self.assertEqual(project.sudo().task_ids.mapped("first_deadline"), first)

    def _move_wizard(self, user):
        promotion = self.promotion.with_user(user)
        context = promotion.action_move_projects()["context"]
        moves = self.env["linkstar.promotion.move"].with_user(user)
        return moves.with_context(**context).create({})

    def test_a_lead_hears_once_of_each_move_and_only_leads_move(self):
        project = self._launch_for()
        self.promotion.stock_deadline += timedelta(7)
        self.promotion.name = "Bigger Day"
        told = self.env["linkstar.notification"].search(
            [("res_model", "=", "project.project"), ("res_id", "=", project.id)]
        )
        self.assertEqual(told.user_id, self.lead | self.other_lead)
        self.assertEqual(len(told), 2)
        self.promotion.stock_deadline += timedelta(1)
        again = told.search(
            [("res_id", "=", project.id), ("step", "like", "promotion/")]
        )
        self.assertEqual(len(again), 4)
        self.env["linkstar.store.member"].search(
            [("user_id", "=", self.other_lead.id)]
        ).unlink()
        wizard = self._move_wizard(self.other_lead)
        self.assertFalse(wizard.project_ids)
        wizard.sudo().project_ids = project
        with self.assertRaises(AccessError):
            project.with_user(self.other_lead).reschedule(preview=False)

    def test_what_is_taken_out_of_a_move_stays(self):
        project = self._launch_for()
        before = project.anchor_date
        self.promotion.stock_deadline += timedelta(7)
        wizard = self._move_wizard(self.lead)
        wizard.project_ids = False
        wizard.action_move()
        self.assertEqual(project.anchor_date, before)

    def test_near_dates_are_told_once_to_stores_where_the_promotion_runs(self):
        other = self._create_store(
            "EBAY-1",
            self.env["linkstar.marketplace"].search(
                [("platform_id.code", "=", "ebay")], limit=1
            ),
        )
        events = self.promotion._tell(self.today)
        mine = events.filtered(lambda event: event.store_id == self.store)
        self.assertEqual(mine.mapped("payload")[0]["milestone"], "stock_deadline")
        self.assertEqual(len(mine), 1)
        self.assertNotIn(other, events.store_id)
        self.assertEqual(self.promotion._tell(self.today + timedelta(1)), events)
        later = self.promotion._tell(self.today + timedelta(30)) - events
        milestones = {event.payload["milestone"] for event in later}
        self.assertEqual(milestones, {"date_from", "date_to"})
        # What has passed, and what is far ahead, is no news.
        self.assertFalse(self.promotion._tell(self.today + timedelta(300)))
        self.assertFalse(self.promotion._tell(self.today - timedelta(300)))

    def test_entry_of_a_marketplace_replaces_that_of_the_platform(self):
        site = self.store.marketplace_id
        self.promotion.copy({"marketplace_id": site.id})
        self.assertNotIn(site, self.promotion._sites())

    def test_trigger_launches_back_from_the_calendar(self):
        self.env["linkstar.trigger"].create(
            {
                "name": "Prepare the big day",
                "event_type_id": self.env.ref(
                    "linkstar_project.event_type_promotion_milestone"
                ).id,
                "condition": 'payload.promotion == "prime_day" '
                'and payload.milestone == "stock_deadline"',
                "template_id": self.template.id,
                "store_ids": self.store.ids,
                "anchor": "target",
                "anchor_from": "payload",
                "mode": "automatic",
                "owner_id": self.lead.id,
            }
        )
        self.promotion._tell(self.today)
        self.env["linkstar.event"]._process()
        project = self.promotion.project_ids
        self.assertEqual(project.store_id, self.store)
        self.assertEqual(project.anchor_date, self.promotion.stock_deadline)
        self.assertIn("Big Day", project.name)

    def test_wizard_proposes_the_stores_of_the_promotion(self):
        wizard = self.env["linkstar.promotion.launch"].with_user(self.lead)
        wizard = wizard.create(
            {"promotion_id": self.promotion.id, "version_id": self.version.id}
        )
        self.assertEqual(wizard.store_ids, self.store)
        wizard.action_launch()
        self.assertEqual(self.promotion.project_ids.store_id, self.store)

    def test_dates_must_follow_each_other(self):
        with self.assertRaises(ValidationError):
            self.promotion.warmup_date = self.promotion.date_to + timedelta(1)
        with self.assertRaises(ValidationError):
            self.promotion.date_to = self.promotion.date_from - timedelta(1)

    def test_calendar_holds_two_years_of_every_kind(self):
        promotions = self.env["linkstar.promotion"].with_context(active_test=False)
        found = promotions.search([("year", "in", (2026, 2027))])
        kinds = dict(promotions._fields["code"].selection)
        for year in (2026, 2027):
            codes = set(found.filtered(lambda p, y=year: p.year == y).mapped("code"))
            self.assertEqual(codes, set(kinds) - {"other"})
