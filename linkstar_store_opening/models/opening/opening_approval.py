"""Approvals of an opening: to begin at all, and to go to the platform."""

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Kinds of ``linkstar.approval.policy``: a company without an active policy of a kind
#: asks nobody.
START, SUBMISSION = "opening_start", "opening_submission"


class LinkstarApprovalPolicy(models.Model):
    _inherit = "linkstar.approval.policy"

    @api.model
    @api.private
    def _for_record(self, record):
        """The SOP's own order of people comes before the company's."""
        if record._name == "project.project" and record._approval_kind() == SUBMISSION:
            own = record.sudo().sop_id.approval_policy_id
            if own.active and own.step_ids:
                return own
        return super()._for_record(record)


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "linkstar.approval.mixin"]

    payer_id = fields.Many2one(
        "res.partner", "Paid by", copy=False, help="Who pays for this opening."
    )
    opening_reason = fields.Text(
        "Why", copy=False, help="Why this shop is opened; approvers read it."
    )
    approval_needed = fields.Boolean(compute="_compute_approval_needed")
    approval_waits_for = fields.Char(compute="_compute_approval_needed")
    can_decide_approval = fields.Boolean(compute="_compute_approval_needed")

    @api.depends("application_step", "approval_ids.state", "sop_id")
    @api.depends_context("uid")
    def _compute_approval_needed(self):
        for project in self:
            pending = project._pending_approval()
            step = project.application_step
            asks = project.linkstar_kind == "opening" and step in ("requested", "ready")
            project.approval_needed = bool(asks and project._approval_policy())
            people = pending.current_step_id._allowed_users()
            project.approval_waits_for = ", ".join(people.mapped("name"))
            project.can_decide_approval = bool(
                pending and pending.with_env(self.env).can_decide
            )

    def _compute_approval_state(self):
        """The approval to begin says nothing about the submission."""
        super()._compute_approval_state()
        for project in self:
            latest = project.sudo().approval_ids.filtered(
                lambda a: a.state != "cancelled"
            )
            kind = latest.sorted("id")[-1:].policy_id.kind
            if kind == START and project.application_step != "requested":
                project.approval_state = "none"

    def _pending_approval(self):
        return self.sudo().approval_ids.filtered(lambda a: a.state == "pending")[:1]

    def _approval_policy(self):
        return self.env["linkstar.approval.policy"]._for_record(self)

    # -- what is approved -------------------------------------------------------

    def _approval_kind(self):
        if self.linkstar_kind != "opening":
            return ""
        return START if self.application_step == "requested" else SUBMISSION

    def _approval_content(self):
        """What the approvers saw; a change of any of it needs a new approval."""
        project = self.sudo()
        content = {
            "kind": self._approval_kind(),
            "store": project.store_id.id,
            "entity": project.entity_id.id,
            "entity_name": project.entity_id.name or "",
            "payout": project.payout_method or "",
            "payer": project.payer_id.id,
        }
        if self._approval_kind() == START:
            return {**content, "reason": project.opening_reason or ""}
        return {
            **content,
            "planned": str(project.planned_submission_date or ""),
            "round": len(project.submission_ids) + 1,
            "papers": [
                paper._approval_facts()
                for paper in project.requirement_ids.sorted("id")
            ],
        }

    def _approval_barred(self):
        """Who prepares the opening decides nothing about it, whoever asked."""
        if not self.user_id:
            return super()._approval_barred()
        return super()._approval_barred() | self.user_id._linkstar_same_person()

    def _approval_last_resort(self):
        return self.env.ref("linkstar_project.group_admin").sudo().all_user_ids

    def _on_approved(self, approval):
        """An approved beginning lets the work on the papers start."""
        result = super()._on_approved(approval)
        if self.application_step == "requested":
            self._enter_step("preparing")
        return result

    def _on_rejected(self, approval):
        """A declined beginning ends the opening; a declined submission goes back."""
        result = super()._on_rejected(approval)
        reason = approval.step_ids.filtered(lambda s: s.state == "rejected").reason
        if self.application_step == "requested":
            self._enter_step("cancelled", reason or "")
            self.store_id.sudo().write({"state": "closed"})
        elif self.application_step == "ready":
            self._enter_step("preparing", reason or "")
        return result

    def request_approval(self):
        """Ask for the approval that this step of the opening needs.

        :return: the new approvals
        :raise UserError: not an opening at such a step, or papers are not ready
        """
        self._check_opening_member()
        approvals = self.env["linkstar.approval"]
        for project in self:
            if project.linkstar_kind != "opening" or project.application_step not in (
                "requested",
                "ready",
            ):
                raise UserError(
                    self.env._(
                        "%s is not at a step that anybody approves. Make it ready to "
                        "submit first.",
                        project.display_name,
                    )
                )
            if project.application_step == "ready":
                project._check_papers()
            approvals |= project._request_one_approval()
        return approvals

    def _check_approved(self):
        """Raise unless the approval of what would be sent now stands."""
        if not self._approval_policy():
            return
        self.invalidate_recordset(["approval_state"])
        state = self.approval_state
        if state == "approved":
            return
        if state == "pending":
            raise UserError(
                self.env._(
                    "%(opening)s waits for the approval of %(people)s.",
                    opening=self.name,
                    people=self.approval_waits_for or "?",
                )
            )
        if state == "outdated":
            raise UserError(
                self.env._(
                    "%s was changed after its approval. Ask for the approval again.",
                    self.name,
                )
            )
        raise UserError(
            self.env._(
                "%s is not approved yet. Press “Ask for approval” first.", self.name
            )
        )

    # -- buttons ---------------------------------------------------------------

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
                self.env._("Nothing waits for an approval here. Reload the page.")
            )
        return approval.with_env(self.env)


class LinkstarRequirement(models.Model):
    _inherit = "linkstar.requirement"

    @api.private
    def _approval_facts(self):
        """What an approver relies on about one paper: plain values."""
        document = self.sudo().document_id
        return {
            "type": self.type_id.code,
            "document": document.id,
            "issued": str(document.issue_date or ""),
            "expires": str(document.expiry_date or ""),
            "files": self._frozen_files() if "file_ids" in document._fields else [],
        }
