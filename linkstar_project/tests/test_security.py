"""Guards around records of stores: targets, chatter, activities, files, people."""

import base64

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .trust_common import TrustCase, new_test_user


@tagged("post_install", "-at_install")
class TestTargets(TrustCase):
    """A relation points only at what its author may read."""

    def test_a_task_is_not_moved_into_a_foreign_project(self):
        foreign = self.project(self.other_store)
        own = self.env["project.project"].create(
            {"name": "Ordinary", "privacy_visibility": "employees"}
        )
        task = self.env["project.task"].create({"name": "x", "project_id": own.id})
        with self.assertRaises(AccessError):
            task.with_user(self.operator).project_id = foreign
        with self.assertRaises(AccessError):
            task.with_user(self.operator).copy({"project_id": foreign.id})

    def test_a_dependency_on_a_foreign_task_is_refused(self):
        foreign = self.task(self.other_store)
        task = self.task(self.store)
        for command in ([(4, foreign.id)], [(6, 0, foreign.ids)]):
            with self.assertRaises(AccessError):
                task.with_user(self.operator).write({"depend_on_ids": command})
        with self.assertRaises(AccessError):
            task.with_user(self.operator).parent_id = foreign

    def test_tasks_of_two_own_stores_are_not_tied_together(self):
        self.join(self.operator, self.other_store, share=0)
        task, foreign = self.task(self.store), self.task(self.other_store)
        for vals in ({"parent_id": foreign.id}, {"depend_on_ids": [(4, foreign.id)]}):
            with self.assertRaises(ValidationError):
                task.with_user(self.operator).write(vals)
        with self.assertRaises(ValidationError):
            foreign.depend_on_ids = self.task(self.store)

    def test_an_onchange_reveals_nothing_of_a_foreign_record(self):
        foreign = self.task(self.other_store, name="Hidden plan")
        task = self.task(self.store).with_user(self.operator)
        spec = {"parent_id": {"fields": {"display_name": {}}}}
        with self.assertRaises(AccessError):
            task.onchange({"parent_id": foreign.id}, ["parent_id"], spec)
        with self.assertRaises(AccessError):
            task.browse().onchange(
                {"parent_id": foreign.id, "name": "x"}, ["parent_id"], spec
            )

    def test_defaults_of_the_context_are_targets_too(self):
        foreign = self.task(self.other_store)
        tasks = self.env["project.task"].with_user(self.operator)
        with self.assertRaises(AccessError):
            tasks.with_context(default_project_id=foreign.project_id.id).create(
                {"name": "Peek"}
            )
        members = self.env["linkstar.store.member"].with_user(self.lead)
        values = {"user_id": self.operator.id, "role_id": self.manager_role.id}
        with self.assertRaises(AccessError):
            members.with_context(default_listing_id=self.foreign_listing().id).create(
                {**values, "store_id": self.store.id}
            )

    def test_the_first_onchange_of_a_form_reveals_nothing(self):
        foreign = self.task(self.other_store, name="Hidden plan")
        spec = {"parent_id": {"fields": {"display_name": {}}}}
        tasks = self.env["project.task"].with_user(self.operator)
        with self.assertRaises(AccessError):
            tasks.with_context(default_parent_id=foreign.id).onchange({}, [], spec)
        self.keep_default("project.task", "parent_id", foreign.id)
        with self.assertRaises(AccessError):
            tasks.onchange({}, [], spec)
        with self.assertRaises(AccessError):
            tasks.create({"name": "Peek"})

    def test_defaults_of_ones_own_write_no_system_field(self):
        self.keep_default("project.task", "first_deadline", "2020-01-01 00:00:00")
        self.keep_default("project.task", "node_uid", "forged")
        project = self.project(self.store)
        task = (
            self.env["project.task"]
            .with_user(self.operator)
            .create({"name": "x", "project_id": project.id})
        )
        self.assertFalse(task.first_deadline)
        self.assertFalse(task.node_uid)

    def keep_default(self, model, name, value):
        """A default of the operator's own, as anybody may store."""
        defaults = self.env["ir.default"].with_user(self.operator)
        defaults.set(model, name, value, user_id=True)

    def foreign_listing(self):
        return self.listing(self.other_store, "T-FOREIGN")

    def test_files_and_employees_out_of_reach_are_no_targets(self):
        hidden = self.env["ir.attachment"].create({"name": "Salaries", "raw": b"x"})
        company = self.env["res.company"].create({"name": "Another company"})
        person = self.env["hr.employee"].create(
            {"name": "Elsewhere", "company_id": company.id}
        )
        near = self.env["hr.employee"].create({"name": "Colleague"})
        dialogs = self.env["linkstar.gate.override"].with_user(self.lead)
        with self.assertRaises(AccessError):
            dialogs.create({"reason": "long enough", "evidence_ids": hidden.ids})
        members = self.env["linkstar.store.member"].with_user(self.lead)
        role = self.env.ref("linkstar_project.role_buyer")
        values = {"store_id": self.store.id, "role_id": role.id}
        with self.assertRaises(AccessError):
            members.create({**values, "employee_id": person.id})
        self.assertTrue(members.create({**values, "employee_id": near.id}))

    def test_ordinary_projects_stay_as_in_core(self):
        project = self.env["project.project"].create(
            {"name": "Ordinary", "privacy_visibility": "employees"}
        )
        user = new_test_user(self.env, "core_user", "project.group_project_user")
        tasks = self.env["project.task"].with_user(user)
        task = tasks.create({"name": "x", "project_id": project.id})
        task.message_post(body="hello")
        self.assertIn(task, tasks.search([("project_id", "=", project.id)]))


