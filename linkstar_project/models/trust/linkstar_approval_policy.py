"""Policies: which approvals need which people, in which order."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LinkstarApprovalPolicy(models.Model):
    """The steps that a kind of record needs before it counts as approved."""

    _name = "linkstar.approval.policy"
    _description = "Approval policy"
    _inherit = ["linkstar.audit.mixin"]
    _order = "name"

    _audit_fields = (
        "name",
        "res_model",
        "kind",
        "company_id",
        "fallback_user_id",
        "active",
    )
    _audit_store_path = None

    name = fields.Char(required=True, translate=True)
    res_model = fields.Char(
        string="Kind of record", required=True, help="Technical name of the model."
    )
    kind = fields.Char(help="Narrows the policy further; empty: all of that model.")
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    step_ids = fields.One2many("linkstar.approval.policy.step", "policy_id", copy=True)
    fallback_user_id = fields.Many2one(
        "res.users",
        string="Fallback approver",
        domain="[('share', '=', False)]",
        help="Decides a step for which nobody but the requester is found.",
    )
    active = fields.Boolean(default=True)

    _once = models.UniqueIndex(
        "(res_model, COALESCE(kind, ''), COALESCE(company_id, 0)) WHERE active",
        "There is a policy for this kind of record and company already.",
    )

    @api.constrains("step_ids", "active")
    def _check_steps(self):
        """A policy without steps would approve by itself."""
        for policy in self:
            if policy.active and not policy.step_ids:
                raise ValidationError(
                    self.env._(
                        "Approval policy %(name)s needs at least one step.",
                        name=policy.name,
                    )
                )

    def _make_steps(self, approval, store):
        """Steps of a new request, the first one due; superuser.

        Not as commands of the request: the model refuses those, whoever sends them,
        unless the signed-in user may create steps, which nobody may.
        """
        self.env["linkstar.approval.step"].sudo().create(
            [
                {
                    "approval_id": approval.id,
                    "sequence": index,
                    "name": step.name,
                    "state": "waiting" if index else "pending",
                    "approver_ids": step._candidates(store).ids,
                }
                for index, step in enumerate(self.step_ids)
            ]
        )

    @api.model
    @api.private
    def _for_record(self, record):
        """Return the narrowest active policy for a record, or none."""
        kind = record._approval_kind() or ""
        company = record._approval_company()
        found = self.sudo().search([("res_model", "=", record._name)])
        found = found.filtered(
            lambda policy: (policy.kind or "") in ("", kind)
            and (not policy.company_id or policy.company_id == company)
        )
        return found.sorted(
            lambda policy: (bool(policy.kind), bool(policy.company_id)), reverse=True
        )[:1]


class LinkstarApprovalPolicyStep(models.Model):
    """One step: a role of the store, a group, or a named person."""

    _name = "linkstar.approval.policy.step"
    _description = "Approval policy step"
    _inherit = ["linkstar.audit.mixin"]
    _order = "sequence, id"

    _audit_fields = (
        "policy_id",
        "sequence",
        "name",
        "role_id",
        "group_id",
        "user_id",
        "store_lead",
    )
    _audit_store_path = None

    policy_id = fields.Many2one(
        "linkstar.approval.policy", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    role_id = fields.Many2one("project.role", ondelete="restrict")
    group_id = fields.Many2one("res.groups", ondelete="restrict")
    user_id = fields.Many2one("res.users", ondelete="restrict")
    store_lead = fields.Boolean(
        string="Leads of the store", help="Whoever leads the record's store decides."
    )

    _one_who = models.Constraint(
        "CHECK(num_nonnulls(role_id, group_id, user_id)"
        " + COALESCE(store_lead, FALSE)::int = 1)",
        "A step names either a role, a group, a person or the store's leads.",
    )

    def _candidates(self, store):
        """Return the users who may decide this step for a store (or none)."""
        self.ensure_one()
        users = self.user_id | self.group_id.all_user_ids
        if self.role_id and store:
            found = self.env["linkstar.store.member"]._resolve(
                self.role_id.ids, store.ids, fields.Date.today()
            )
            users |= found[self.role_id.id, store.id]
        if self.store_lead and store:
            members = self.env["linkstar.store.member"]
            users |= members._leads(store.ids, fields.Date.today())[store.id]
        return users.filtered(lambda user: user.active and not user.share)
