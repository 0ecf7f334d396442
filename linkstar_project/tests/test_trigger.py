"""Triggers: what launches, what is held, and that each says why."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .plan_common import PlanCase
from .trust_common import archive_without_handover


class TriggerCase(PlanCase):
    """An automatic trigger on low stock, alone in the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.event = cls.env["linkstar.event"]
        cls.env["linkstar.trigger"].search([]).write({"active": False})
        cls.event.search([("state", "=", "new")]).sudo().write({"state": "done"})
        cls.trigger = cls._create_trigger()

    @classmethod
    def _create_trigger(cls, **values):
        return cls.env["linkstar.trigger"].create(
            {
                "name": "Low stock restocks",
                "event_type_id": cls.env.ref(
                    "linkstar_project.event_type_stock_low"
                ).id,
                "template_id": cls.template.id,
                "mode": "automatic",
                "owner_id": cls.lead.id,
                **values,
            }
        )

    def _low(self, key="SKU-1/1", sku="SKU-1", store=None, **payload):
        return self.event._emit_batch(
            [
                {
                    "store_id": (store or self.store).id,
                    "type": "stock_low",
                    "key": key,
                    "payload": {"sku": sku, **payload},
                }
            ]
        )

    def _happen(self, *args, **options):
        event = self._low(*args, **options)
        self.event._process()
        return event

    def _projects(self):
        return self.env["project.project"].search(
            [("version_id", "=", self.version.id), ("is_trial", "=", False)]
        )

    def _reason(self, event):
        return event.with_user(self.lead).outcome_text