@tagged("post_install", "-at_install")
class TestChatter(TrustCase):
    """What is said on a store's record stays there and stays true."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subject = cls.task(cls.store, user_ids=[(6, 0, cls.operator.ids)])

    def post(self, user, **values):
        return self.subject.with_user(user).message_post(
            body="words", message_type="comment", **values
        )

    def test_members_post_and_auditors_do_not(self):
        self.assertTrue(self.post(self.operator))
        with self.assertRaises(AccessError):
            self.post(self.auditor)
        with self.assertRaises(AccessError):
            self.env["mail.message"].with_user(self.auditor).create(
                {
                    "model": "project.task",
                    "res_id": self.subject.id,
                    "body": "x",
                    "message_type": "comment",
                }
            )
        with self.assertRaises(AccessError):
            self.subject.with_user(self.auditor).activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.operator.id
            )

    def test_nobody_posts_in_anothers_name_or_back_in_time(self):
        message = (
            self.env["mail.message"]
            .with_user(self.operator)
            .create(
                {
                    "model": "project.task",
                    "res_id": self.subject.id,
                    "body": "I approve",
                    "message_type": "comment",
                    "author_id": self.lead.partner_id.id,
                    "email_from": self.lead.email,
                    "date": "2020-01-01 00:00:00",
                }
            )
        )
        self.assertEqual(message.sudo().author_id, self.operator.partner_id)
        self.assertGreater(message.sudo().date.year, 2020)
        posted = self.post(self.operator, author_id=self.lead.partner_id.id)
        self.assertEqual(posted.sudo().author_id, self.operator.partner_id)

    def test_notes_of_the_system_and_others_words_are_not_changed(self):
        note = self.subject.sudo()._message_log(body="state changed")
        words = self.post(self.lead)
        for message in (note, words):
            own = message.with_user(self.operator)
            with self.assertRaises(AccessError):
                own.write({"body": "rewritten"})
            with self.assertRaises(AccessError):
                own.unlink()
        mine = self.post(self.operator)
        mine.with_user(self.operator).write({"body": "better"})
        with self.assertRaises(AccessError):
            mine.with_user(self.operator).write({"author_id": self.lead.partner_id.id})

    def test_leaving_hides_old_messages_and_unsubscribes(self):
        mine = self.post(self.operator)
        partner = self.operator.partner_id
        self.subject.message_subscribe(partner.ids)
        self.assertIn(partner, self.subject.message_partner_ids)
        self.env["linkstar.store.member"].search(
            [("user_id", "=", self.operator.id)]
        ).unlink()
        self.subject.invalidate_recordset()
        self.assertNotIn(partner, self.subject.message_partner_ids)
        messages = self.env["mail.message"].with_user(self.operator)
        self.assertFalse(messages.search([("id", "=", mine.id)]))
        with self.assertRaises(AccessError):
            messages.browse(mine.id).read(["body"])

    def test_a_store_that_leaves_a_group_unsubscribes_its_people(self):
        partner = self.employee.partner_id
        self.employee.group_ids += self.env.ref("linkstar_project.group_operator")
        group = self.env["linkstar.store.group"].create({"name": "G", "code": "TG"})
        self.join(self.employee, group, share=0)
        losses = (
            lambda: group.write({"store_ids": [(5,)]}),
            lambda: group.write({"active": False}),
            lambda: self.store.write({"group_ids": [(3, group.id)]}),
            group.unlink,
        )
        for number, lose in enumerate(losses):
            with self.subTest(loss=number):
                group.write({"active": True, "store_ids": self.store.ids})
                self.subject.message_subscribe(partner.ids)
                self.assertIn(partner, self.subject.message_partner_ids)
                lose()
                self.subject.invalidate_recordset()
                self.assertNotIn(partner, self.subject.message_partner_ids)

    def test_only_members_follow_and_are_told(self):
        outside = self.stranger.partner_id | self.env["res.partner"].create(
            {"name": "Customer", "email": "customer@example.com"}
        )
        self.subject.message_subscribe((outside | self.lead.partner_id).ids)
        self.assertFalse(outside & self.subject.message_partner_ids)
        self.assertIn(self.lead.partner_id, self.subject.message_partner_ids)
        message = self.post(
            self.operator, partner_ids=(outside | self.lead.partner_id).ids
        )
        told = message.sudo().notification_ids.res_partner_id
        self.assertEqual(told, self.lead.partner_id)

    def test_an_email_carries_neither_words_nor_files(self):
        self.lead.notification_type = "email"
        file = self.env["ir.attachment"].create(
            {
                "name": "plan.txt",
                "raw": b"secret plan",
                "res_model": "project.task",
                "res_id": self.subject.id,
            }
        )
        message = self.subject.with_user(self.operator).message_post(
            body="secret words",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.lead.partner_id.ids,
            attachment_ids=file.ids,
        )
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertTrue(mail)
        self.assertNotIn("secret", mail.body_html)
        self.assertIn(self.subject.name, mail.body_html + (mail.subject or ""))
        for email in mail._prepare_outgoing_list():
            self.assertFalse(email["attachments"])
        self.assertIn("secret words", message.body)
        self.assertEqual(message.attachment_ids, file)

    def test_who_is_no_member_is_not_assigned(self):
        with self.assertRaisesRegex(ValidationError, "not a member"):
            self.subject.user_ids = self.stranger
        self.subject.user_ids = self.lead

    def test_context_defaults_forge_no_message(self):
        messages = (
            self.env["mail.message"]
            .with_user(self.operator)
            .with_context(
                default_model="project.task",
                default_res_id=self.subject.id,
                default_author_id=self.lead.partner_id.id,
                default_date="2020-01-01 00:00:00",
            )
        )
        for values in ({}, {"author_id": False, "email_from": "boss@example.com"}):
            message = messages.create(
                {"body": "x", "message_type": "comment", **values}
            )
            self.assertEqual(message.sudo().author_id, self.operator.partner_id)
            self.assertGreater(message.sudo().date.year, 2020)
            self.assertNotIn("boss", message.sudo().email_from or "")

    def test_an_auditor_neither_follows_nor_answers(self):
        subject = self.subject.with_user(self.auditor)
        with self.assertRaises(AccessError):
            subject.message_subscribe(self.auditor.partner_id.ids)
        asked = self.subject.message_post(
            body="?", message_type="comment", partner_ids=self.auditor.partner_id.ids
        )
        with self.assertRaises(AccessError):
            self.env["mail.message"].with_user(self.auditor).create(
                {
                    "model": "project.task",
                    "res_id": self.subject.id,
                    "parent_id": asked.id,
                    "body": "x",
                    "message_type": "comment",
                }
            )

    def test_an_activity_does_not_move_to_a_foreign_task(self):
        foreign = self.task(self.other_store)
        activity = (
            self.env["mail.activity"]
            .with_user(self.operator)
            .create({"summary": "free", "user_id": self.operator.id})
        )
        with self.assertRaises(AccessError):
            activity.write(
                {
                    "res_model_id": self.env["ir.model"]._get_id("project.task"),
                    "res_id": foreign.id,
                }
            )

    def test_a_task_gets_no_token_from_a_client(self):
        with self.assertRaises(AccessError):
            self.subject.with_user(self.operator).access_token = "mine"

    def test_activities_of_a_store_left_are_hidden(self):
        activity = self.subject.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.operator.id, summary="x"
        )
        activities = self.env["mail.activity"].with_user(self.operator)
        domain = [("id", "=", activity.id)]
        self.assertTrue(activities.search(domain))
        self.env["linkstar.store.member"].search(
            [("user_id", "=", self.operator.id)]
        ).unlink()
        self.assertFalse(activities.search(domain))
        with self.assertRaises(AccessError):
            activities.browse(activity.id).read(["summary"])


@tagged("post_install", "-at_install")
class TestFiles(TrustCase):
    """Files of a store's record are neither public nor reachable by a link."""

    def attach(self, user, **values):
        task = self.task(self.store)
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .create(
                {
                    "name": "photo.txt",
                    "datas": base64.b64encode(b"x"),
                    "res_model": "project.task",
                    "res_id": task.id,
                    **values,
                }
            )
        )

    def test_neither_public_nor_with_a_token(self):
        attachment = self.attach(self.operator)
        with self.assertRaises(AccessError):
            attachment.public = True
        with self.assertRaises(AccessError):
            attachment.access_token = "x"
        with self.assertRaises(AccessError):
            attachment.generate_access_token()
        with self.assertRaises(AccessError):
            self.attach(self.operator, public=True)
        for defaults in ({"default_public": True}, {"default_access_token": "x"}):
            task = self.task(self.store)
            with self.assertRaises(AccessError):
                self.env["ir.attachment"].with_user(self.operator).with_context(
                    **defaults
                ).create({"name": "x", "res_model": "project.task", "res_id": task.id})

    def test_a_public_file_is_not_hung_onto_a_record(self):
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.operator)
            .create({"name": "x", "datas": base64.b64encode(b"x"), "public": True})
        )
        with self.assertRaises(AccessError):
            attachment.write(
                {"res_model": "project.task", "res_id": self.task(self.store).id}
            )

    def test_foreign_files_are_out_of_reach(self):
        attachment = self.attach(self.operator)
        with self.assertRaises(AccessError):
            attachment.with_user(self.stranger).read(["datas"])
        with self.assertRaises(AccessError):
            self.attach(self.auditor)


