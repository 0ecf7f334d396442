"""The library: backups, exchange, newer built-in versions, taking steps over."""

import base64
import copy
import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from ..engine import merge, snapshot, takeover
from .plan_common import PlanCase
from .trust_common import new_test_user


class LibraryCase(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "lib_admin", "linkstar_project.group_admin")
        cls.backups = cls.env["linkstar.library.backup"]
        cls.projects = cls.env["project.project"]

    def takeover(self, action, user=None):
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        return wizard.with_user(user or self.manager)


@tagged("post_install", "-at_install")
class TestBackup(LibraryCase):
    def test_a_night_without_changes_adds_no_backup(self):
        first = self.backups._back_up(self.company)
        again = self.backups._back_up(self.company)
        self.assertEqual(again, first)
        self.steps[0].allocated_hours = 77
        second = self.backups._back_up(self.company)
        self.assertNotEqual(second, first)
        self.assertEqual(second.template_count, first.template_count)
        self.assertIn("Restock", second.content)

    def test_retention_deletes_old_ones_but_never_the_newest_or_manual(self):
        old = self.backups._back_up(self.company)
        kept = {}
        for name, hours in (("manual", 5), ("plain", 6), ("newest", 7)):
            self.steps[0].allocated_hours = hours
            kept[name] = self.backups._back_up(self.company, name == "manual")
        everything = old | kept["manual"] | kept["plain"] | kept["newest"]
        long_ago = fields.Datetime.now() - timedelta(days=40)
        everything.checked_at = long_ago
        self.company.linkstar_backup_days = 60
        self.assertEqual(self.backups._delete_old(self.company), 0)
        wizard = self.env["linkstar.library.setting"].with_user(self.admin)
        wizard.create({"days": 30}).action_save()
        self.assertEqual(self.backups._delete_old(self.company), 2)
        self.assertEqual(everything.exists(), kept["manual"] | kept["newest"])
        with self.assertRaises(ValidationError):
            wizard.create({"days": 0}).action_save()

    def test_the_nightly_job_covers_every_company(self):
        other = self.env["res.company"].create({"name": "Second company"})
        self.backups._cron_back_up()
        for company in (self.company, other):
            self.assertTrue(self.backups.search([("company_id", "=", company.id)]))

    def test_restoring_brings_a_lost_step_back_and_overwrites_nothing(self):
        backup = self.backups._back_up(self.company)
        self.steps[3].active = False
        self.steps[0].allocated_hours = 99
        action = backup.with_user(self.manager).action_restore()
        wizard = self.takeover(action)
        line = wizard.line_ids.filtered(lambda one: one.template_id == self.template)
        self.assertEqual((line.status, line.change_count), ("differs", 2))
        self.assertEqual(self.steps[0].allocated_hours, 99, "only shown so far")
        wizard = self.takeover(line.action_compare())
        wizard.line_ids.filtered(lambda one: one.kind == "change").take = False
        wizard.action_apply()
        self.assertTrue(self.steps[3].active)
        self.assertEqual(self.steps[0].allocated_hours, 99)

    def test_backups_are_for_managers_and_written_by_nobody(self):
        backup = self.backups._back_up(self.company)
        for user in (self.operator, self.lead):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                backup.with_user(user).read(["content"])
        with self.assertRaises(AccessError):
            backup.with_user(self.manager).content = "{}"
        with self.assertRaises(AccessError):
            backup.with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            self.backups.with_user(self.lead).action_back_up_now()
        with self.assertRaises(AccessError):
            self.env["linkstar.library.setting"].with_user(self.manager).create({})
        other = self.env["res.company"].create({"name": "Second company"})
        foreign = self.backups._back_up(other)
        with self.assertRaises(AccessError):
            foreign.with_user(self.manager).read(["content"])


