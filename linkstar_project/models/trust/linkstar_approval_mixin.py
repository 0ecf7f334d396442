"""Records that others approve."""

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.linkstar_project.engine.content_hash import content_hash

from .secret_keys import real_uid


class LinkstarApprovalMixin(models.AbstractModel):
    """Give a model ``request_approval`` and a state that follows its content.

    A model says what is approved by ``_approval_content`` and may act in
    ``_on_approved`` and ``_on_rejected`` (called as superuser, record locked).
    """

    _name = "linkstar.approval.mixin"
    _description = "Record with approvals"

    approval_ids = fields.One2many(
        "linkstar.approval",
        "res_id",
        domain=lambda self: [("res_model", "=", self._name)],
        string="Approvals",
        readonly=True,
    )
    approval_state = fields.Selection(
        [
            ("none", "Not requested"),
            ("pending", "To approve"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("outdated", "Changed since approved"),
        ],
        compute="_compute_approval_state",
    )

    def _compute_approval_state(self):
        approvals = (
            self.env["linkstar.approval"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "!=", "cancelled"),
                ],
                order="id",
            )
        )
        latest = {approval.res_id: approval for approval in approvals}
        for record in self:
            approval = latest.get(record._origin.id)
            state = approval.state if approval else "none"
            if state == "approved" and (
                approval.content_hash != record._origin.sudo()._approval_hash()
            ):
                state = "outdated"
            record.approval_state = state

    # -- what a model may say about itself -----------------------------------------

    def _approval_content(self):
        """Return what is approved: nested dicts, lists and plain values."""
        raise NotImplementedError

    def _approval_kind(self):
        """Return the policy's kind for this record, or an empty text."""
        return ""

    def _approval_store(self):
        """Return the store whose roles decide, or none."""
        return (
            self.store_id if "store_id" in self._fields else self.env["linkstar.store"]
        )

    def _approval_company(self):
        """Return the company whose policy holds."""
        company = self.company_id if "company_id" in self._fields else None
        return company or self._approval_store().company_id or self.env.company

    def _on_approved(self, approval):
        """Act on the last step's approval."""

    def _on_rejected(self, approval):
        """Act on a rejection."""

    def _approval_barred(self):
        """Return users who decide nothing about this record, whoever asked."""
        return self.env["res.users"]

    def _approval_last_resort(self):
        """Return who decides where neither step nor policy leaves anybody."""
        return self.env["res.users"]

    # -- requests -------------------------------------------------------------------

    def _approval_hash(self):
        self.ensure_one()
        return content_hash(self._approval_content())

    def request_approval(self):
        """Ask for approval of what the records say now; steps come from the policy.

        :return: the new approvals
        :raise UserError: no policy, nobody to decide, or requested already
        """
        self.check_access("read")
        self.check_access("write")
        approvals = self.env["linkstar.approval"]
        for record in self:
            approvals |= record._request_one_approval()
        return approvals

    def _request_one_approval(self):
        record = self.sudo()
        record.lock_for_update()
        policy = self.env["linkstar.approval.policy"]._for_record(record)
        if not policy:
            raise UserError(
                self.env._(
                    "No approval policy covers %(record)s. Ask an administrator to "
                    "add one under Settings, Approval policies.",
                    record=record.display_name,
                )
            )
        record._check_not_requested()
        store = record._approval_store()
        approval = (
            self.env["linkstar.approval"]
            .sudo()
            .create(
                {
                    "res_model": self._name,
                    "res_id": self.id,
                    "res_name": record.display_name,
                    "store_id": store.id,
                    "policy_id": policy.id,
                    "requester_id": real_uid(self.env),
                    "content_hash": record._approval_hash(),
                }
            )
        )
        policy._make_steps(approval, store)
        record._check_deciders(approval)
        record._linkstar_audit_approval("other", self.env._("Approval requested"))
        return approval.sudo(False)

    def _check_not_requested(self):
        approvals = self.env["linkstar.approval"].sudo()
        if approvals.search_count(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("state", "=", "pending"),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "Approval of %(record)s is requested already and not decided yet.",
                    record=self.display_name,
                )
            )

    def _check_deciders(self, approval):
        """Every step has somebody who may decide it."""
        for step in approval.step_ids:
            if not step._allowed_users():
                raise UserError(
                    self.env._(
                        "Nobody but you could decide step %(step)s of %(record)s. Ask "
                        "an administrator to name a fallback approver in policy "
                        "%(policy)s.",
                        step=step.name,
                        record=self.display_name,
                        policy=approval.policy_id.name,
                    )
                )

    # -- buttons of records that show their own request -------------------------------

    def _approval_to_decide(self):
        """The request that waits here, in the reader's environment.

        :raise UserError: none waits
        """
        raise NotImplementedError

    def _approve_pending(self):
        for record in self:
            record.check_access("read")
            record._approval_to_decide().decide(True)
        return True

    def _reject_dialog(self):
        """The dialog that asks why a request is rejected."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "linkstar.approval.reject",
            "name": self.env._("Reject"),
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_approval_id": self._approval_to_decide().id},
        }

    def _linkstar_audit_approval(self, action, reason):
        """Put a request or decision on the trail."""
        for record in self:
            store = record._approval_store()
            self.env["linkstar.audit.entry"]._append(
                self._name,
                [
                    {
                        "res_id": record.id,
                        "res_name": record.display_name,
                        "store_id": store.id or None,
                        "store_code": store.code or "",
                        "action": action,
                        "field_name": "approval",
                        "old_value": "",
                        "new_value": "",
                        "reason": reason or "",
                    }
                ],
            )
