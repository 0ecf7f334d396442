"""Retention: old entries go by one path only, closed projects can come back."""

from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .trust_common import TrustCase


@tagged("post_install", "-at_install")
class TestRetention(TrustCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.trail_of = cls.env["linkstar.audit.entry"]
        cls.retention = cls.env["linkstar.retention"].search(
            [("company_id", "=", cls.store.company_id.id)]
        )

    def old_entry(self, months, company=None, store=None):
        """Insert an entry as it stood in the table months ago."""
        company = self.store.company_id if company is None else company
        moment = self.now - timedelta(days=31 * months)
        ((entry_id,),) = self.env.execute_query(
            SQL(
                """
                INSERT INTO linkstar_audit_entry (at, res_model, res_id, action,
                                                  company_id, store_id)
                VALUES (%s, 'linkstar.store', 1, 'other', %s, %s) RETURNING id
                """,
                moment,
                company.id or None,
                store and store.id,
            )
        )
        return self.trail_of.browse(entry_id)

    def closed(self, days, **values):
        project = self.project(self.store, **values)
        project.sudo().write(
            {"outcome": "success", "finished_at": self.now - timedelta(days=days)}
        )
        return project

    # -- the trail

    def test_every_company_has_its_retention(self):
        company = self.env["res.company"].create({"name": "Another"})
        retention = self.retention.search([("company_id", "=", company.id)])
        self.assertEqual((retention.trail_months, retention.archive_days), (0, 30))

    def test_without_retention_the_trail_stays(self):
        entry = self.old_entry(300)
        self.assertEqual(self.retention._purge_trail(self.now), 0)
        self.assertTrue(entry.exists())

    def test_old_entries_of_the_company_go_and_leave_an_entry(self):
        other = self.env["res.company"].create({"name": "Another"})
        gone, kept = self.old_entry(25), self.old_entry(20)
        foreign = self.old_entry(25, other)
        self.retention.trail_months = 24
        self.assertEqual(self.retention._purge_trail(self.now), 1)
        self.assertFalse(gone.exists())
        self.assertTrue(kept.exists() and foreign.exists())
        entry = self.trail(self.retention, action="purge")
        self.assertIn("1 entries", entry.reason)
        self.assertEqual(self.retention.purged_count, 1)

    def test_a_purge_goes_on_in_batches(self):
        entries = [self.old_entry(25 + number) for number in range(5)]
        self.retention.trail_months = 24
        path = "odoo.addons.linkstar_project.models.trust.linkstar_audit_entry"
        self.patch(__import__(path, fromlist=["x"]), "PURGE_BATCH", 2)
        sizes = [self.retention._purge_trail(self.now) for _round in range(4)]
        self.assertEqual(sizes, [2, 2, 1, 0])
        self.assertFalse(any(entry.exists() for entry in entries))

    def test_entries_of_nobody_wait_for_the_longest_retention(self):
        entry = self.old_entry(25, self.env["res.company"])
        other = self.env["res.company"].create({"name": "Another"})
        theirs = self.retention.search([("company_id", "=", other.id)])
        everyone = self.retention.search([])
        everyone.write({"trail_months": 24})
        theirs.trail_months = 36
        self.assertEqual(self.retention._purge_of_nobody(self.now), 0)
        theirs.trail_months = 24
        self.retention._purge_of_nobody(self.now)
        self.assertFalse(entry.exists())

    def test_less_than_a_year_cannot_be_set(self):
        for months in (1, 11, -3, 601):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.retention.trail_months = months

    def test_the_database_deletes_no_young_entry_even_in_a_purge(self):
        for months, refused in ((11, True), (13, False)):
            entry = self.old_entry(months)
            self.env.cr.execute("SELECT set_config('linkstar.audit_purge','on',true)")
            delete = SQL("DELETE FROM linkstar_audit_entry WHERE id = %s", entry.id)
            if refused:
                with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
                    with self.env.cr.savepoint():
                        self.env.cr.execute(delete)
            else:
                self.env.cr.execute(delete)
            self.env.cr.execute("SELECT set_config('linkstar.audit_purge','off',true)")

    def test_after_a_purge_the_table_is_append_only_again(self):
        entry = self.old_entry(40)
        self.retention.trail_months = 36
        self.retention._purge_trail(self.now)
        entry = self.old_entry(40)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL("DELETE FROM linkstar_audit_entry WHERE id = %s", entry.id)
                )

    def test_only_administrators_set_it_and_nobody_its_counts(self):
        with self.assertRaises(AccessError):
            self.retention.with_user(self.lead).write({"trail_months": 0})
        own = self.retention.with_user(self.admin)
        own.trail_months = 60
        for name in ("purged_count", "purged_until", "archived_count"):
            with self.assertRaises(AccessError):
                own.write({name: False})
        self.assertEqual(
            self.trail(self.retention, field_name="trail_months").user_id, self.admin
        )

    # -- closed projects

    def test_projects_closed_long_ago_are_archived_with_their_tasks_counted(self):
        old, fresh = self.closed(31), self.closed(5)
        running = self.project(self.store)
        task = self.env["project.task"].create({"name": "x", "project_id": old.id})
        self.assertIn(old, self.retention._archive_closed(self.now))
        self.assertFalse(old.active)
        self.assertTrue(fresh.active and running.active and task.active)
        entry = self.trail(old, field_name="active")
        self.assertEqual((entry.old_value, entry.new_value), ("yes", "no"))

    def test_days_are_a_setting_and_zero_means_never(self):
        project = self.closed(31)
        self.retention.archive_days = 0
        self.assertFalse(self.retention._archive_closed(self.now))
        self.retention.archive_days = 60
        self.assertNotIn(project, self.retention._archive_closed(self.now))

    def test_a_lead_restores_and_it_stays(self):
        project = self.closed(31)
        aside = self.env["project.task"].create(
            {"name": "Aside", "project_id": project.id, "active": False}
        )
        self.retention._archive_closed(self.now)
        with self.assertRaises(AccessError):
            project.with_user(self.operator).action_restore()
        project.with_user(self.lead).action_restore()
        self.assertTrue(project.active)
        self.assertFalse(aside.active)
        self.assertNotIn(project, self.retention._archive_closed(self.now))
        self.assertEqual(
            self.trail(project, field_name="active")[-1].user_id, self.lead
        )

    def test_many_projects_are_archived_in_a_handful_of_queries(self):
        for _number in range(30):
            self.closed(40)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            self.assertGreaterEqual(len(self.retention._archive_closed(self.now)), 30)
            self.env.flush_all()