@tagged("post_install", "-at_install")
class TestLibraryFile(LibraryCase):
    def wizard(self, text, user=None):
        wizards = self.env["linkstar.library.import"].with_user(user or self.manager)
        data = base64.b64encode(text.encode())
        return wizards.create({"data": data, "filename": "library.json"})

    def renamed(self, text):
        data = json.loads(text)
        for number, task in enumerate(data["templates"][0]["tasks"]):
            text = text.replace(task["uid"], f"{number:032x}")
        return text

    def test_new_templates_are_added_known_ones_are_compared(self):
        text = self.template.export_templates()
        both = json.loads(text)
        both["templates"] += json.loads(self.renamed(text))["templates"]
        wizard = self.wizard(json.dumps(both))
        wizard.action_preview()
        self.assertEqual(wizard.line_ids.mapped("status"), ["same", "new"])
        count = self.projects.search_count([("is_template", "=", True)])
        wizard.action_import()
        after = self.projects.search_count([("is_template", "=", True)])
        self.assertEqual(after, count + 1)
        self.assertEqual(wizard.line_ids.mapped("status"), ["same", "same"])
        wizard.action_import()
        after = self.projects.search_count([("is_template", "=", True)])
        self.assertEqual(after, count + 1)

    def test_a_damaged_file_is_refused_in_words(self):
        for text in ("", "[]", "{" * 3000, '{"format": "other"}'):
            with self.subTest(text=text[:20]), self.assertRaises(UserError):
                self.wizard(text).action_preview()
        with self.assertRaises(AccessError):
            self.wizard("{}", user=self.lead)


