"""Levels of approval before scores are published, as the company sets them."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class LinkstarKpiPeriod(models.Model):
    """A company without a policy for periods publishes without further approval.

    With one, its steps decide in order; what they approve are the scores as they
    stand, so a score that changes afterwards needs the approval again.
    """

    _name = "linkstar.kpi.period"
    _inherit = ["linkstar.kpi.period", "linkstar.approval.mixin"]

    approval_needed = fields.Boolean(compute="_compute_approval_needed")
    approval_waits_for = fields.Char(compute="_compute_approval_needed")
    can_decide_approval = fields.Boolean(compute="_compute_approval_needed")

    @api.depends("state", "approval_ids.state", "approval_ids.step_ids.state")
    @api.depends_context("uid")
    def _compute_approval_needed(self):
        for period in self:
            pending = period._pending_approval()
            step = pending.step_ids.filtered(lambda step: step.state == "pending")
            asks = period.state in ("calculated", "review")
            period.approval_needed = bool(asks and period._approval_policy())
            people = step[:1]._allowed_users()
            period.approval_waits_for = ", ".join(people.mapped("name"))
            period.can_decide_approval = bool(
                pending and pending.with_env(self.env).can_decide
            )

    def _pending_approval(self):
        found = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        approvals = self.env["linkstar.approval"].sudo()
        return approvals.search([*found, ("state", "=", "pending")], limit=1)

    def _approval_policy(self):
        self.ensure_one()
        return self.env["linkstar.approval.policy"]._for_record(self)

    # -- what is approved ----------------------------------------------------------

    def _approval_content(self):
        """The scores as the approvers saw them."""
        cards = self.sudo().scorecard_ids.sorted("id")
        return {
            "period": self.name,
            "estimate": self.is_estimate,
            "cards": [
                [card.id, card.final_score, card.adjustment, card.veto_state]
                for card in cards
            ],
        }

    def _approval_barred(self):
        """Whoever is scored in the period decides nothing about it."""
        people = self.sudo().scorecard_ids.employee_id.user_id
        barred = super()._approval_barred()
        for user in people:
            barred |= user._linkstar_same_person()
        return barred

    def request_approval(self):
        """Ask for the approval of calculated scores.

        :return: the new approvals
        :raise UserError: unless the period is calculated or in review
        """
        self._check_state("calculated", "review")
        return super().request_approval()

    # -- buttons -------------------------------------------------------------------

    def action_request_approval(self):
        """Ask for approval (button)."""
        self.request_approval()
        return True

    def action_approve_request(self):
        """Approve what waits for the reader (button)."""
        return self._approve_pending()

    def action_reject_request(self):
        """Open the dialog that asks why (button)."""
        return self._reject_dialog()

    def _approval_to_decide(self):
        approval = self._pending_approval()
        if not approval:
            raise UserError(
                self.env._("Nothing about %s waits for a decision.", self.name)
            )
        return approval.with_env(self.env)

    # -- what needs it -------------------------------------------------------------

    def _check_can_publish(self):
        """Publishing waits for the levels that the company has set."""
        super()._check_can_publish()
        if not self._approval_policy():
            return
        self.invalidate_recordset(["approval_state", "approval_waits_for"])
        if self.approval_state == "approved":
            return
        if self.approval_state == "pending":
            raise UserError(
                self.env._(
                    "The scores of %(period)s wait for the approval of %(people)s.",
                    period=self.name,
                    people=self.approval_waits_for or "?",
                )
            )
        if self.approval_state == "outdated":
            raise UserError(
                self.env._(
                    "Scores of %s changed after their approval. Ask for it again.",
                    self.name,
                )
            )
        raise UserError(
            self.env._(
                "The scores of %s are not approved yet. Press “Ask for approval” "
                "first.",
                self.name,
            )
        )
