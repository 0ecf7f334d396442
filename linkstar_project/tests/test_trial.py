"""Trials: real records that tell nobody, count nowhere and go with one click."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestTrial(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trial = cls._launch(cls, trial=True)
        cls.tasks = cls.trial.sudo().task_ids

    def _heard(self):
        return self.env["mail.notification"].search_count(
            [("mail_message_id.model", "in", ("project.task", "project.project"))]
        )

    def test_nobody_hears_of_a_trial(self):
        noisy = dict.fromkeys(
            ("tracking_disable", "mail_notrack", "mail_create_nolog"), False
        )
        before = self._heard()
        queued = self.env["linkstar.notification"].search_count([])
        trial = self.version.with_user(self.lead).with_context(**noisy)
        trial = trial.launch(self.store.ids, trial=True, subject="SKU-1")
        task = trial.task_ids[0].with_user(self.lead).with_context(**noisy)
        task.user_ids = self.buyer | self.operator
        task.message_subscribe(self.buyer.partner_id.ids)
        task.message_post(
            body="Look", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.env.flush_all()
        self.assertEqual(self._heard(), before)
        self.assertEqual(self.env["linkstar.notification"].search_count([]), queued)

    def test_work_boards_and_reports_leave_trials_out(self):
        work = self.env["project.task"].with_user(self.operator)
        ids = set(self.tasks.ids)
        domain = work._linkstar_work_domain()
        self.assertFalse(ids & set(work.search(domain).ids))
        self.assertFalse(self.tasks.filtered(lambda t: not t.has_template_ancestor))
        found = work.search([("has_template_ancestor", "=", False)])
        self.assertFalse(ids & set(found.ids))
        report = self.env["report.project.task.user"]
        self.assertFalse(report.search([("project_id", "=", self.trial.id)]))
        sections = work.linkstar_my_work()["sections"]
        cards = {card["id"] for section in sections for card in section["tasks"]}
        self.assertFalse(ids & cards)
        board = self.env.ref("linkstar_project.board_action")
        self.assertIn("is_trial", board.domain)
        launches = self.env.ref("linkstar_project.project_launch_action")
        self.assertIn("('is_trial', '=', False)", launches.domain)

    def test_a_trial_counts_as_no_launch_and_no_load(self):
        self.assertEqual(self.version.launch_count, 0)
        self.assertEqual(self.template.launch_count, 0)
        second = self.buyer.copy({"login": "plan_second"})
        self._add_member(self.store, second, self.role)
        # The trial's tasks are the operator's; if they counted, the newcomer with
        # none would be given the work.
        (plan,) = self.version.preview(self.store.ids)
        count = next(t for t in plan["tasks"] if t["name"] == "Count stock")
        self.assertEqual(count["owner_id"], min(self.operator.id, second.id))

    def test_one_click_removes_trials_and_nothing_else(self):
        other = self._launch(trial=True, subject="SKU-1")
        real = self._launch()
        gone = self.tasks | other.sudo().task_ids
        (self.trial | other).with_user(self.lead).action_discard_trial()
        self.assertFalse((self.trial | other).exists() or gone.exists())
        with self.assertRaisesRegex(UserError, "is no trial"):
            real.with_user(self.lead).action_discard_trial()

    def test_who_leads_no_store_discards_nothing(self):
        with self.assertRaises(AccessError):
            self.trial.with_user(self.operator).action_discard_trial()
        stranger = self.buyer.copy({"login": "trial_stranger"})
        with self.assertRaises(AccessError):
            self.trial.with_user(stranger).action_discard_trial()

    def test_nobody_turns_work_into_a_trial(self):
        real = self._launch()
        for record in (real, real.task_ids[0]):
            with self.assertRaises(UserError):
                record.with_user(self.lead).is_trial = True


@tagged("post_install", "-at_install")
class TestWorkingCopy(PlanCase):
    """What is not published can be tried, and never launched for real."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls.env["project.project"].create(
            {"name": "Draft", "is_template": True, "linkstar_kind": "routine"}
        )
        cls._add_steps(cls.draft, [{"name": "Sketch", "role_ids": cls.role}])

    def _wizard(self, user):
        action = self.draft.with_user(user).action_open_try()
        wizards = self.env["linkstar.launch"].with_user(user)
        return Form(wizards.with_context(**action["context"]))

    def test_unpublished_steps_are_shown_and_tried(self):
        form = self._wizard(self.lead)
        form.store_ids.add(self.store)
        self.assertIn("Sketch", form.preview)
        self.assertFalse(form.version_id)
        action = form.save().action_launch()
        task = self.env["project.task"].search(action["domain"])
        self.assertEqual((task.name, task.user_ids), ("Sketch", self.operator))
        self.assertTrue(task.is_trial and task.project_id.is_trial)
        self.assertFalse(task.project_id.is_live)
        self.assertFalse(self.draft.version_ids)
        task.project_id.with_user(self.lead).action_discard_trial()
        self.assertFalse(task.exists())

    def test_the_working_copy_is_tried_beside_what_is_published(self):
        self.steps[0].name = "Count twice"
        self._add_member(self.store, self.manager, self.role, share=0)
        here = self.template.with_user(self.manager)
        (plan,) = here.preview_working_copy(self.store.ids)
        self.assertIn("Count twice", [task["name"] for task in plan["tasks"]])
        project = here.try_working_copy(self.store.ids)
        self.assertTrue(self._task(project, "Count twice"))
        self.assertFalse(project.version_id)
        self.assertTrue(self._task(self._launch(), "Count stock"))

    def test_a_working_copy_never_becomes_real_work(self):
        form = self._wizard(self.lead)
        form.store_ids.add(self.store)
        wizard = form.save()
        wizard.trial = False
        action = wizard.action_launch()
        task = self.env["project.task"].search(action["domain"])
        self.assertTrue(task.project_id.is_trial)
        with self.assertRaisesRegex(UserError, "never published"):
            self.draft.with_user(self.lead).launch_template(self.store.ids)

    def test_who_leads_nothing_tries_nothing(self):
        with self.assertRaises(AccessError):
            self.draft.with_user(self.operator).try_working_copy(self.store.ids)
        stranger = self.lead.copy({"login": "trial_lead_elsewhere"})
        with self.assertRaises(AccessError):
            self.draft.with_user(stranger).preview_working_copy(self.store.ids)

    def test_a_loop_in_the_working_copy_is_named(self):
        first, second = self._add_steps(
            self.draft, [{"name": "One"}, {"name": "Two", "after": [0]}]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO task_dependencies_rel (task_id, depends_on_id)"
            " VALUES (%s, %s)",
            [first.id, second.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "wait for each other"):
            self.draft.with_user(self.lead).try_working_copy(self.store.ids)
