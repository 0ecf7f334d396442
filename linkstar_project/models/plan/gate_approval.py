"""Gates that open when somebody else approves: request, decide, content bound."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime


class LinkstarGate(models.Model):
    """An approval gate goes through ``linkstar.approval``.

    Whoever works on the task asks; the policy's people decide, never the requester
    or the task's own assignee. What is approved is the task as it stood when it was
    asked for: its text, its subject and its files.
    """

    _name = "linkstar.gate"
    _inherit = ["linkstar.gate", "linkstar.approval.mixin"]

    can_request = fields.Boolean(compute="_compute_can_request")
    can_decide = fields.Boolean(compute="_compute_can_request")

    @api.depends("kind", "is_open", "approval_ids.state")
    @api.depends_context("uid")
    def _compute_can_request(self):
        for gate in self:
            pending = gate._pending_approval()
            waits = gate.kind == "approval" and not gate.is_open and gate.store_id
            gate.can_request = bool(waits and not pending)
            gate.can_decide = bool(waits and pending.with_env(self.env).can_decide)

    def _pending_approval(self):
        """The request that stands, or none."""
        self.ensure_one()
        return (
            self.env["linkstar.approval"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self._origin.ids),
                    ("state", "=", "pending"),
                ],
                limit=1,
            )
        )

    # -- what is approved ----------------------------------------------------------

    def _approval_kind(self):
        return "task_gate"

    def _approval_store(self):
        return self.store_id

    def _approval_company(self):
        return self.store_id.company_id or self.env.company

    def _approval_content(self):
        """The task as people read it, and its files by their checksum."""
        task = self.task_id.with_context(lang=None)
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", task._name),
                    ("res_id", "=", task.id),
                    ("res_field", "=", False),
                ],
                order="id",
            )
        )
        return {
            "gate": self.gate_uid or str(self.id),
            "task": task.id,
            "name": task.name,
            "description": str(task.description or ""),
            "store": self.store_id.id,
            "subject": self.project_id.subject or "",
            "files": [[file.name, file.checksum or ""] for file in files],
        }

    def _approval_barred(self):
        """Who does the task decides nothing about it, whoever asked."""
        people = self.env["res.users"]
        for user in self.task_id.user_ids:
            people |= user._linkstar_same_person()
        return people

    def _approval_last_resort(self):
        """Where the store has no second lead, an administrator decides."""
        return self.env.ref("linkstar_project.group_admin").sudo().all_user_ids

    def request_approval(self):
        """Ask for the approval of these gates.

        Whoever may work in the store may ask: the gate itself stays read-only.

        :return: the new approvals
        :raises UserError: for other kinds of gates and those that are open
        """
        self.check_access("read")
        approvals = self.env["linkstar.approval"]
        for gate in self:
            if gate.kind != "approval" or gate.sudo().is_open or not gate.store_id:
                raise UserError(
                    self.env._(
                        "%(gate)s needs no approval: it is open, or opens otherwise.",
                        gate=gate.display_name,
                    )
                )
            gate.sudo().store_id.with_env(self.env(su=False))._check_member("write")
            gate.sudo().task_id.with_env(self.env(su=False)).check_access("write")
            if gate.sudo().project_id.is_trial:
                # A trial asks nobody: it shows the step and goes on.
                gate._open_by_hand("trial", {})
                continue
            approvals |= gate._request_one_approval()
            gate._set_reason("approval_asked", {"by": self.env.user.name})
        return approvals

    def _set_reason(self, code, args):
        self.sudo().write(
            {
                "reason_code": code,
                "reason_args": args,
                "checked_at": fields.Datetime.now(),
            }
        )

    def _on_approved(self, approval):
        """Open the gate: the last step was approved."""
        people = approval.step_ids.decided_by_id
        self._open_by_hand("approved", {"confirmed_by_id": people[-1:].id})

    def _on_rejected(self, approval):
        """Stay closed, and say who rejected it and why."""
        step = approval.step_ids.filtered(lambda step: step.state == "rejected")[:1]
        self._set_reason(
            "rejected", {"by": step.decided_by_id.name, "reason": step.reason or ""}
        )

    # -- buttons -------------------------------------------------------------------

    def action_request_approval(self):
        """Ask for approval (button on the task)."""
        self.request_approval()
        return True

    def action_approve(self):
        """Approve the request that stands (button on the task)."""
        return self._approve_pending()

    def action_open_reject(self):
        """Open the wizard that asks why it is rejected."""
        return self._reject_dialog()

    def _approval_to_decide(self):
        approval = self._pending_approval()
        if not approval:
            raise UserError(
                self.env._(
                    "Nobody has asked for “%(gate)s” yet. Whoever works on "
                    "“%(task)s” asks for it on the task; then it can be approved.",
                    gate=self.display_name,
                    task=self.sudo().task_id.name,
                )
            )
        return approval.with_env(self.env)

    # -- evaluation and words --------------------------------------------------------

    @api.model
    def _evaluate_approval(self, gates, now):
        """An approval opens by its decision only."""
        return {
            gate.id: (gate.is_open, gate.reason_code or "", gate.reason_args or {})
            for gate in gates
        }

    def _explain_approval(self, now):
        """Not asked for, waiting for somebody, or rejected; and what to do."""
        approval = self._pending_approval()
        args = self.reason_args or {}
        if approval:
            people = approval.current_step_id._allowed_users()
            return self.env._(
                "“%(gate)s” waits for the approval of %(people)s; %(who)s asked for "
                "it on %(date)s.",
                gate=self.display_name,
                people=", ".join(people.mapped("name")) or "?",
                who=approval.requester_id.name,
                date=format_datetime(
                    self.env, approval.requested_at, dt_format="short"
                ),
            )
        if self.reason_code == "rejected":
            return self.env._(
                "“%(gate)s” was rejected by %(who)s: %(reason)s Put it right, then "
                "ask again.",
                gate=self.display_name,
                who=args.get("by") or "?",
                reason=(args.get("reason") or "").rstrip(".。") + ".",
            )
        return self.env._(
            "“%(gate)s” needs an approval. Attach what is to be approved and ask for "
            "it on this task; a lead who does not do the task decides.",
            gate=self.display_name,
        )

    def _check_decider(self):
        """Approvals are decided by their policy; an override needs a lead."""
        super()._check_decider()
        approval = self._pending_approval() if self.kind == "approval" else None
        user = self.env(su=False).user
        if approval and user in approval.requester_id._linkstar_same_person():
            if not user.has_group("linkstar_project.group_admin"):
                raise AccessError(
                    self.env._("Nobody approves their own request. Ask somebody else.")
                )
