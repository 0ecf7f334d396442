"""Obligations of a store do not stay with somebody who leaves."""

from odoo.exceptions import RedirectWarning
from odoo.tests import tagged

from odoo.addons.linkstar_project.tests.plan_common import PlanCase
from odoo.addons.linkstar_project.tests.trust_common import new_test_user


@tagged("post_install", "-at_install")
class TestOpeningHandover(PlanCase):
    def test_obligations_go_to_the_successor(self):
        heir = new_test_user(
            self.env, "opening_heir", "linkstar_project.group_operator"
        )
        obligation = self.env["linkstar.obligation"].create(
            {
                "store_id": self.store.id,
                "type_id": self.env["linkstar.obligation.type"].search([], limit=1).id,
                "due_date": "2031-01-01",
                "user_id": self.operator.id,
            }
        )
        with self.assertRaises(RedirectWarning) as caught:
            self.operator.active = False
        self.assertIn("Obligations: 1", caught.exception.args[0])
        handovers = self.env["linkstar.handover"].with_user(self.lead)
        handover = handovers.create(
            {"user_id": self.operator.id, "successor_id": heir.id}
        )
        handover.action_hand_over()
        self.assertEqual(obligation.user_id, heir)
        self.operator.active = False
