"""Triggers: one bad event fails by itself, whatever is wrong with it."""

from hashlib import sha256
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.react.trigger_run import TriggerRun
from .test_trigger import TriggerCase

LONG = "".join(sha256(bytes([n])).hexdigest() for n in range(100))


@tagged("post_install", "-at_install")
class TestTriggerFaults(TriggerCase):
    def _states(self, events):
        self.event._process()
        return [event.state for event in events]

    # -- payloads --

    def test_wrong_kinds_of_values_meet_no_condition(self):
        for number, condition in enumerate(
            (
                "abs(payload.x) > 1",
                "-payload.x < 1",
                "max(payload.x, 1) >= 1",
                "round(payload.x) > 1",
                "payload.x * 1.5 > 1",
            )
        ):
            self.trigger.condition = condition
            events = [
                self._low(f"{number}/{index}", x=value)
                for index, value in enumerate(("many", 10**400, None, [1]))
            ]
            with self.subTest(condition):
                self.assertEqual(self._states(events), ["done"] * 4)
                self.assertIn("missing", self._reason(events[0]))
        self.assertFalse(self._projects())

    def test_bad_dates_fail_alone_and_the_good_one_launches(self):
        self.trigger.anchor_from = "payload"
        bad = [
            self._low(f"bad/{index}", anchor_date=value)
            for index, value in enumerate(("soon", "2026-13-45", 5, [1], {"a": 1}))
        ]
        good = self._low("good", anchor_date="2026-05-04")
        states = self._states([*bad, good])
        self.assertEqual(states, ["error"] * 5 + ["done"])
        self.assertIn("anchor_date", self._reason(bad[0]))
        self.assertEqual(self._projects().anchor_date.isoformat(), "2026-05-04")

    def test_overlong_skus_and_subjects_fail_alone(self):
        self.trigger.mode = "ask"
        self.trigger.copy({"anchor_from": "payload", "owner_id": self.lead.id})
        bad = self._low("bad", sku=LONG)
        worse = self._low("worse", subject_key=LONG, anchor_date=LONG)
        good = self._low("good")
        self.assertEqual(self._states([bad, worse, good]), ["error", "error", "done"])
        self.assertIn("200", self._reason(bad))
        self.assertIn("asked", good.log_ids.mapped("state"))

    # -- the database --

    def test_fault_of_the_database_in_one_launch_stays_with_its_event(self):
        launch = type(self.version).launch

        def faulty(version, store_ids, **options):
            if options["subject"] == {"sku": "SKU-2"}:
                version.env.cr.execute("SELECT 1 / 0")
            return launch(version, store_ids, **options)

        bad, good = self._low("bad", sku="SKU-2"), self._low("good")
        with (
            patch.object(type(self.version), "launch", faulty),
            mute_logger("odoo.sql_db", TriggerRun.__module__),
        ):
            self.assertEqual(self._states([bad, good]), ["error", "done"])
        self.assertIn("server's log", self._reason(bad))
        self.assertEqual(len(self._projects()), 1)

    def test_lost_race_is_left_to_the_next_run(self):
        self._low()
        with (
            patch.object(
                type(self.version), "launch", side_effect=SerializationFailure
            ),
            self.assertRaises(SerializationFailure),
        ):
            self.event._process()

    def test_condition_that_cannot_be_read_any_more_fails_its_own_events(self):
        other = self._create_trigger(name="Other")
        self.env.cr.execute(
            "UPDATE linkstar_trigger SET condition = 'gone > 1' WHERE id = %s",
            [self.trigger.id],
        )
        self.trigger.invalidate_recordset()
        event = self._low()
        with mute_logger(TriggerRun.__module__):
            self.assertEqual(self._states([event]), ["error"])
        self.assertEqual(self._projects(), other.log_ids.project_id)

    def test_proposal_that_another_worker_made_meanwhile_is_waited_for(self):
        self.trigger.mode = "ask"
        self._happen("1")
        with (
            patch.object(TriggerRun, "_held", lambda run, occasions: {}),
            mute_logger("odoo.sql_db"),
        ):
            event = self._happen("2")
        self.assertEqual(event.state, "done")
        self.assertEqual(event.log_ids.reason_code, "waiting")
        # Nobody is asked about what is only held.
        told = self.env["linkstar.notification"].search(
            [("res_model", "=", "linkstar.trigger.log"), ("step", "=", "proposal")]
        )
        self.assertNotIn(event.log_ids.id, told.mapped("res_id"))

    # -- events of the whole account --

    def _account_wide(self, key):
        sku = {"sku": "SKU-1"}
        return self.event._emit_batch(
            [{"store_id": None, "type": "stock_low", "key": key, "payload": sku}]
        )

    def test_event_of_the_account_reaches_only_stores_the_trigger_may(self):
        market = self.german_market
        german, closed = (self._create_store(c, market) for c in ("DE-1", "US-SHUT"))
        closed.marketplace_id = self.store.marketplace_id
        manager = self.env.ref("linkstar_project.role_manager")
        for store in (german, closed):
            self._add_member(store, self.lead, manager, True)
        closed.state = "closed"
        self.trigger.store_ids = self.store | self.other_store | german | closed
        self.trigger.marketplace_ids = self.store.marketplace_id
        event = self._account_wide("a")
        self.assertEqual(self._states([event]), ["done"])
        self.assertEqual(self._projects().store_id, self.store)

    def test_event_of_the_account_without_a_store_left_says_why(self):
        self.trigger.store_ids = self.other_store
        event = self._account_wide("a")
        self.assertEqual(self._states([event]), ["done"])
        self.assertFalse(self._projects())
        self.assertIn("does not lead", event.outcome_text)

    @property
    def german_market(self):
        return self.env["linkstar.marketplace"].search(
            [("platform_id", "=", self.platform.id), ("code", "=", "DE")]
        )
