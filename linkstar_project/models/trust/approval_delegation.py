"""Delegation of approvals: who decides for whom, from when until when."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .secret_keys import real_uid


class LinkstarApprovalDelegation(models.Model):
    """Somebody decides in another's place for some days.

    Only the person themselves or an administrator delegates. A delegate decides what
    the absent person could decide, never a request of their own.
    """

    _name = "linkstar.approval.delegation"
    _description = "Approval delegation"
    _inherit = ["linkstar.audit.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "user_id"
    _audit_fields = ("user_id", "delegate_id", "date_from", "date_to", "reason")
    _audit_store_path = None

    user_id = fields.Many2one(
        "res.users",
        string="Away",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    delegate_id = fields.Many2one(
        "res.users",
        string="Decides instead",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    date_to = fields.Date(required=True, help="Last day.")
    reason = fields.Char()

    _in_order = models.Constraint(
        "CHECK(date_to >= date_from)", "The last day comes before the first."
    )

    @api.constrains("user_id", "delegate_id")
    def _check_people(self):
        user = self.env["res.users"].browse(real_uid(self.env))
        admin = self.env.su or user.has_group("linkstar_project.group_admin")
        for row in self:
            if not admin and row.user_id != user:
                raise AccessError(
                    self.env._("You delegate your own approvals only, not others'.")
                )
            if row.delegate_id in row.user_id._linkstar_same_person():
                raise ValidationError(
                    self.env._("Name somebody else: you cannot stand in for yourself.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Create; rules that name who decides for whom are computed anew."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Write; rules that name who decides for whom are computed anew."""
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        """Delete; rules that name who decides for whom are computed anew."""
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @api.private
    def _delegates(self, users, on):
        """Return who decides for any of these users on a day.

        :param users: ``res.users``
        :param on: date
        :return: ``res.users``, without chains: a delegate's delegate decides nothing
        """
        if not users:
            return users
        found = self.sudo().search(
            [
                ("user_id", "in", users.ids),
                ("date_from", "<=", on),
                ("date_to", ">=", on),
            ]
        )
        return found.delegate_id.filtered(lambda u: u.active and not u.share)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _linkstar_decides_for(self):
        """Ids of the users in whose place this one decides today, itself included."""
        self.ensure_one()
        today = fields.Date.today()
        found = (
            self.env["linkstar.approval.delegation"]
            .sudo()
            .search(
                [
                    ("delegate_id", "=", self.id),
                    ("date_from", "<=", today),
                    ("date_to", ">=", today),
                ]
            )
        )
        return [self.id, *found.user_id.ids]


class LinkstarApprovalStep(models.Model):
    _inherit = "linkstar.approval.step"

    def _allowed_users(self):
        """Also those to whom an approver delegated, unless they are barred."""
        users = super()._allowed_users()
        delegations = self.env["linkstar.approval.delegation"]
        today = fields.Date.today()
        for step in self:
            own = super(LinkstarApprovalStep, step)._allowed_users()
            users |= delegations._delegates(own, today) - step._barred_users()
        return users

    def _barred_users(self):
        """Whoever asked, did the work, or decided an earlier step."""
        approval = self.approval_id
        barred = approval.requester_id._linkstar_same_person()
        record = approval._record()
        if "approval_ids" in record._fields:
            barred |= record.exists()._approval_barred()
        for earlier in approval.step_ids - self:
            barred |= earlier.decided_by_id._linkstar_same_person()
        return barred


class LinkstarApproval(models.Model):
    _inherit = "linkstar.approval"

    def action_approve_selected(self):
        """Approve every selected request that the reader may decide (bulk).

        Each is checked and locked as if alone; those that cannot be decided are
        left and counted, so that one changed record does not stop the others.
        """
        self.check_access("read")
        self.invalidate_recordset(["can_decide", "current_step_id"])
        mine = self.filtered("can_decide")
        for approval in mine:
            approval.decide(True)
        left = len(self) - len(mine)
        message = self.env._("%s approved.", len(mine))
        if left:
            message += " " + self.env._("%s are not yours to decide now.", left)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if mine else "warning",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
