"""Launching from core's server actions, and from the store's own page."""

from odoo.exceptions import (
    AccessError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestLaunchAction(PlanCase):
    def _action(self, model="linkstar.store", **values):
        return self.env["ir.actions.server"].create(
            {
                "name": "Launch",
                "model_id": self.env["ir.model"]._get_id(model),
                "state": "linkstar_launch",
                "linkstar_template_id": self.template.id,
                **values,
            }
        )

    def _run(self, action, records, user=None):
        # Whoever may press the button; the launch has rights of its own.
        action.group_ids = self.env.ref("base.group_user")
        env = self.env(user=user or self.lead)
        return (
            env["ir.actions.server"]
            .browse(action.id)
            .with_context(
                active_model=records._name,
                active_id=records[:1].id,
                active_ids=records.ids,
            )
            .run()
        )

    def _live(self, store=None):
        return self.env["project.project"].search(
            [("store_id", "=", (store or self.store).id), ("is_live", "=", True)]
        )

    def test_action_launches_for_the_store_it_runs_on(self):
        action = self._run(self._action(), self.store)
        project = self._live()
        self.assertEqual(len(project), 1)
        self.assertEqual(project.create_uid, self.lead)
        self.assertEqual(action["domain"], [("id", "in", project.ids)])

    def test_a_listing_is_the_subject_of_its_launch(self):
        self._run(self._action("linkstar.listing"), self.listing)
        self.assertEqual(self._live().subject_listing_id, self.listing)

    def test_what_runs_already_is_shown_and_not_doubled(self):
        action = self._action()
        self._run(action, self.store)
        again = self._run(action, self.store)
        self.assertEqual(again["domain"], [("id", "in", self._live().ids)])
        self.assertEqual(len(self._live()), 1)

    def test_stores_that_run_already_do_not_hold_up_the_others(self):
        admin = self.env.ref("base.user_admin")
        self._run(self._action(), self.store, admin)
        self._run(self._action(), self.store | self.other_store, admin)
        self.assertEqual(len(self._live()), 1)
        self.assertEqual(len(self._live(self.other_store)), 1)

    def test_rights_are_those_of_who_sets_it_off(self):
        action = self._action()
        with self.assertRaises(AccessError):
            self._run(action, self.store, self.operator)
        # Automation rules run actions as superuser: a launch does not.
        env = self.env(user=self.operator, su=True)
        with self.assertRaises(AccessError):
            env["ir.actions.server"].browse(action.id).with_context(
                active_model="linkstar.store",
                active_id=self.store.id,
                active_ids=self.store.ids,
            ).run()

    def test_rights_may_be_lent_by_a_lead_named_on_the_action(self):
        action = self._action(linkstar_owner_id=self.lead.id)
        self._run(action, self.store, self.operator)
        self.assertEqual(len(self._live()), 1)

    def test_lent_rights_reach_no_record_that_its_presser_cannot_see(self):
        admin = self.env.ref("base.user_admin")
        action = self._action(linkstar_owner_id=admin.id)
        with self.assertRaises(AccessError):
            self._run(action, self.other_store, self.operator)
        self.assertFalse(self._live(self.other_store))

    def test_target_date_is_counted_from_the_day_it_runs(self):
        self.template.anchor = "target"
        self.version = self.template.publish_version("target")
        self._run(self._action(linkstar_days=60), self.store)
        project = self._live()
        self.assertEqual((project.anchor_date - project.create_date.date()).days, 60)

    def test_a_model_that_names_no_store_needs_stores(self):
        with self.assertRaisesRegex(ValidationError, "names no store"):
            self._action("res.partner")
        action = self._action("res.partner", linkstar_store_ids=self.store.ids)
        partner = self.env["res.partner"].create({"name": "Supplier"})
        self._run(action, partner)
        self.assertEqual(len(self._live()), 1)

    def test_code_of_a_server_action_may_launch(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Launch",
                "model_id": self.env["ir.model"]._get_id("linkstar.store"),
                "state": "code",
                "code": f"env['project.project'].browse({self.template.id})"
                ".launch_template(records.ids)",
            }
        )
        self._run(action, self.store)
        self.assertEqual(len(self._live()), 1)

    def test_an_automation_rule_launches(self):
        if "base.automation" not in self.env:
            self.assertNotIn("base.automation", self.env)
            return
        action = self._action(usage="base_automation")
        self.env["base.automation"].create(
            {
                "name": "Store turns active",
                "model_id": action.model_id.id,
                "trigger": "on_create_or_write",
                "action_server_ids": action.ids,
            }
        )
        self.store.with_user(self.env.ref("base.user_admin")).state = "restricted"
        self.assertEqual(len(self._live()), 1)

    # -- templates of a store ------------------------------------------------------

    def test_a_store_shows_what_applies_to_it(self):
        own = self.env["project.project"].create(
            {
                "name": "Other store only",
                "is_template": True,
                "linkstar_kind": "routine",
                "bound_store_ids": self.other_store.ids,
            }
        )
        self._add_steps(own, [{"name": "Step"}])
        unpublished = own.copy({"name": "Draft"})
        own.publish_version()
        store = self.store.with_user(self.lead)
        self.assertIn(self.template, store.template_ids)
        self.assertNotIn(own, store.template_ids)
        self.assertNotIn(unpublished, store.template_ids)
        group = self.env["linkstar.store.group"].create(
            {"name": "Nova", "store_ids": self.store.ids}
        )
        own.bound_group_ids = group
        store.invalidate_recordset(["template_ids"])
        self.assertIn(own, store.template_ids)

    def test_a_template_of_other_stores_is_not_launched_here(self):
        self.template.bound_store_ids = self.other_store
        with self.assertRaisesRegex(UserError, "US-PLAN is none of them"):
            self._launch()
        with self.assertRaisesRegex(UserError, "US-PLAN is none of them"):
            self._launch(trial=True)

    def test_launch_button_fills_in_template_and_store(self):
        template = self.template.with_user(self.lead)
        action = template.with_context(
            linkstar_launch_store_id=self.store.id
        ).action_open_launch()
        wizard = (
            self.env["linkstar.launch"]
            .with_user(self.lead)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.store_ids, self.store)
        self.assertEqual(wizard.version_id, self.version)
        wizard.action_launch()
        self.assertEqual(self.store.running_ids, self._live())
        again = wizard.copy()
        self.assertIn(f"/odoo/project.project/{self._live().id}", again.preview)
        with self.assertRaises(RedirectWarning) as caught:
            again.action_launch()
        self.assertEqual(caught.exception.args[1]["res_id"], self._live().id)