@tagged("post_install", "-at_install")
class TestRoles(TrustCase):
    """What several roles of one person give together."""

    def test_an_auditor_who_also_operates_writes_in_own_stores_only(self):
        self.operator.group_ids += self.env.ref("linkstar_project.group_auditor")
        own, foreign = self.task(self.store), self.task(self.other_store)
        own.with_user(self.operator).name = "Changed"
        self.assertTrue(foreign.with_user(self.operator).read(["name"]))
        with self.assertRaises(AccessError):
            foreign.with_user(self.operator).name = "Changed"

    def test_core_s_project_administrator_sees_own_stores_only(self):
        self.operator.group_ids += self.env.ref("project.group_project_manager")
        foreign = self.task(self.other_store)
        tasks = self.env["project.task"].with_user(self.operator)
        self.assertFalse(tasks.search([("id", "=", foreign.id)]))

    def test_stores_of_another_company_stay_hidden(self):
        company = self.env["res.company"].create({"name": "Second company"})
        seen = self.env["linkstar.store"].with_user(self.admin)
        store = self.make_store("T-COMPANY", company_id=company.id)
        self.assertFalse(seen.search([("id", "=", store.id)]))
        self.admin.company_ids += company
        seen = seen.with_context(allowed_company_ids=company.ids)
        self.assertTrue(seen.search([("id", "=", store.id)]))