@tagged("post_install", "-at_install")
class TestTrigger(TriggerCase):
    # -- once --

    def test_event_launches_once_however_often_it_comes(self):
        event = self._happen()
        project = self._projects()
        self.assertEqual(len(project), 1)
        self.assertEqual(project.subject_listing_id, self.listing)
        self.assertEqual(event.log_ids.mapped("state"), ["fired"])
        self.assertEqual(event.log_ids.project_id, project)
        for _day in range(3):
            self._happen()
        self.assertEqual(self._projects(), project)

    def test_new_episode_while_the_project_runs_launches_nothing(self):
        self.trigger.cooldown_days = 0
        self._happen("SKU-1/1")
        event = self._happen("SKU-1/2")
        self.assertEqual(len(self._projects()), 1)
        self.assertEqual(event.log_ids.state, "held")
        self.assertEqual(event.log_ids.project_id, self._projects())
        self.assertIn("running already", self._reason(event))

    def test_cooldown_holds_and_says_until_when(self):
        self._happen("SKU-1/1")
        self._projects().sudo().write({"active": False})
        event = self._happen("SKU-1/2")
        self.assertEqual(event.log_ids.reason_code, "cooldown")
        until = (event.create_date + timedelta(days=7)).date().isoformat()
        self.assertIn(until, self._reason(event))

    def test_after_the_cooldown_it_launches_again(self):
        event = self._happen("SKU-1/1")
        self.env["project.project"].browse(self._projects().ids).sudo().write(
            {"active": False}
        )
        self.env.cr.execute(
            "UPDATE linkstar_trigger_log SET create_date = create_date"
            " - interval '8 days' WHERE id = %s",
            [event.log_ids.id],
        )
        again = self._happen("SKU-1/2")
        self.assertEqual(again.log_ids.state, "fired")

    # -- filters --

    def test_clearance_starts_no_replenishment(self):
        self.listing.lifecycle = "clearance"
        event = self._happen()
        self.assertFalse(self._projects())
        self.assertEqual(event.state, "done")
        self.assertIn("stage", self._reason(event))

    def test_condition_on_payload_decides(self):
        self.trigger.condition = "payload.days_of_cover < 10"
        event = self._happen("1", days_of_cover=12)
        self.assertFalse(self._projects())
        self.assertIn("does not hold", self._reason(event))
        unknown = self._happen("2")
        self.assertIn("missing", self._reason(unknown))
        self._happen("3", days_of_cover=9)
        self.assertEqual(len(self._projects()), 1)

    def test_condition_on_metrics_reads_store_and_sku(self):
        self.trigger.condition = "stock_available < 5 and payload.sku != ''"
        today = self.env.cr.now().date().isoformat()
        row = {"store_id": self.store.id, "metric": "stock_available", "date": today}
        self.env["linkstar.fact"]._upsert([{**row, "value": 1}])
        self.env["linkstar.fact"]._upsert([{**row, "value": 50, "sku": "SKU-1"}])
        self._happen("1")
        self.assertFalse(self._projects())
        self.env["linkstar.fact"]._upsert([{**row, "value": 4, "sku": "SKU-1"}])
        self._happen("2")
        self.assertEqual(len(self._projects()), 1)

    def test_store_marketplace_and_closed_stores_filter(self):
        self.trigger.store_ids = self.other_store
        self.assertIn("not among", self._reason(self._happen("1")))
        self.trigger.store_ids = False
        self.trigger.marketplace_ids = self.env["linkstar.marketplace"].search(
            [("code", "=", "DE")], limit=1
        )
        self.assertIn("marketplace", self._reason(self._happen("2")))
        self.trigger.marketplace_ids = False
        self.store.state = "closed"
        self.assertIn("closed", self._reason(self._happen("3")))
        self.assertFalse(self._projects())

    def test_owner_launches_only_where_they_lead(self):
        event = self._happen(store=self.other_store)
        self.assertFalse(self._projects())
        self.assertIn("does not lead", event.outcome_text)

    # -- failing --

    def test_failure_of_one_event_leaves_the_others_done(self):
        broken = self._create_trigger(name="Broken", template_id=self._empty().id)
        other = self.event._emit_batch(
            [{"store_id": self.store.id, "type": "shipment_closed", "key": "S1"}]
        )
        event = self._low()
        self.event._process()
        self.assertEqual((event.state, other.state), ("error", "done"))
        self.assertEqual(len(self._projects()), 1)
        failed = event.log_ids.filtered(lambda log: log.trigger_id == broken)
        self.assertIn("no published version", failed.with_user(self.lead).reason)

    def _empty(self):
        return self.env["project.project"].create(
            {"name": "Draft", "is_template": True, "linkstar_kind": "routine"}
        )

    def test_retry_answers_only_what_failed(self):
        draft = self._empty()
        self._create_trigger(name="Broken", template_id=draft.id)
        event = self._happen()
        self._add_steps(draft, [{"name": "Look"}])
        draft.publish_version("now")
        with self.assertRaises(AccessError):
            event.with_user(self.operator).action_retry()
        event.with_user(self.lead).action_retry()
        self.event._process()
        self.assertEqual(event.state, "done")
        states = sorted(event.log_ids.mapped("state"))
        self.assertEqual(states, ["error", "fired", "fired"])
        self.assertEqual(len(self._projects()), 1)

    def test_archived_owner_is_named_as_the_reason(self):
        archive_without_handover(self.trigger.sudo().owner_id)
        event = self._happen()
        self.assertEqual(event.state, "error")
        self.assertIn("archived", self._reason(event))

    # -- asking first --

    def test_new_triggers_ask_first(self):
        default = self.env["linkstar.trigger"].default_get(["mode"])
        self.assertEqual(default["mode"], "ask")

    def test_lead_launches_a_proposal_once(self):
        self.trigger.mode = "ask"
        event = self._happen("1")
        log = event.log_ids
        self.assertEqual((log.state, len(self._projects())), ("asked", 0))
        second = self._happen("2")
        self.assertEqual(second.log_ids.reason_code, "waiting")
        for user, error in ((self.operator, AccessError), (self.manager, AccessError)):
            with self.assertRaises(error):
                log.with_user(user).action_launch()
        log.with_user(self.other_lead).action_launch()
        self.assertEqual(log.project_id, self._projects())
        self.assertEqual(log.decided_by_id, self.other_lead)
        with self.assertRaises(UserError):
            log.with_user(self.lead).action_launch()
        self.assertEqual(len(self._projects()), 1)

    def test_leads_hear_of_a_proposal_once(self):
        self.trigger.mode = "ask"
        log = self._happen("1").log_ids
        self._happen("2")
        messages = self.env["linkstar.notification"].search(
            [("res_model", "=", log._name), ("res_id", "=", log.id)]
        )
        self.assertEqual(messages.user_id, self.lead | self.other_lead)
        self.assertEqual(len(messages), 2)
        self.assertIn("SKU-1", messages[0].title)

    def test_health_page_names_what_failed_and_what_waits(self):
        health = self.env["linkstar.react.health"].with_user(self.lead)
        self._create_trigger(name="Broken", template_id=self._empty().id)
        self._happen()
        self._low("waits")
        later = self.env.cr.now() + timedelta(days=3)
        codes = {check["code"]: check for check in health._health_checks(later)}
        self.assertIn("no published version", codes["failed_events"]["detail"])
        self.assertIn("unanswered_events", codes)
        self.assertTrue(any(code.startswith("trigger_") for code in codes))
        self.trigger.mode = "ask"
        self.trigger.cooldown_days = 0
        self._happen("asks")
        later_codes = {c["code"] for c in health._health_checks(later)}
        self.assertIn("waiting_proposals", later_codes)

    def test_declining_asks_for_the_reason_and_the_log_keeps_it(self):
        self.trigger.mode = "ask"
        event = self._happen("1")
        log = event.log_ids
        decline = self.env["linkstar.trigger.decline"]
        values = {"reason": "600 pieces arrive on Friday"}
        for user in (self.operator, self.manager):
            wizard = decline.sudo().create({**values, "log_ids": [(6, 0, log.ids)]})
            with self.assertRaises(AccessError):
                log.with_user(user).action_dismiss(wizard.reason)
        wizard = decline.with_user(self.lead).with_context(active_ids=log.ids)
        wizard.create(values).action_decline()
        self.assertEqual((log.state, log.decided_by_id), ("dismissed", self.lead))
        self.assertIn("600 pieces", log.reason)
        event.invalidate_recordset()
        self.assertIn("600 pieces", event.outcome_text)

    def test_dismissed_proposal_stays_quiet_for_the_cooldown(self):
        self.trigger.mode = "ask"
        log = self._happen("1").log_ids
        log.with_user(self.lead).action_dismiss()
        self.assertEqual(self._happen("2").log_ids.reason_code, "cooldown")
        self.assertFalse(self._projects())

    # -- grouping --

    def _listings(self, count, **values):
        return self.env["linkstar.listing"].create(
            [
                {"store_id": self.store.id, "sku": f"G{number}", **values}
                for number in range(count)
            ]
        )

    def test_one_launch_for_many_skus_of_a_store(self):
        self.trigger.grouping = "store"
        self._listings(30)
        for number in range(30):
            self._low(f"G{number}/1", f"G{number}")
        self.event._process()
        self.assertEqual(len(self._projects()), 1)
        log = self.trigger.log_ids
        self.assertEqual((len(log), log.event_count), (1, 30))
        self.assertIn("G29", log.label)

    def test_one_launch_for_each_supplier(self):
        self.trigger.grouping = "supplier"
        partners = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        for number, listing in enumerate(self._listings(6)):
            listing.supplier_id = partners[number % 2]
            self._low(f"{listing.sku}/1", listing.sku)
        self.event._process()
        self.assertEqual(len(self._projects()), 2)

    def test_one_launch_for_a_stock_pool(self):
        self._add_member(
            self.other_store,
            self.lead,
            self.env.ref("linkstar_project.role_manager"),
            True,
        )
        self.other_store.stock_store_id = self.store
        self.env["linkstar.listing"].create(
            {"store_id": self.other_store.id, "sku": "SKU-1"}
        )
        self._low("a")
        self._low("b", store=self.other_store)
        self.event._process()
        self.assertEqual(self._projects().store_id, self.store)

    # -- writing triggers --

    def test_faulty_conditions_are_refused(self):
        for condition in ("payload.x >", "nobody > 1", "__import__('os')"):
            with self.assertRaises(ValidationError, msg=condition):
                self.trigger.condition = condition
        self.trigger.condition = "payload.a == 'x' or acos > 30"

    def test_only_administrators_write_triggers(self):
        for user in (self.operator, self.lead, self.manager):
            with self.assertRaises(AccessError):
                self.trigger.with_user(user).write({"mode": "automatic"})

    def test_who_switches_on_a_trigger_without_owner_owns_it(self):
        trigger = self._create_trigger(active=False, owner_id=False)
        admin = self.env.ref("base.user_admin")
        trigger.with_user(admin).active = True
        self.assertEqual(trigger.owner_id, admin)

    def test_template_must_be_of_the_library(self):
        plain = self.env["project.project"].create({"name": "Plain"})
        with self.assertRaises(ValidationError):
            self.trigger.template_id = plain

    # -- many --

    def test_many_events_against_many_triggers_take_few_queries(self):
        self.trigger.condition = "payload.days_of_cover < 0"
        for number in range(20):
            self._create_trigger(
                name=f"T{number}", condition=f"payload.days_of_cover < -{number}"
            )
        for number in range(300):
            self._low(f"k{number}", days_of_cover=number)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(45):
            self.assertEqual(self.event._process(), 300)

    def test_a_proposal_for_each_of_many_skus_takes_few_queries(self):
        self.trigger.mode = "ask"
        self._listings(300)
        events = self.event._emit_batch(
            [
                {
                    "store_id": self.store.id,
                    "type": "stock_low",
                    "key": f"G{number}/1",
                    "payload": {"sku": f"G{number}"},
                }
                for number in range(300)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.event._process()
        self.assertLess(self.env.cr.sql_log_count - before, 60)
        for event in events:
            # Each log keeps the subject and the event that it is about.
            log = event.log_ids
            self.assertEqual((log.label, log.state), (event.sku, "asked"))
            self.assertEqual(log.subject_key, f"sku:{event.sku}")
            self.assertEqual(log.create_uid, self.env.user)

    def test_limit_leaves_the_rest_for_the_next_run(self):
        for number in range(5):
            self._low(f"k{number}")
        self.assertEqual(self.event._process(2), 2)
        self.assertEqual(self.event._process(), 3)
        self.assertEqual(self.event._process(), 0)
