"""One step of a reminder policy."""

from odoo import api, fields, models

from odoo.addons.linkstar_project.engine import reminder_steps


class LinkstarReminderStep(models.Model):
    """So many hours from the deadline, tell these people on these channels."""

    _name = "linkstar.reminder.step"
    _description = "Reminder step"
    _order = "policy_id, offset_hours, id"

    policy_id = fields.Many2one(
        "linkstar.reminder.policy", required=True, index=True, ondelete="cascade"
    )
    offset_hours = fields.Float(
        string="Hours from deadline",
        help="Negative: before the deadline. Positive: after it.",
    )
    has_hour = fields.Boolean(
        string="At a fixed hour",
        help="Tell at a local hour of the recipient; the hours from the deadline "
        "then count whole days.",
    )
    at_hour = fields.Float(string="Hour", default=18.0)
    audience = fields.Selection(
        [("assignee", "Assignee"), ("lead", "Lead"), ("manager", "Manager")],
        required=True,
        default="assignee",
    )
    only_unacknowledged = fields.Boolean(
        string="Only if not acknowledged",
        help="An escalation that stays silent once an assignee has confirmed receipt.",
    )
    channel_ids = fields.Many2many(
        "linkstar.channel",
        "linkstar_reminder_step_channel_rel",
        required=True,
        domain=[("kind", "!=", "heartbeat")],
    )

    _hours = models.Constraint(
        "CHECK(offset_hours >= -8760 AND offset_hours <= 8760)",
        "A step lies at most a year from the deadline.",
    )
    _hour = models.Constraint(
        "CHECK(at_hour >= 0 AND at_hour < 24)", "An hour lies between 00:00 and 23:59."
    )

    @api.depends("offset_hours", "audience", "has_hour", "at_hour")
    @api.depends_context("lang")
    def _compute_display_name(self):
        audiences = dict(self._fields["audience"]._description_selection(self.env))
        for step in self:
            who = audiences.get(step.audience, "")
            step.display_name = f"{step._when()} · {who}"

    def _when(self):
        """When it is told, in the reader's words: “1 d before, 18:00”."""
        _, hours = self.env._, self.offset_hours
        if self.has_hour:
            days = round(hours / 24)
            hour, minute = divmod(round(self.at_hour * 60), 60)
            clock = f"{hour:02d}:{minute:02d}"
            if not days:
                return _("That day, %(clock)s", clock=clock)
            if days < 0:
                return _("%(days)s d before, %(clock)s", days=-days, clock=clock)
            return _("%(days)s d after, %(clock)s", days=days, clock=clock)
        if not hours:
            return _("At the deadline")
        if hours < 0:
            return _("%(hours)s h before", hours=f"{-hours:g}")
        return _("%(hours)s h after", hours=f"{hours:g}")

    @api.constrains("channel_ids")
    def _check_channels(self):
        """The policy's rule of two channels holds for steps edited alone."""
        self.channel_ids._check_for_people()
        self.policy_id._check_two_channels()

    def _engine_steps(self):
        """Return the steps as :class:`engine.reminder_steps.Step`, keyed by id."""
        return [
            reminder_steps.Step(
                step.id, step.offset_hours, step.at_hour if step.has_hour else None
            )
            for step in self
        ]
