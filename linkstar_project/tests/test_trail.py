"""Who did what when: from records to their trail, and out as a spreadsheet."""

import base64
import io

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.linkstar_project.models.trust.trail_words import summary_in_words

from .trust_common import TrustCase


class TrailCase(TrustCase):
    def export(self, user, **values):
        wizard = self.env["linkstar.trail.export"].with_user(user).create(values)
        book = wizard.export_xlsx()
        content = io.BytesIO(base64.b64decode(book["content"]))
        head, *rows = load_workbook(content).active.iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]


@tagged("post_install", "-at_install")
class TestTrail(TrailCase):
    def test_a_task_and_its_gate_are_in_the_projects_trail(self):
        task = self.task(self.store)
        task.with_user(self.lead).name = "Renamed step"
        action = task.project_id.with_user(self.lead).action_open_trail()
        entries = self.env["linkstar.audit.entry"].search(action["domain"])
        self.assertIn(task.project_id.name, entries.mapped("res_name"))
        renamed = entries.filtered(lambda entry: entry.new_value == "Renamed step")
        self.assertEqual(renamed.user_id, self.lead)
        self.assertEqual(renamed.company_id, self.store.company_id)

    def test_a_person_is_followed_through_all_their_logins(self):
        employee = self.env["hr.employee"].create(
            {"name": "Two logins", "user_id": self.operator.id}
        )
        second = self.env["res.users"].create(
            {"name": "x", "login": "second", "email": self.operator.email}
        )
        action = employee.action_open_trail()
        self.assertEqual(set(action["domain"][0][2]), {self.operator.id, second.id})

    def test_entries_speak_the_readers_words(self):
        listing = self.listing(self.store, "A-1")
        listing.lifecycle = "clearance"
        entry = self.trail(listing, action="write")
        self.assertEqual(
            (entry.kind_label, entry.field_label), ("Listing", "Lifecycle")
        )

    def test_values_read_in_the_readers_words_and_stay_as_written(self):
        listing = self.listing(self.store, "A-1")
        listing.lifecycle = "clearance"
        entry = self.trail(listing, action="write")
        self.assertEqual((entry.old_text, entry.new_text), ("Active", "Clearance"))
        self.assertEqual((entry.old_value, entry.new_value), ("active", "clearance"))
        listing.active = False
        archived = self.trail(listing, field_name="active")
        self.assertEqual((archived.old_text, archived.new_text), ("Yes", "No"))
        created = self.trail(listing, action="create")
        lines = created.new_text.split("\n")
        self.assertIn("Lifecycle: Active", lines)
        self.assertIn("MSKU: A-1", lines)
        self.assertIn("lifecycle: active", created.new_value)

    def test_lines_of_long_texts_are_left_alone(self):
        store = self.env["linkstar.store"]
        text = "name: Nova\nnot a field: x\nhttps://x.example: 1"
        self.assertEqual(
            summary_in_words(self.env, store, text),
            text.replace("name: Nova", "Name: Nova"),
        )

    def test_the_trail_outlives_project_and_company_columns(self):
        trial = self.project(self.store)
        self.env.flush_all()
        entries = self.trail(trial)
        self.assertEqual(entries.project_id, trial)
        trial.sudo().unlink()
        self.env.invalidate_all()
        self.assertTrue(entries.exists())
        self.assertFalse(entries.project_id)

    def test_export_holds_period_store_project_and_person(self):
        mine, other = self.project(self.store), self.project(self.store)
        mine.with_user(self.lead).sudo().name = "Mine"
        other.name = "Other"
        rows = self.export(self.admin, project_ids=[(6, 0, mine.ids)])
        self.assertEqual({row["Project"] for row in rows}, {"Mine"})
        rows = self.export(self.admin, user_ids=[(6, 0, self.lead.ids)])
        self.assertEqual({row["Login"] for row in rows}, {"trust_lead"})
        rows = self.export(self.admin, date_from=False, date_to="2001-01-01")
        self.assertEqual(rows, [])

    def test_text_stays_text_in_the_export(self):
        hostile = '=HYPERLINK("http://x","y")\x07 @SUM(1) ' + "é" * 40_000
        self.store.name = hostile
        rows = self.export(self.admin, store_ids=[(6, 0, self.store.ids)])
        (cell,) = {r["After"] for r in rows if str(r["After"]).startswith("=HYP")}
        self.assertEqual(len(cell), 32_767)
        wizard = self.env["linkstar.trail.export"].create({})
        sheet = load_workbook(
            io.BytesIO(base64.b64decode(wizard.export_xlsx()["content"]))
        ).active
        self.assertNotIn("f", {c.data_type for row in sheet for c in row})

    def test_a_lead_exports_their_stores_only_an_operator_nothing(self):
        self.other_store.name = "Foreign"
        rows = self.export(self.lead)
        self.assertEqual({row["Store"] for row in rows} - {None}, {self.store.code})
        self.assertTrue(self.export(self.auditor))
        with self.assertRaises(AccessError):
            self.export(self.operator)

    def test_the_export_is_on_the_trail(self):
        self.export(self.lead, store_ids=[(6, 0, self.store.ids)])
        entry = self.env["linkstar.audit.entry"].search(
            [("action", "=", "export")], limit=1
        )
        self.assertEqual((entry.user_id, entry.store_id), (self.lead, self.store))

    def test_the_day_ends_in_the_readers_time_zone(self):
        wizard = self.env["linkstar.trail.export"].with_context(tz="Asia/Shanghai")
        wizard = wizard.create({"date_from": "2026-03-02", "date_to": "2026-03-02"})
        bounds = {str(c.value)[:16] for c in wizard._domain().iter_conditions()}
        self.assertEqual(bounds, {"2026-03-01 16:00", "2026-03-02 16:00"})

    def test_reading_a_thousand_entries_costs_a_handful_of_queries(self):
        listings = self.env["linkstar.listing"].create(
            [{"store_id": self.store.id, "sku": f"Q{n}"} for n in range(300)]
        )
        listings.write({"lifecycle": "clearance"})
        self.env.flush_all()
        wizard = self.env["linkstar.trail.export"].create(
            {"store_ids": [(6, 0, self.store.ids)]}
        )
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            wizard.export_xlsx()


@tagged("post_install", "-at_install")
class TestTrailDownload(TrailCase, HttpCase):
    def test_only_its_author_downloads_a_sheet(self):
        for user in (self.lead, self.stranger):
            user.password = f"{user.login}_long_password"
        wizard = self.env["linkstar.trail.export"].with_user(self.lead).create({})
        path = wizard.action_export()["url"]
        self.authenticate(self.lead.login, f"{self.lead.login}_long_password")
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertEqual(
            load_workbook(io.BytesIO(answer.content)).active.max_column, 13
        )
        self.authenticate(self.stranger.login, f"{self.stranger.login}_long_password")
        self.assertEqual(self.url_open(path).status_code, 403)
