"""Gates: closed until data or a person opens them, and saying why."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestGate(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.metric = cls.env["linkstar.metric"].search([("code", "=", "sessions")])
        cls.event_type = cls.env["linkstar.event.type"].search(
            [("code", "=", "ad_group_created")]
        )
        cls.env["linkstar.gate"].create(
            [
                {
                    "task_id": cls.steps[0].id,
                    "kind": "metric",
                    "metric_id": cls.metric.id,
                    "comparison": ">=",
                    "threshold": 100,
                    "window_days": 7,
                    "scope": "listing",
                },
                {
                    "task_id": cls.steps[3].id,
                    "kind": "event",
                    "event_type_id": cls.event_type.id,
                },
                {"task_id": cls.steps[3].id, "kind": "manual", "name": "Studio free"},
            ]
        )
        cls.version = cls.template.publish_version("gates")
        cls.project = cls.version.with_user(cls.lead).launch(
            cls.store.ids, subject="SKU-1"
        )
        cls.count = cls._find("Count stock")
        cls.photo = cls._find("Photograph")

    @classmethod
    def _find(cls, name):
        tasks = cls.project.sudo().task_ids
        return tasks.filtered(lambda t: t.name == name).with_user(cls.operator)

    def _facts(self, value, sku="SKU-1", days_ago=0):
        day = fields.Date.today() - timedelta(days=days_ago)
        return self.env["linkstar.fact"]._upsert(
            [
                {
                    "store_id": self.store.id,
                    "metric": "sessions",
                    "date": day,
                    "sku": sku,
                    "value": value,
                    "source": "amazon",
                    "as_of": fields.Datetime.now() - timedelta(hours=5),
                }
            ]
        )

    def _emit(self, key, **payload):
        return self.env["linkstar.event"]._emit_batch(
            [
                {
                    "store_id": self.store.id,
                    "type": "ad_group_created",
                    "key": key,
                    "payload": payload,
                }
            ]
        )

    def test_task_behind_a_gate_waits_and_says_why(self):
        self.assertEqual(self.count.state, "04_waiting_normal")
        self.assertIn("there is no figure yet", self.count.blocked_reason)
        with self.assertRaisesRegex(UserError, "there is no figure yet"):
            self.count.state = "1_done"

    def test_short_figure_is_named_with_its_age(self):
        self._facts(40)
        self.assertEqual(self.count.state, "04_waiting_normal")
        self.count.invalidate_recordset(["blocked_reason"])
        self.assertIn("it is 40", self.count.blocked_reason)
        self.assertIn("5 hours old", self.count.blocked_reason)

    def test_facts_open_the_gate_at_once(self):
        self._facts(60)
        self._facts(40, days_ago=1)
        self.assertEqual(self.count.state, "01_in_progress")
        self.count.state = "1_done"

    def test_figure_of_another_sku_opens_nothing(self):
        self.env["linkstar.listing"].create({"store_id": self.store.id, "sku": "SKU-2"})
        self._facts(500, sku="SKU-2")
        self._facts(500, sku="")
        self.assertEqual(self.count.state, "04_waiting_normal")

    def test_event_opens_its_gate_and_the_manual_check_remains(self):
        self._emit("g1", sku="OTHER")
        gate = self.photo.sudo().gate_ids.filtered(lambda g: g.kind == "event")
        self.assertFalse(gate.is_open, "another SKU's ad group")
        self._emit("g2", sku="SKU-1")
        self.assertTrue(gate.is_open)
        self.assertEqual(self.photo.state, "04_waiting_normal")
        self.photo.invalidate_recordset(["blocked_reason"])
        self.assertIn("Studio free", self.photo.blocked_reason)

    def test_manual_check_is_confirmed_by_a_lead_only(self):
        self._emit("g3", sku="SKU-1")
        gate = self.photo.sudo().gate_ids.filtered(lambda g: g.kind == "manual")
        with self.assertRaises(AccessError):
            gate.with_user(self.operator).action_confirm()
        gate.with_user(self.lead).action_confirm()
        self.assertEqual(self.photo.state, "01_in_progress")

    def test_override_needs_lead_reason_and_leaves_a_trace(self):
        gate = self.count.sudo().gate_ids
        with self.assertRaises(AccessError):
            gate.with_user(self.operator).override("because I want it")
        with self.assertRaisesRegex(UserError, "ten characters"):
            gate.with_user(self.lead).override("ok")
        with self.assertRaisesRegex(UserError, "at least one file"):
            gate.with_user(self.lead).override("figures late since Sunday")
        self.assertFalse(gate.is_open)
        proof = self.env["ir.attachment"].with_user(self.lead)
        proof = proof.create({"name": "mail.png", "raw": b"late"})
        gate.with_user(self.lead).override("figures late since Sunday", proof.ids)
        self.assertEqual(gate.evidence_ids, proof.sudo())
        self.assertEqual(self.count.state, "01_in_progress")
        self.assertTrue(proof.with_user(self.other_lead).read(["name"]))
        with self.assertRaisesRegex(UserError, "stays as it is"):
            proof.unlink()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            proof.raw = b"another"
        entry = self.env["linkstar.audit.entry"].search(
            [
                ("res_model", "=", "linkstar.gate"),
                ("res_id", "=", gate.id),
                ("action", "=", "override"),
            ]
        )
        self.assertEqual(entry.reason, "figures late since Sunday")

    def test_a_second_account_opens_no_gate_of_ones_own_task(self):
        self._emit("g5", sku="SKU-1")
        gate = self.photo.sudo().gate_ids.filtered(lambda g: g.kind == "manual")
        self.photo.sudo().user_ids = self.lead
        self.other_lead.email = self.lead.email
        for records in (gate, gate.sudo()):
            with self.assertRaisesRegex(AccessError, "your own task"):
                records.with_user(self.other_lead).sudo(records.env.su).action_confirm()
        self.other_lead.email = "another@example.com"
        gate.with_user(self.other_lead).action_confirm()
        self.assertTrue(gate.is_open)

    def test_the_superuser_mode_of_a_user_decides_nothing(self):
        gate = self.photo.sudo().gate_ids.filtered(lambda g: g.kind == "manual")
        with self.assertRaises(AccessError):
            gate.with_user(self.operator).sudo().action_confirm()

    def test_gate_cannot_be_opened_by_writing_it(self):
        gate = self.count.sudo().gate_ids
        for user in (self.operator, self.lead, self.manager):
            with (
                self.subTest(user=user.login),
                self.assertRaises(UserError),
            ):
                gate.with_user(user).write({"is_open": True})

    def test_state_set_by_people_survives_another_gate(self):
        self._facts(100)
        self.count.state = "03_approved"
        self._emit("g4", sku="SKU-1")
        self.assertEqual(self.count.state, "03_approved")

    def test_many_facts_are_judged_in_a_fixed_number_of_queries(self):
        self.env.flush_all()
        keys = [(self.store.id, self.metric.id, self.listing.id)]
        with self.assertQueryCount(12):
            self.env["linkstar.gate"]._open_by_facts(keys * 1000)

    def test_reason_is_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        # The task itself carries codes only; the sentence is made when read.
        gate = self.count.sudo().gate_ids
        self.assertEqual(gate.reason_code, "figure_missing")
        reasons = {
            lang: self.count.with_context(lang=lang).blocked_reason
            for lang in ("en_US", "zh_CN")
        }
        self.assertTrue(all(reasons.values()))

    def test_open_gate_at_launch_does_not_block(self):
        self._facts(150)
        other = self.version.with_user(self.lead).launch(
            self.store.ids, subject="SKU-1", override_reason="second try of the day"
        )
        task = other.sudo().task_ids.filtered(lambda t: t.name == "Count stock")
        self.assertEqual(task.state, "01_in_progress")
