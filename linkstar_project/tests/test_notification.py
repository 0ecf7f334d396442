"""Who sees, who confirms, and who may change what was told."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .tell_common import TellCase


@tagged("post_install", "-at_install")
class TestNotificationRights(TellCase):
    def setUp(self):
        super().setUp()
        self.due_in(minutes=-1)
        self.row = self.queue_one(self.odoo_channel, needs_ack=True)

    def test_only_its_recipient_confirms(self):
        with self.assertRaisesRegex(AccessError, "somebody else"):
            self.row.with_user(self.lead).acknowledge()
        self.row.with_user(self.operator).acknowledge()
        self.assertTrue(self.row.acknowledged_at)

    def test_one_confirmation_serves_every_channel(self):
        other = self.queue_one(self.email_channel, needs_ack=True)
        self.row.with_user(self.operator).acknowledge()
        self.assertTrue(other.acknowledged_at)

    def test_a_confirmation_stays_on_record(self):
        self.row.with_user(self.operator).acknowledge()
        entry = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", "project.task"), ("res_id", "=", self.task.id)], limit=1
        )
        self.assertEqual(entry.field_name, "acknowledged_at")

    @mute_logger("odoo.models")
    def test_nobody_writes_the_outbox(self):
        admin = self.env.ref("base.user_admin")
        for user in (self.operator, self.lead, admin):
            row = self.row.with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.write({"state": "sent"})
            with self.assertRaises(AccessError):
                row.unlink()

    def test_the_token_is_read_by_nobody(self):
        with self.assertRaises(AccessError):
            self.row.with_user(self.operator).read(["token"])

    def test_other_stores_see_nothing(self):
        stranger = new_test_user(
            self.env, "tell_stranger", "linkstar_project.group_operator"
        )
        self._add_member(self.other_store, stranger, self.role)
        self.assertFalse(self.outbox.with_user(stranger).search([]) & self.row)
        self.assertTrue(self.outbox.with_user(self.operator).search([]) & self.row)

    def test_a_message_without_store_is_its_recipients_own(self):
        row = self.queue_one(self.email_channel, store_id=None)
        self.assertIn(row, self.outbox.with_user(self.operator).search([]))
        self.assertNotIn(row, self.outbox.with_user(self.buyer).search([]))

    def test_operators_do_not_resend(self):
        with self.assertRaisesRegex(AccessError, "Only LinkStar administrators"):
            self.row.with_user(self.operator).action_resend()

    def test_the_health_page_is_not_for_operators(self):
        health = self.env["linkstar.health.provider"]
        with self.assertRaisesRegex(AccessError, "health page is for"):
            health.with_user(self.operator).linkstar_health()


@tagged("post_install", "-at_install")
class TestAcknowledgeLink(TellCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.operator.password = "plan_operator_pw"
        self.lead.password = "plan_lead_pw_long"
        self.due_in(minutes=-1)
        self.row = self.queue_one(self.odoo_channel, needs_ack=True)
        self.path = f"/linkstar/ack/{self.row.sudo().token}"
        self.env.flush_all()

    def token(self, text):
        return text.split('name="csrf_token" value="')[1].split('"')[0]

    def test_opening_the_link_confirms_nothing_and_the_button_does(self):
        self.authenticate("plan_operator", "plan_operator_pw")
        page = self.url_open(self.path)
        self.assertIn("Count stock", page.text)
        self.assertFalse(self.row.acknowledged_at)
        done = self.url_open(self.path, data={"csrf_token": self.token(page.text)})
        self.assertIn("Confirmed.", done.text)
        self.row.invalidate_recordset()
        self.assertTrue(self.row.acknowledged_at)

    def test_another_person_sees_no_title_and_confirms_nothing(self):
        self.authenticate("plan_lead", "plan_lead_pw_long")
        page = self.url_open(self.path)
        self.assertIn("somebody else", page.text)
        self.assertNotIn("Count stock", page.text)
        self.assertFalse(self.row.acknowledged_at)

    def test_an_unknown_link_says_so(self):
        self.authenticate("plan_operator", "plan_operator_pw")
        self.assertIn("not known", self.url_open("/linkstar/ack/nonsense").text)

    def test_without_signing_in_nothing_is_shown(self):
        page = self.url_open(self.path)
        self.assertIn("/web/login", page.url)
        self.assertNotIn("Count stock", page.text)
