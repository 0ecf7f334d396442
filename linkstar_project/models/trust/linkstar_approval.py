"""Approvals: ordered steps, decided by a method only."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .secret_keys import real_uid


class LinkstarApproval(models.Model):
    """A request that somebody else approves what a record says.

    Nobody has write access: requests come from the record's
    ``request_approval``, decisions from ``decide``.
    """

    _name = "linkstar.approval"
    _description = "Approval"
    _order = "id desc"
    _rec_name = "res_name"
    _allow_sudo_commands = False

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        model_field="res_model", required=True, readonly=True, aggregator=None
    )
    res_name = fields.Char(string="Record", readonly=True)
    store_id = fields.Many2one(
        "linkstar.store", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    policy_id = fields.Many2one(
        "linkstar.approval.policy", readonly=True, ondelete="restrict"
    )
    requester_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict"
    )
    content_hash = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [
            ("pending", "To approve"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="pending",
        index=True,
    )
    requested_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    closed_at = fields.Datetime(readonly=True)
    step_ids = fields.One2many("linkstar.approval.step", "approval_id", readonly=True)
    current_step_id = fields.Many2one(
        "linkstar.approval.step", compute="_compute_current_step_id"
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")
    is_requester = fields.Boolean(compute="_compute_can_decide")

    _record_idx = models.Index("(res_model, res_id)")
    _one_pending = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'pending'",
        "An approval of this record is requested already.",
    )

    def _compute_current_step_id(self):
        for approval in self:
            open_steps = approval.step_ids.filtered(lambda s: s.state == "pending")
            approval.current_step_id = open_steps[:1]

    def _compute_can_decide(self):
        user = self.env["res.users"].browse(real_uid(self.env))
        for approval in self:
            step = approval.sudo().current_step_id
            approval.is_requester = approval.requester_id == user
            approval.can_decide = bool(
                approval.state == "pending" and user in step._allowed_users()
            )

    def decide(self, approve, reason=""):
        """Approve or reject the step that is due.

        The record is locked before the approval, so that its content cannot
        change between the check and the decision.

        :param approve: True or False
        :param reason: required for a rejection
        :return: True
        :raise AccessError: not one of the step's approvers, or the requester
        :raise UserError: not pending any more, or the record has changed since
        """
        self.ensure_one()
        self.check_access("read")
        approval = self.sudo()
        record = self.env[approval.res_model].sudo().browse(approval.res_id).exists()
        if record:
            record.lock_for_update()
        approval.lock_for_update()
        approval.invalidate_recordset()
        approval._check_open(record)
        step = approval.current_step_id
        user = self.env["res.users"].sudo().browse(real_uid(self.env))
        approval._check_decider(step, user)
        record.with_user(user).check_access("read")
        if not approve and not (reason or "").strip():
            raise UserError(
                self.env._("Say why you reject, so that it can be put right.")
            )
        step.write(
            {
                "state": "approved" if approve else "rejected",
                "decided_by_id": user.id,
                "decided_at": fields.Datetime.now(),
                "reason": (reason or "").strip(),
            }
        )
        approval._advance(record, bool(approve), reason)
        return True

    def action_approve(self):
        """Approve the step that is due (button)."""
        return self.decide(True)

    def _check_open(self, record):
        if self.state != "pending":
            raise UserError(
                self.env._(
                    "This approval of %(record)s is closed already. Reload the page.",
                    record=self.res_name,
                )
            )
        if not record:
            raise UserError(
                self.env._(
                    "%(record)s was deleted, so there is nothing to approve.",
                    record=self.res_name,
                )
            )
        if record._approval_hash() != self.content_hash:
            raise UserError(
                self.env._(
                    "%(record)s has changed since approval was requested. Ask "
                    "%(requester)s to request it again.",
                    record=self.res_name,
                    requester=self.requester_id.name,
                )
            )

    def _record(self):
        """The record to be approved, as superuser."""
        self.ensure_one()
        return self.env[self.res_model].sudo().browse(self.res_id)

    def _check_decider(self, step, user):
        if user in self.requester_id._linkstar_same_person():
            raise AccessError(
                self.env._("Nobody approves their own request. Ask somebody else.")
            )
        if user in self._record()._approval_barred():
            raise AccessError(
                self.env._(
                    "%(record)s is your own work: somebody else decides.",
                    record=self.res_name,
                )
            )
        if user not in step._allowed_users():
            raise AccessError(
                self.env._(
                    "Step %(step)s of %(record)s is for %(people)s to decide.",
                    step=step.name,
                    record=self.res_name,
                    people=", ".join(step._allowed_users().mapped("name")) or "?",
                )
            )

    def _advance(self, record, approve, reason):
        """Open the next step, or close the approval and tell the record."""
        waiting = self.step_ids.filtered(lambda step: step.state == "waiting")
        record._linkstar_audit_approval("approve" if approve else "reject", reason)
        if approve and waiting:
            waiting[0].state = "pending"
            return
        if not approve:
            waiting.write({"state": "skipped"})
        self.write(
            {
                "state": "approved" if approve else "rejected",
                "closed_at": fields.Datetime.now(),
            }
        )
        if approve:
            record._on_approved(self)
        else:
            record._on_rejected(self)

    def cancel_request(self):
        """Withdraw a request: its requester or an administrator.

        :return: True
        """
        for approval in self:
            approval.check_access("read")
            user = self.env["res.users"].sudo().browse(real_uid(self.env))
            if user != approval.requester_id and not user.has_group(
                "linkstar_project.group_admin"
            ):
                raise AccessError(
                    self.env._("Only who requested an approval may withdraw it.")
                )
            sudo = approval.sudo()
            sudo.lock_for_update()
            sudo.invalidate_recordset()
            if sudo.state != "pending":
                raise UserError(self.env._("This approval is closed already."))
            sudo.write({"state": "cancelled", "closed_at": fields.Datetime.now()})
            sudo.step_ids.filtered(lambda s: s.state in ("waiting", "pending")).write(
                {"state": "skipped"}
            )
        return True


class LinkstarApprovalStep(models.Model):
    """One step of a request and who decided it."""

    _name = "linkstar.approval.step"
    _description = "Approval step"
    _order = "sequence, id"
    _allow_sudo_commands = False

    approval_id = fields.Many2one(
        "linkstar.approval",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("pending", "To approve"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("skipped", "Not needed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    approver_ids = fields.Many2many("res.users", string="Approvers", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_at = fields.Datetime(readonly=True)
    reason = fields.Text(readonly=True)

    def _allowed_users(self):
        """Return who may decide: approvers who decided no earlier step.

        Where that leaves nobody, the policy's fallback approver may.
        """
        users = self.env["res.users"]
        for step in self:
            approval = step.approval_id
            own = approval.requester_id._linkstar_same_person()
            record = approval._record()
            if "approval_ids" in record._fields:
                own |= record.exists()._approval_barred()
            barred = own
            for earlier in approval.step_ids - step:
                barred |= earlier.decided_by_id._linkstar_same_person()
            free = step.approver_ids.filtered("active") - barred
            fallback = approval.policy_id.fallback_user_id
            found = free or (fallback.filtered("active") - own)
            if not found and "approval_ids" in record._fields:
                found = record._approval_last_resort().filtered("active") - own
            users |= found
        return users