@tagged("post_install", "-at_install")
class TestBuiltinOffer(LibraryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.builtin = cls.env.ref("linkstar_project.template_new_product")
        cls.entries = cls.projects._builtin_entries()
        for template in cls.projects.search([("template_code", "in", [*cls.entries])]):
            # As if this database had just been made by this release.
            entry = cls.entries[template.template_code]
            template.builtin_checksum = snapshot.checksum(entry)
        content = cls.builtin._builtin_snapshot(cls.entries["new_product"])
        cls.builtin._write_steps(takeover.align(cls.builtin._build_snapshot(), content))

    def newer(self):
        """A release whose new product has another step and other hours."""
        entries = copy.deepcopy(self.entries)
        entry = entries["new_product"]
        entry["tasks"][0]["hours"] = 55
        entry["tasks"].append(
            {
                "uid": "brand_new",
                "name": {"en": "Brand new step", "zh": "全新步骤"},
                "role": "operator",
                "depends_on": [entry["tasks"][0]["uid"]],
            }
        )
        where = type(self.projects)
        self.startPatcher(patch.object(where, "_builtin_entries", lambda _s: entries))
        self.env.registry.clear_cache()
        self.addCleanup(self.env.registry.clear_cache)
        self.builtin.invalidate_recordset(["has_builtin_update"])

    def test_untouched_templates_equal_what_the_release_brings(self):
        """Loaded anew, since this database may have been made by an older release."""
        for code, entry in [*self.entries.items()][:12]:
            entry = {**entry, "code": f"copy_of_{code}"}
            with self.subTest(template=code):
                template = self.projects._load_builtin([entry])
                current = template._build_snapshot()
                fresh = takeover.align(current, template._builtin_snapshot(entry))
                self.assertFalse(merge.diff(current, fresh))

    def test_an_upgrade_overwrites_nothing_and_offers_the_difference(self):
        before = len(self.builtin.task_ids)
        self.newer()
        self.assertTrue(self.builtin.has_builtin_update)
        found = self.projects.search([("has_builtin_update", "=", True)])
        self.assertEqual(found, self.builtin)
        self.assertFalse(self.projects._load_builtin(list(self.entries.values())))
        self.assertEqual(len(self.builtin.task_ids), before)
        action = self.builtin.with_user(self.manager).action_compare_builtin()
        wizard = self.takeover(action)
        self.assertEqual(sorted(wizard.line_ids.mapped("kind")), ["add", "change"])
        self.assertIn(
            "55", wizard.line_ids.filtered(lambda line: line.kind == "change").theirs
        )

    def test_one_step_is_taken_over_and_the_offer_is_settled(self):
        self.newer()
        first = self.builtin.task_ids.sorted("sequence")[0]
        hours = first.allocated_hours
        action = self.builtin.with_user(self.manager).action_compare_builtin()
        wizard = self.takeover(action)
        wizard.action_none()
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.line_ids.filtered(lambda line: line.kind == "add").take = True
        wizard.action_apply()
        added = self.builtin.task_ids.filtered(
            lambda t: t.name in ("Brand new step", "全新步骤")
        )
        self.assertEqual(len(added), 1)
        self.assertTrue(added.depend_on_ids)
        self.assertEqual(first.allocated_hours, hours)
        self.assertFalse(self.builtin.has_builtin_update)
        self.assertTrue(self.builtin.has_unpublished_changes)

    def test_keeping_ours_is_asked_once(self):
        self.newer()
        action = self.builtin.with_user(self.manager).action_compare_builtin()
        self.takeover(action).action_keep()
        self.assertFalse(self.builtin.has_builtin_update)

    def test_only_template_managers_take_over(self):
        with self.assertRaises(AccessError):
            self.builtin.with_user(self.lead).action_compare_builtin()
        action = self.builtin.with_user(self.manager).action_compare_builtin()
        with self.assertRaises(AccessError):
            self.takeover(action, self.lead).action_keep()
        with self.assertRaises(AccessError):
            self.takeover(action).snapshot = {}


@tagged("post_install", "-at_install")
class TestCompare(LibraryCase):
    def test_any_two_versions_and_the_working_copy_are_compared(self):
        self.steps[0].allocated_hours = 9
        second = self.template.publish_version()
        self.steps[1].name = "Order <b>goods</b>"
        wizards = self.env["linkstar.template.compare"].with_user(self.operator)
        wizard = wizards.create(
            {
                "template_id": self.template.id,
                "left_id": self.version.id,
                "right_id": second.id,
            }
        )
        self.assertIn("Count stock", wizard.comparison)
        self.assertNotIn("Order", wizard.comparison)
        wizard.right_id = False
        self.assertIn("Order &lt;b&gt;goods", wizard.comparison)
        action = self.template.with_user(self.operator).action_open_compare()
        self.assertEqual(action["context"]["default_left_id"], second.id)

    def test_comparisons_name_steps_roles_and_gates_in_words(self):
        self.steps[3].depend_on_ids = self.steps[0]
        self.steps[3].role_ids = self.buyer_role
        self.env["linkstar.gate"].create(
            {"task_id": self.steps[3].id, "kind": "approval", "name": "Budget"}
        )
        second = self.template.publish_version()
        self.assertIn("Count stock", second.comparison)
        self.assertIn("Buyer", second.comparison)
        self.assertIn("Approval: Budget", second.comparison)


@tagged("post_install", "-at_install")
class TestLibraryDownload(HttpCase):
    def test_files_are_for_those_who_may_read_them(self):
        manager = new_test_user(
            self.env, "http_manager", "linkstar_project.group_template_manager"
        )
        stranger = new_test_user(self.env, "http_stranger", "base.group_user")
        backup = self.env["linkstar.library.backup"]._back_up(self.env.company)
        address = f"/linkstar_project/library/backup/{backup.id}"
        sample = "/linkstar_project/sample/sop/zh"
        self.authenticate(manager.login, manager.login)
        answer = self.url_open(address)
        self.assertEqual(answer.json()["format"], "linkstar-templates")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        library = self.url_open("/linkstar_project/library/export").json()
        self.assertGreaterEqual(len(library["templates"]), 12)
        self.assertEqual(self.url_open(sample).content[:2], b"PK")
        self.assertEqual(self.url_open(sample + "x").status_code, 404)
        self.authenticate(stranger.login, stranger.login)
        self.assertEqual(self.url_open(address).status_code, 404)
        answer = self.url_open("/linkstar_project/library/export")
        self.assertNotEqual(answer.status_code, 200)
