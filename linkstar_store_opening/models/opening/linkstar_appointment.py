"""Appointments of an opening: the video call, with its time zone and its papers."""

from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

#: Participants are reminded so many days before.
REMIND_DAYS = (3, 1)


class LinkstarAppointment(models.Model):
    """A date with the platform or an authority.

    What is kept: when, where, who, which papers, and how it went. Never a recording:
    faces and voices are not ours to keep.
    """

    _name = "linkstar.appointment"
    _description = "Appointment"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "start, id"
    _system_fields = frozenset({"state"})
    _audit_fields = ("kind", "start", "state", "outcome")

    project_id = fields.Many2one(
        "project.project",
        string="Opening",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('linkstar_kind', '=', 'opening'), ('is_template', '=', False)]",
    )
    store_id = fields.Many2one(
        "linkstar.store", related="project_id.store_id", store=True, index=True
    )
    kind = fields.Selection(
        [
            ("video", "Video call"),
            ("tax", "Tax interview"),
            ("visit", "Visit"),
            ("other", "Other"),
        ],
        required=True,
        default="video",
    )
    start = fields.Datetime(required=True, index=True)
    tz = fields.Selection(
        lambda self: [(name, name) for name in pytz.common_timezones],
        string="Platform's time zone",
        required=True,
        default=lambda self: self.env.user.tz or "Asia/Shanghai",
        help="The time zone in which the platform named the date.",
    )
    platform_time = fields.Char("There", compute="_compute_platform_time")
    place = fields.Char(help="Link or address. Never a password.")
    participant_ids = fields.Many2many(
        "res.users", string="Participants", domain="[('share', '=', False)]"
    )
    attendee = fields.Char(
        "Who appears", help="E.g. the legal representative, with originals at hand."
    )
    document_ids = fields.Many2many(
        "linkstar.document", string="Papers to have at hand"
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("held", "Held"),
            ("missed", "Missed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="planned",
    )
    outcome = fields.Text(help="What was asked and answered, in your own words.")

    @api.depends("kind", "project_id.name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for one in self:
            one.display_name = f"{kinds.get(one.kind)}: {one.project_id.name}"

    @api.depends("start", "tz")
    def _compute_platform_time(self):
        for one in self:
            one.platform_time = one.start and (
                f"{format_datetime(self.env, one.start, tz=one.tz)} ({one.tz})"
            )

    @api.constrains("project_id")
    def _check_opening(self):
        for one in self:
            if one.project_id.linkstar_kind != "opening":
                raise ValidationError(
                    self.env._("%s is no opening.", one.project_id.display_name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Create; the participants' reminders are queued at once."""
        found = super().create(vals_list)
        found._queue_reminders()
        return found

    def write(self, vals):
        """Write; a moved appointment reminds of its new time only."""
        result = super().write(vals)
        if {"start", "participant_ids"} & vals.keys():
            self._queue_reminders()
        return result

    def _queue_reminders(self):
        """Queue what is still to come; each person, day and time only once."""
        now = fields.Datetime.now()
        channel = self.env.ref("linkstar_project.channel_odoo").sudo()
        rows = [
            {
                "res_model": self._name,
                "res_id": one.id,
                "step": f"before-{days}d",
                "user_id": user.id,
                "channel_id": channel.id,
                "due_at": one.start,
                "send_at": one.start - timedelta(days=days),
                "title": one.display_name,
                "code": one.store_id.code or "",
                "store_id": one.store_id.id,
            }
            for one in self.sudo()
            if one.state == "planned"
            for user in one.participant_ids | one.project_id.user_id
            for days in REMIND_DAYS
            if one.start - timedelta(days=days) > now
        ]
        self.env["linkstar.notification"].sudo()._queue(rows)

    def _settle(self, state):
        self.check_access("write")
        for one in self:
            if one.state != "planned":
                raise UserError(
                    self.env._(
                        "%s is settled already. Reload the page.", one.display_name
                    )
                )
        self.sudo().write({"state": state})
        return True

    def action_held(self):
        """It took place."""
        return self._settle("held")

    def action_missed(self):
        """Nobody came; book the next one."""
        return self._settle("missed")

    def action_cancel(self):
        """It will not take place."""
        return self._settle("cancelled")


class LinkstarNotification(models.Model):
    _inherit = "linkstar.notification"

    def _is_outdated(self):
        """An appointment that moved or is over reminds nobody."""
        if super()._is_outdated():
            return True
        if self.res_model != "linkstar.appointment":
            return False
        subject = self.env[self.res_model].sudo().browse(self.res_id)
        return subject.start != self.due_at or subject.state != "planned"


class ProjectProject(models.Model):
    _inherit = "project.project"

    appointment_ids = fields.One2many("linkstar.appointment", "project_id")

    def _check_move(self, step):
        """A booked video call has its date."""
        result = super()._check_move(step)
        if step == "video_booked" and not self.appointment_ids.filtered(
            lambda a: a.state == "planned"
        ):
            raise UserError(
                self.env._(
                    "Enter the appointment first: its date and time zone, who takes "
                    "part and which papers are to be at hand."
                )
            )
        return result

    def action_video_booked(self):
        """The platform has given a date for the video call."""
        return self.move_application("video_booked")
