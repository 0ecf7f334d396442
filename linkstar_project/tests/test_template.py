"""The library: publishing, versions, exchange, built-in content."""

import json
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import file_path

from ..engine import launch_plan
from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestTemplate(PlanCase):
    def test_version_is_frozen(self):
        before = self.version.checksum
        self.steps[0].name = "Count stock twice"
        self.assertEqual(self.version.checksum, before)
        project = self._launch()
        self.assertTrue(self._task(project, "Count stock"))
        with self.assertRaises(AccessError):
            self.version.with_user(self.manager).write({"snapshot": {}})

    def test_the_form_of_a_new_template_opens(self):
        templates = self.env["project.project"].with_user(self.manager)
        form = Form(
            templates.with_context(
                default_is_template=True, default_linkstar_kind="routine"
            ),
            "linkstar_project.project_template_view_form",
        )
        form.name = "From an empty form"
        with form.tasks.new() as step:
            step.name = "Its first step"
        template = form.save()
        self.assertTrue(template.task_ids.node_uid)
        self.assertTrue(template.publish_version())

    def test_altered_snapshot_is_refused(self):
        self.env.cr.execute(
            "UPDATE linkstar_template_version SET snapshot = %s WHERE id = %s",
            [json.dumps({"tasks": []}), self.version.id],
        )
        self.version.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "checksum"):
            self._launch()

    def test_publishing_the_same_again_is_refused(self):
        with self.assertRaisesRegex(UserError, "Nothing changed"):
            self.template.publish_version()
        self.assertFalse(self.template.has_unpublished_changes)
        self.steps[0].allocated_hours = 9
        self.template.invalidate_recordset(["has_unpublished_changes"])
        self.assertTrue(self.template.has_unpublished_changes)
        self.assertEqual(self.template.publish_version().number, 2)

    def test_a_translated_category_is_no_change_of_the_template(self):
        """Fresh installations translate the categories after the templates."""
        battery = self.env.ref("linkstar_project.variant_battery")
        self.steps[3].variant_ids = battery
        self.template.publish_version("with a category")
        battery.with_context(lang="en_US").papers = "UN38.3, as of this year"
        self.template.invalidate_recordset()
        self.assertFalse(self.template.has_unpublished_changes)
        with self.assertRaisesRegex(UserError, "Nothing changed"):
            self.template.publish_version("again")
        self.steps[3].variant_ids = False
        self.template.invalidate_recordset()
        self.assertTrue(self.template.has_unpublished_changes)

    def test_a_step_waits_for_nothing(self):
        self.env["linkstar.gate"].create(
            {"task_id": self.steps[0].id, "kind": "manual", "name": "Studio is free"}
        )
        self.template.publish_version("gated")
        self.assertFalse(self.steps[0].blocked_reason)
        self.assertFalse(self.steps[1].blocked_reason)
        launched = self._task(
            self.template.last_version_id.with_user(self.lead).launch(self.store.ids),
            "Count stock",
        )
        self.assertIn("Studio is free", launched.blocked_reason)

    def test_steps_are_read_in_the_readers_language(self):
        builtin = self.env.ref("linkstar_project.template_new_product")
        known = builtin.task_ids[0].step_texts["lang"]
        other = "zh_CN" if known == "en_US" else "en_US"
        self.assertTrue(builtin.with_context(lang=other).has_reader_names)
        self.assertFalse(builtin.with_context(lang=known).has_reader_names)

    def test_only_template_managers_publish_and_edit(self):
        for user in (self.operator, self.lead):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.template.with_user(user).publish_version()
                with self.assertRaises(AccessError):
                    self.steps[0].with_user(user).name = "Mine"
        self.steps[0].with_user(self.manager).name = "Managed"
        self.template.with_user(self.manager).publish_version("by the manager")

    def test_retired_version_is_not_launched(self):
        self.version.with_user(self.manager).action_retire()
        with self.assertRaisesRegex(UserError, "retired"):
            self._launch()
        self.version.with_user(self.manager).action_republish()
        self._launch()

    def test_restore_brings_the_steps_back(self):
        self.steps[0].name = "Wrong"
        self.steps[2].active = False
        self.env["project.task"].create(
            {"name": "Superfluous", "project_id": self.template.id}
        )
        self.version.with_user(self.manager).action_restore()
        names = self.template.task_ids.mapped("name")
        self.assertCountEqual(
            names, ["Count stock", "Order goods", "Sea freight", "Photograph"]
        )
        self.template.invalidate_recordset(["has_unpublished_changes"])
        self.assertFalse(self.template.has_unpublished_changes)

    def test_restored_sub_steps_keep_their_own_milestone(self):
        first, second = self.env["project.milestone"].create(
            [{"name": name, "project_id": self.template.id} for name in ("A", "B")]
        )
        self.steps[0].milestone_id = first
        parts = self._add_steps(
            self.template,
            [{"name": f"Part {n}", "parent_id": self.steps[0].id} for n in range(3)],
        )
        parts[0].milestone_id, parts[1].milestone_id = second, False
        before = parts.mapped("milestone_id.name"), parts[1].milestone_id
        version = self.template.publish_version("parts")
        version.action_restore()
        self.env.invalidate_all()
        self.assertEqual(
            (parts.mapped("milestone_id.name"), parts[1].milestone_id), before
        )
        self.assertFalse(self.template.has_unpublished_changes)

    def test_export_and_import_give_the_same_steps(self):
        text = self.template.with_user(self.manager).export_templates()
        importer = self.env["project.project"].with_user(self.manager)
        self.assertFalse(importer.import_templates(text), "it is here already")
        data = json.loads(text)
        uids = {
            task["uid"]: f"{n:032x}"
            for n, task in enumerate(data["templates"][0]["tasks"])
        }
        for old, new in uids.items():
            text = text.replace(old, new)
        created = importer.import_templates(text)
        self.assertEqual(len(created), 1)
        self.assertFalse(importer.import_templates(text), "a second import adds none")
        order = created.task_ids.filtered(lambda task: task.name == "Order goods")
        self.assertEqual(order.depend_on_ids.name, "Count stock")
        self.assertEqual(order.role_ids, self.buyer_role)

    def test_damaged_file_creates_nothing(self):
        importer = self.env["project.project"].with_user(self.manager)
        before = self.env["project.project"].search_count([])
        for text in (
            "",
            "[]",
            "{" * 5000,
            '{"format": "linkstar-templates"}',
            '{"format": "linkstar-templates", "templates": [{"tasks": [{}]}]}',
        ):
            with self.subTest(text=text[:40]), self.assertRaises(UserError):
                importer.import_templates(text)
        self.assertEqual(self.env["project.project"].search_count([]), before)

    def test_cycle_is_refused_with_the_names(self):
        self.env["project.task"].flush_model()
        self.env.cr.execute(
            "INSERT INTO task_dependencies_rel (task_id, depends_on_id)"
            " VALUES (%s, %s)",
            [self.steps[0].id, self.steps[2].id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Sea freight.*Remove one"):
            self.template.publish_version()

    def test_versions_are_compared_step_by_step(self):
        self.steps[0].allocated_hours = 9
        self.steps[3].active = False
        second = self.template.publish_version()
        changes = second.with_user(self.operator).compare_with(self.version.id)
        self.assertEqual(
            {change["name"]: change["kind"] for change in changes},
            {"Count stock": "change", "Photograph": "drop"},
        )
        self.assertIn("Photograph", second.comparison)

    def test_builtin_templates_are_sound_and_never_overwritten(self):
        folder = Path(file_path("linkstar_project/data/templates"))
        data = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")]
        self.assertGreaterEqual(len(data), 12)
        for entry in data:
            with self.subTest(template=entry["code"]):
                template = self.env.ref(f"linkstar_project.template_{entry['code']}")
                version = template.last_version_id
                self.assertGreaterEqual(version.task_count, 12)
                snapshot = version._read_snapshot()
                self.assertFalse(launch_plan.all_faults(snapshot))
                for task in snapshot["tasks"]:
                    self.assertTrue(task["name"].get("zh_CN"), task)
                    self.assertTrue(task["description"].get("zh_CN"), task)
                    self.assertTrue(task["role"], task)
        mine = self.env.ref("linkstar_project.template_new_product")
        mine.name = "Our own way"
        self.assertFalse(self.env["project.project"]._load_builtin(data))
        self.assertEqual(mine.name, "Our own way")

    def test_chinese_lead_gets_chinese_tasks(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.lead.lang = "zh_CN"
        version = self.env.ref("linkstar_project.template_new_product").last_version_id
        project = version.with_user(self.lead).launch(self.store.ids)
        self.assertIn("开启广告", project.sudo().task_ids.mapped("name"))
        self.assertIn("新品上架", project.with_context(lang="zh_CN").name)


@tagged("post_install", "-at_install")
class TestTrialCounts(PlanCase):
    def test_trials_are_in_no_report_and_notify_nobody(self):
        messages = self.env["mail.message"].search_count([])
        trial = self._launch(trial=True)
        tasks = trial.sudo().task_ids
        self.assertFalse(tasks.message_follower_ids)
        sent = self.env["mail.message"].search_count([]) - messages
        self.assertEqual(sent, 1, "the project's own log only")
        self.env.flush_all()
        domain = [("project_id", "=", trial.id)]
        report = self.env["report.project.task.user"]
        self.assertFalse(report.search_count(domain))
        burndown = self.env["project.task.burndown.chart.report"]
        groups = burndown.formatted_read_group(
            domain, groupby=["date:month", "stage_id"], aggregates=["__count"]
        )
        self.assertFalse(groups)
        counted = self.env["project.task"].search(
            domain + [("has_template_ancestor", "=", False)]
        )
        self.assertFalse(counted)
        real = self._launch()
        self.env.flush_all()
        self.assertTrue(report.search_count([("project_id", "=", real.id)]))
