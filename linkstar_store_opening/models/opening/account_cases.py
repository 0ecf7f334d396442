"""Accounts in use: suspension, reinstatement, closing and handover from the store."""

from odoo import models
from odoo.exceptions import UserError

CASES = ("suspension", "reinstatement", "closing", "handover")


class LinkstarStore(models.Model):
    _inherit = "linkstar.store"

    def action_account_case(self):
        """Open the launch of the steps for what happens to this account (button).

        The button's context names the case. A suspended account is marked as
        restricted first, so that boards and the linkage register know it.
        """
        self.ensure_one()
        self.check_access("read")
        case = self.env.context.get("linkstar_case")
        template = self.env["project.project"]
        if case in CASES:
            template = template.search(
                [("template_code", "=", f"case_{case}"), ("is_template", "=", True)],
                limit=1,
            )
        if not template:
            raise UserError(
                self.env._(
                    "There is no template for this any more. Take it from the library "
                    "of built-in templates again."
                )
            )
        if case == "suspension" and self.state == "active":
            self._restrict()
        return template.with_context(
            linkstar_launch_store_id=self.id
        ).action_open_launch()

    def _restrict(self):
        """The platform has restricted the account; its opening's history says so."""
        opening = self.env["project.project"].search(
            [
                ("store_id", "=", self.id),
                ("linkstar_kind", "=", "opening"),
                ("application_step", "=", "active"),
            ],
            limit=1,
        )
        if opening:
            opening.move_application("suspended")
        else:
            self.state = "restricted"
