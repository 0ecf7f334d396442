"""New versions reach running projects without overrunning people's work."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestVersionPropagate(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.version.with_user(cls.lead).launch(cls.store.ids)
        cls.steps[0].allocated_hours = 9
        cls.steps[1].name = "Order goods in writing"
        cls.steps[3].active = False
        cls._add_steps(cls.template, [{"name": "Insure", "role_ids": cls.buyer_role}])
        cls.second = cls.template.publish_version("second")

    def _tasks(self):
        return {task.name: task for task in self.project.sudo().task_ids}

    def _propagate(self, **options):
        version = self.second.with_user(self.lead)
        return version.propagate(self.project.ids, **options)[0]

    def test_preview_writes_nothing(self):
        report = self._propagate(preview=True)
        kinds = {change["name"]: change["kind"] for change in report["applied"]}
        self.assertEqual(
            kinds,
            {
                "Count stock": "change",
                "Order goods in writing": "change",
                "Photograph": "drop",
                "Insure": "add",
            },
        )
        self.assertEqual(self.project.version_id, self.version)
        self.assertNotIn("Insure", self._tasks())

    def test_untouched_steps_follow_the_new_version(self):
        self._propagate()
        tasks = self._tasks()
        self.assertEqual(tasks["Count stock"].allocated_hours, 9)
        self.assertIn("Order goods in writing", tasks)
        self.assertEqual(tasks["Photograph"].state, "1_canceled")
        self.assertEqual(tasks["Insure"].user_ids, self.buyer)
        self.assertEqual(self.project.version_id, self.second)
        self.assertFalse(self._propagate()["applied"], "a second time changes nothing")

    def test_added_steps_get_their_dates_from_the_plan(self):
        self._add_steps(
            self.template,
            [{"name": "Pay duty", "allocated_hours": 2, "offset_days": 60}],
        )
        late = self.template.task_ids.filtered(lambda t: t.name == "Pay duty")
        insure = self.template.task_ids.filtered(lambda t: t.name == "Insure")
        insure.depend_on_ids = self.steps[2]
        self.second = self.template.publish_version("third")
        self._propagate()
        tasks = self._tasks()
        self.assertEqual(tasks["Pay duty"].node_uid, late.node_uid)
        for name in ("Insure", "Pay duty"):
            self.assertTrue(tasks[name].date_deadline, name)
            self.assertEqual(tasks[name].first_deadline, tasks[name].date_deadline)
        freight = tasks["Sea freight"]
        self.assertGreaterEqual(
            tasks["Insure"].planned_date_begin, freight.date_deadline
        )
        day = self.project.anchor_date + timedelta(days=60)
        self.assertGreaterEqual(tasks["Pay duty"].planned_date_begin.date(), day)

    def test_changed_gates_are_reported_as_left(self):
        self.env["linkstar.gate"].create(
            {"task_id": self.steps[0].id, "kind": "manual", "name": "Keys here"}
        )
        self.second = self.template.publish_version("gates")
        report = self._propagate()
        self.assertEqual(
            [(c["name"], c["conflict"]) for c in report["left"]],
            [("Count stock", "gates")],
        )
        self.assertFalse(self._tasks()["Count stock"].gate_ids)

    def test_neither_retired_nor_older_versions_reach_projects(self):
        self.second.with_user(self.manager).action_retire()
        with self.assertRaisesRegex(UserError, "is retired"):
            self._propagate(preview=True)
        self.second.with_user(self.manager).action_republish()
        self._propagate()
        with self.assertRaisesRegex(UserError, "which is newer"):
            self.version.with_user(self.lead).propagate(self.project.ids)
        self.assertEqual(self.project.version_id, self.second)

    def test_edited_step_is_a_conflict_that_people_decide(self):
        task = self._tasks()["Count stock"]
        task.with_user(self.lead).allocated_hours = 5
        report = self._propagate()
        self.assertEqual(
            [(c["name"], c["conflict"]) for c in report["left"]],
            [("Count stock", "edited")],
        )
        self.assertEqual(task.allocated_hours, 5)

    def test_choice_takes_the_new_version(self):
        task = self._tasks()["Count stock"]
        task.with_user(self.lead).allocated_hours = 5
        self._propagate(choices={self.project.id: {task.node_uid: "take"}})
        self.assertEqual(task.allocated_hours, 9)

    def test_finished_step_is_never_touched(self):
        task = self._tasks()["Count stock"]
        task.with_user(self.operator).state = "1_done"
        self._propagate(choices={self.project.id: {task.node_uid: "take"}})
        self.assertEqual(task.allocated_hours, 4)

    def test_only_leads_propagate_and_only_into_running_projects(self):
        with self.assertRaises(AccessError):
            self.second.with_user(self.operator).propagate(self.project.ids)
        self.project.with_user(self.lead).close("success")
        with self.assertRaisesRegex(UserError, "has ended"):
            self._propagate()
