"""Which reminders a task gets, and when nobody is disturbed."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .linkstar_channel import UNRELIABLE


class LinkstarReminderPolicy(models.Model):
    """Steps before and after a deadline. A task takes the first policy that fits."""

    _name = "linkstar.reminder.policy"
    _description = "Reminder policy"
    _inherit = ["linkstar.audit.mixin"]
    _order = "sequence, id"

    _audit_fields = (
        "name",
        "key_only",
        "store_ids",
        "quiet_from",
        "quiet_to",
        "active",
    )
    _audit_store_path = False

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    key_only = fields.Boolean(
        string="Key nodes only",
        help="Serves key nodes only. Every step of it needs two channels, and its "
        "reminders ask for an acknowledgement.",
    )
    store_ids = fields.Many2many(
        "linkstar.store",
        "linkstar_reminder_policy_store_rel",
        string="Stores",
        help="Empty: all stores.",
    )
    company_id = fields.Many2one("res.company", index="btree_not_null")
    quiet_from = fields.Float(
        default=21.0, help="Local hour of the recipient from which nobody is disturbed."
    )
    quiet_to = fields.Float(
        default=8.0, help="Local hour of the recipient until which nobody is disturbed."
    )
    step_ids = fields.One2many("linkstar.reminder.step", "policy_id", copy=True)
    active = fields.Boolean(default=True)

    _quiet_hours = models.Constraint(
        "CHECK(quiet_from >= 0 AND quiet_from < 24 "
        "AND quiet_to >= 0 AND quiet_to < 24)",
        "Quiet hours lie between 00:00 and 23:59.",
    )

    @api.constrains("key_only", "step_ids", "active")
    def _check_two_channels(self):
        """Key nodes are told through two channels that reach people everywhere."""
        for policy in self.filtered(lambda p: p.key_only and p.active):
            for step in policy.step_ids:
                kinds = step.channel_ids.filtered(
                    lambda channel: channel.kind not in UNRELIABLE
                ).mapped("kind")
                if len(set(kinds)) < 2:
                    raise ValidationError(
                        self.env._(
                            "Step %(step)s of policy %(policy)s serves key nodes: "
                            "choose two kinds of channel at least (browser push does "
                            "not count).",
                            step=step.display_name,
                            policy=policy.name,
                        )
                    )

    def _for_task(self, is_key, store_id, company_id):
        """Return the first of ``self`` that fits a task, or an empty recordset."""
        for policy in self:
            if policy.key_only and not is_key:
                continue
            if policy.store_ids and store_id not in policy.store_ids.ids:
                continue
            if policy.company_id and policy.company_id.id != company_id:
                continue
            return policy
        return self.browse()
