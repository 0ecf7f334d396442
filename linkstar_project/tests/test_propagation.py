"""A version offered to running projects: compared, decided, applied, undone."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestPropagation(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_member(
            cls.other_store,
            cls.lead,
            cls.env.ref("linkstar_project.role_manager"),
            True,
        )
        cls.projects = cls.version.with_user(cls.lead).launch(
            (cls.store | cls.other_store).ids
        )
        cls.project, cls.second_project = cls.projects
        cls.steps[0].allocated_hours = 9
        cls.steps[2].depend_on_ids = cls.steps[0]
        cls.steps[3].active = False
        insure = cls._add_steps(
            cls.template, [{"name": "Insure", "role_ids": cls.buyer_role}]
        )
        cls.steps[1].depend_on_ids = cls.steps[0] | insure
        cls._add_steps(cls.template, [{"name": "Ask quotes", "parent_id": insure.id}])
        cls.newer = cls.template.publish_version("second")

    def _offer(self, user=None, projects=None):
        version = self.newer.with_user(user or self.lead)
        action = version.action_offer((projects or self.projects).ids)
        return self.env["linkstar.propagation"].browse(action["res_id"])

    def _state(self, project):
        """What of a project an undo must put back."""
        tasks = project.sudo().with_context(active_test=False).task_ids
        return {
            "version": project.sudo().version_id.id,
            "tasks": {
                task.id: (
                    task.name,
                    task.state,
                    task.allocated_hours,
                    sorted(task.depend_on_ids.ids),
                    task.date_deadline,
                    task.active,
                )
                for task in tasks
            },
        }

    def test_a_running_project_is_told_of_a_newer_version(self):
        self.assertEqual(self.project.newer_version_id, self.newer)
        found = self.env["project.project"].search([("newer_version_id", "!=", False)])
        self.assertLessEqual(self.projects, found)
        self.assertIn("second", self.project.message_ids[0].body)
        self._offer(projects=self.project).with_user(self.lead).action_apply()
        self.env.invalidate_all()
        self.assertFalse(self.project.newer_version_id)
        found = self.env["project.project"].search([("newer_version_id", "!=", False)])
        self.assertNotIn(self.project, found)
        self.assertIn(self.second_project, found)

    def test_the_comparison_shows_launched_new_and_today(self):
        task = self._task(self.project, "Count stock")
        task.allocated_hours = 5
        rows = self._offer().change_ids
        mine = rows.filtered(lambda row: row.project_id == self.project)
        row = mine.filtered(lambda row: row.name == "Count stock")
        self.assertIn("4", row.launched)
        self.assertIn("9", row.renewed)
        self.assertIn("5", row.today)
        self.assertEqual((row.conflict, row.choice), ("edited", "keep"))
        other = rows - mine
        free = other.filtered(lambda row: row.name == "Count stock")
        self.assertEqual((free.conflict, free.choice), (False, "take"))
        kinds = {row.name: row.kind for row in mine}
        self.assertEqual(kinds["Photograph"], "drop")
        self.assertEqual(kinds["Insure"], "add")
        self.assertEqual(self.project.version_id, self.version, "nothing is written")

    def test_choices_decide_each_step_of_each_project(self):
        task = self._task(self.project, "Count stock")
        task.allocated_hours = 5
        offer = self._offer().with_user(self.lead)
        offer.action_take_all()
        drop = offer.change_ids.filtered(
            lambda row: row.kind == "drop" and row.project_id == self.second_project
        )
        drop.choice = "keep"
        offer.action_apply()
        self.assertEqual(task.allocated_hours, 9)
        self.assertEqual(self._task(self.project, "Photograph").state, "1_canceled")
        kept = self._task(self.second_project, "Photograph")
        self.assertNotEqual(kept.state, "1_canceled")
        self.assertEqual(offer.state, "done")
        with self.assertRaisesRegex(UserError, "applied already"):
            drop.choice = "take"

    def test_added_steps_keep_their_parts_and_predecessors(self):
        self._offer().with_user(self.lead).action_apply()
        insure = self._task(self.project, "Insure")
        self.assertEqual(self._task(self.project, "Ask quotes").parent_id, insure)
        order = self._task(self.project, "Order goods")
        self.assertIn(insure, order.depend_on_ids)
        self.assertEqual(insure.first_begin, insure.planned_date_begin)

    def test_undo_restores_exactly(self):
        before = {project: self._state(project) for project in self.projects}
        offer = self._offer().with_user(self.lead)
        offer.action_apply()
        self.assertNotEqual(self._state(self.project), before[self.project])
        offer.action_undo()
        self.env.invalidate_all()
        for project in self.projects:
            self.assertEqual(self._state(project), before[project])
        self.assertEqual(offer.state, "undone")
        self.assertEqual(self.project.newer_version_id, self.newer)

    def test_undo_leaves_what_somebody_changed_since_and_says_what(self):
        offer = self._offer().with_user(self.lead)
        offer.action_apply()
        self._task(self.project, "Count stock").with_user(self.lead).allocated_hours = 6
        offer.action_undo()
        line = offer.line_ids.filtered(lambda line: line.project_id == self.project)
        self.assertEqual(line.state, "applied")
        self.assertIn("Count stock", line.error)
        self.assertEqual(self.project.version_id, self.newer)
        self.assertEqual(self.second_project.version_id, self.version)
        with self.assertRaisesRegex(UserError, "Count stock"):
            offer.action_undo()

    def test_undo_refuses_to_take_work_away(self):
        offer = self._offer(projects=self.project).with_user(self.lead)
        offer.action_apply()
        insure = self._task(self.project, "Insure")
        insure.message_post(body="asked three brokers", message_type="comment")
        with self.assertRaisesRegex(UserError, "has begun"):
            offer.action_undo()
        self.assertTrue(insure.exists())

    def test_undo_ends_with_the_next_version(self):
        offer = self._offer(projects=self.project).with_user(self.lead)
        offer.action_apply()
        self.steps[0].allocated_hours = 11
        third = self.template.publish_version("third")
        third.with_user(self.lead).propagate(self.project.ids)
        with self.assertRaisesRegex(UserError, "Undo that one first"):
            offer.action_undo()

    def test_the_api_is_undoable_as_well(self):
        before = self._state(self.project)
        self.newer.with_user(self.lead).propagate(self.project.ids)
        record = self.env["linkstar.propagation"].search([], limit=1)
        self.assertEqual(record.line_ids.project_id, self.project)
        record.with_user(self.lead).action_undo()
        self.env.invalidate_all()
        self.assertEqual(self._state(self.project), before)

    def test_many_projects_are_applied_in_the_background(self):
        offer = self._offer().with_user(self.lead)
        offer.sudo().write({"state": "queued"})
        self.assertEqual(offer.progress, 0)
        self.second_project.with_user(self.lead).close("dropped")
        cron = self.env.registry["ir.cron"]
        self.patch(cron, "_commit_progress", lambda *args, **kwargs: 1.0)
        self.env["linkstar.propagation"]._cron_apply()
        self.assertEqual(offer.state, "done")
        self.assertEqual(offer.progress, 100)
        states = {line.project_id: line.state for line in offer.line_ids}
        self.assertEqual(states[self.project], "applied")
        self.assertEqual(states[self.second_project], "skipped")

    def test_only_leads_of_all_stores_decide(self):
        offer = self._offer()
        with self.assertRaises(AccessError):
            offer.with_user(self.other_lead).action_apply()
        with self.assertRaises(AccessError):
            self.newer.with_user(self.operator).action_offer(self.project.ids)
        with self.assertRaises(AccessError):
            offer.with_user(self.operator).action_undo()
        with self.assertRaises(AccessError):
            offer.with_user(self.lead).write({"state": "done"})
        with self.assertRaises(AccessError):
            offer.change_ids.with_user(self.lead).write({"renewed": "x"})

    def test_stale_comparisons_go(self):
        offer = self._offer()
        self.env.cr.execute(
            "UPDATE linkstar_propagation SET create_date = %s WHERE id = %s",
            [fields.Datetime.now().replace(year=2020), offer.id],
        )
        self.env.invalidate_all()
        self.env["linkstar.propagation"]._gc_drafts()
        self.assertFalse(offer.exists())
