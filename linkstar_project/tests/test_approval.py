"""Approvals: in order, by others, of what the record says."""

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged

from .trust_common import TrustCase, new_test_user


@tagged("post_install", "-at_install")
class TestApproval(TrustCase):
    """A listing stands for a record with approvals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_listings_approvable()
        cls.subject = cls.listing(cls.store, "APPROVE")
        cls.second = new_test_user(
            cls.env, "trust_second", "linkstar_project.group_operator"
        )
        cls.join(cls.second, cls.store, cls.env.ref("linkstar_project.role_finance"))
        cls.policy = cls.env["linkstar.approval.policy"].create(
            {
                "name": "Listing",
                "res_model": "linkstar.listing",
                "fallback_user_id": cls.admin.id,
                "step_ids": [
                    (0, 0, {"name": "Store", "role_id": cls.manager_role.id}),
                    (
                        0,
                        0,
                        {
                            "name": "Finance",
                            "sequence": 20,
                            "role_id": cls.env.ref("linkstar_project.role_finance").id,
                        },
                    ),
                ],
            }
        )

    @classmethod
    def _make_listings_approvable(cls):
        """Mix approvals into a model for the time of these tests."""
        listing = cls.registry["linkstar.listing"]
        bases = listing._base_classes__

        class Listing(models.Model):
            _module = None
            _name = "linkstar.listing"
            _inherit = ["linkstar.listing", "linkstar.approval.mixin"]

            def _approval_content(self):
                return {"name": self.name or "", "days": self.lead_time_days}

            def _on_approved(self, approval):
                self.lifecycle = "clearance"

        def restore():
            listing._base_classes__ = bases
            listing._setup_done__ = False
            cls.registry._setup_models__(cls.env.cr, [])

        cls.addClassCleanup(restore)
        add_to_registry(cls.registry, Listing)
        cls.registry._setup_models__(cls.env.cr, [])

    def request(self, user=None):
        return self.subject.with_user(user or self.admin).request_approval()

    def test_steps_are_decided_in_order_and_then_take_effect(self):
        approval = self.request()
        self.assertEqual(
            approval.sudo().step_ids.mapped("state"), ["pending", "waiting"]
        )
        with self.assertRaisesRegex(AccessError, "Store"):
            approval.with_user(self.second).decide(True)
        approval.with_user(self.lead).decide(True)
        self.assertEqual(self.subject.lifecycle, "active")
        approval.with_user(self.second).decide(True)
        self.assertEqual(approval.sudo().state, "approved")
        self.assertEqual(self.subject.lifecycle, "clearance")
        self.assertEqual(self.subject.approval_state, "approved")

    def test_a_change_after_the_request_stops_the_decision(self):
        approval = self.request()
        self.subject.name = "Other"
        with self.assertRaisesRegex(UserError, "has changed"):
            approval.with_user(self.lead).decide(True)

    def test_a_change_after_approval_shows(self):
        approval = self.request()
        approval.with_user(self.lead).decide(True)
        approval.with_user(self.second).decide(True)
        self.subject.lead_time_days = 3
        self.subject.invalidate_recordset(["approval_state"])
        self.assertEqual(self.subject.approval_state, "outdated")

    def test_nobody_approves_their_own_request(self):
        approval = self.request(self.lead)
        with self.assertRaises(AccessError):
            approval.with_user(self.lead).decide(True)
        with self.assertRaises(AccessError):
            approval.with_user(self.lead).sudo().decide(True)
        # Nobody else manages the store: the fallback approver decides.
        approval.with_user(self.admin).decide(True)
        self.assertEqual(approval.sudo().step_ids[0].decided_by_id, self.admin)

    def test_a_second_account_of_the_requester_is_the_same_person(self):
        twin = new_test_user(
            self.env,
            "trust_twin",
            "linkstar_project.group_operator",
            email=self.lead.email,
        )
        self.join(twin, self.store, self.manager_role, share=0, is_lead=True)
        approval = self.request(self.lead)
        with self.assertRaises(AccessError):
            approval.with_user(twin).decide(True)

    def test_one_person_decides_one_step(self):
        role = self.env.ref("linkstar_project.role_finance")
        self.join(self.lead, self.store, role, share=0)
        approval = self.request()
        approval.with_user(self.lead).decide(True)
        with self.assertRaises(AccessError):
            approval.with_user(self.lead).decide(True)
        approval.with_user(self.second).decide(True)

    def test_a_rejection_says_why_and_ends_it(self):
        approval = self.request()
        with self.assertRaisesRegex(UserError, "Say why"):
            approval.with_user(self.lead).decide(False)
        approval.with_user(self.lead).decide(False, "wrong price")
        self.assertEqual(approval.sudo().state, "rejected")
        with self.assertRaisesRegex(UserError, "closed already"):
            approval.with_user(self.second).decide(True)
        self.request()

    def test_a_second_request_waits_for_the_first(self):
        self.request()
        with self.assertRaisesRegex(UserError, "already"):
            self.request()

    def test_without_anybody_else_a_request_names_the_next_step(self):
        self.policy.fallback_user_id = False
        with self.assertRaisesRegex(UserError, "fallback approver"):
            self.request(self.lead)

    def test_clients_write_nothing(self):
        approval = self.request()
        for user in (self.admin, self.lead, self.auditor):
            with self.assertRaises(AccessError):
                approval.with_user(user).write({"state": "approved"})
            with self.assertRaises(AccessError):
                approval.with_user(user).sudo(False).step_ids.unlink()

    def test_strangers_neither_see_nor_decide(self):
        approval = self.request()
        with self.assertRaises(AccessError):
            approval.with_user(self.stranger).decide(True)

    def test_decisions_are_on_the_trail(self):
        approval = self.request()
        approval.with_user(self.lead).decide(True, "fine")
        entry = self.trail(self.subject, action="approve")
        self.assertEqual((entry.user_id, entry.reason), (self.lead, "fine"))
