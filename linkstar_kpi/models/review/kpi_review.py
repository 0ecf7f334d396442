"""Review meetings: notes, agreed actions, the next date, reminders."""

from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

REMIND_DAYS = (3, 0)
MORNING = time(1)  # 9 o'clock in China, early morning in Europe (UTC)


class LinkstarKpiReview(models.Model):
    """Two people talk about a score; what they agree becomes tasks."""

    _name = "linkstar.kpi.review"
    _description = "Review meeting"
    _inherit = [
        "linkstar.audit.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.kpi.manager.mixin",
    ]
    _order = "date desc, id desc"

    _system_fields = frozenset({"state", "held_at", "next_id", "employee_words"})
    _audit_fields = ("employee_id", "lead_id", "date", "next_date", "state")
    _audit_store_path = None

    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="employee_id.company_id", store=True)
    lead_id = fields.Many2one(
        "res.users",
        string="Led by",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    scorecard_id = fields.Many2one(
        "linkstar.kpi.scorecard",
        string="About the card",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('employee_id', '=', employee_id)]",
    )
    score = fields.Float(related="scorecard_id.final_score", digits=(6, 2))
    date = fields.Date(required=True, default=fields.Date.context_today)
    next_date = fields.Date(string="Next meeting")
    notes = fields.Text(help="What was said. The person reads it.")
    employee_words = fields.Text(string="The person's words", readonly=True)
    action_ids = fields.One2many("linkstar.kpi.review.action", "review_id")
    open_count = fields.Integer(string="Open actions", compute="_compute_open_count")
    state = fields.Selection(
        [("planned", "Planned"), ("held", "Held"), ("cancelled", "Cancelled")],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
    )
    held_at = fields.Datetime(readonly=True, copy=False)
    next_id = fields.Many2one(
        "linkstar.kpi.review", string="Followed by", readonly=True, copy=False
    )

    _next_uniq = models.UniqueIndex(
        "(next_id) WHERE next_id IS NOT NULL", "This meeting follows another already."
    )

    @api.depends("employee_id.name", "date")
    def _compute_display_name(self):
        for review in self.sudo():
            review.display_name = f"{review.employee_id.name or ''} · {review.date}"

    @api.depends("action_ids.is_done")
    def _compute_open_count(self):
        for review in self:
            review.open_count = len(review.action_ids.filtered(lambda x: not x.is_done))

    @api.constrains("scorecard_id", "employee_id")
    def _check_card(self):
        for review in self.sudo():
            card = review.scorecard_id
            if card and card.employee_id != review.employee_id:
                raise UserError(
                    self.env._(
                        "%(card)s is not a card of %(person)s.",
                        card=card.display_name,
                        person=review.employee_id.name,
                    )
                )

    # -- writing -------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Plan meetings; both people are reminded of each."""
        reviews = super().create(vals_list)
        reviews._check_not_own()
        reviews._queue_reminders()
        return reviews

    def write(self, vals):
        """Change planned meetings; a moved one reminds of its new date only."""
        if not self.env.su:
            self._check_not_own()
            if any(review.state != "planned" for review in self):
                raise UserError(
                    self.env._("This meeting is over: its notes stay as they were.")
                )
        result = super().write(vals)
        if {"employee_id", "scorecard_id"} & vals.keys():
            # The rules look at a record before it changes: look again.
            self.check_access("write")
            self._check_not_own()
        if {"date", "lead_id", "employee_id"} & vals.keys():
            self._queue_reminders()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_planned(self):
        if any(review.state == "held" for review in self):
            raise UserError(self.env._("A meeting that was held stays on record."))

    def _check_not_own(self):
        """Nobody leads or writes the review of themselves."""
        if self.env.su:
            return
        own = self.sudo().filtered(
            lambda review: self.env.user._linkstar_kpi_is_one_of(
                review.employee_id.user_id, review.employee_id
            )
        )
        if own:
            raise AccessError(
                self.env._("Somebody else leads and writes down your own review.")
            )

    # -- steps ---------------------------------------------------------------------

    def action_hold(self):
        """Close the meeting: actions become tasks, the next one is planned (button).

        :raise UserError: without notes
        """
        self.check_access("write")
        self._check_not_own()
        reviews = self.sudo()
        reviews.lock_for_update()
        for review in reviews:
            if review.state != "planned":
                raise UserError(self.env._("This meeting is over already."))
            if not (review.notes or "").strip():
                raise UserError(
                    self.env._("Write down what was said and agreed; both read it.")
                )
            if review.next_date and review.next_date <= review.date:
                raise UserError(
                    self.env._(
                        "The next meeting comes after this one. Correct its day."
                    )
                )
            review.action_ids._make_tasks()
            review.write({"state": "held", "held_at": fields.Datetime.now()})
            if review.next_date:
                review.next_id = review._plan_next()
        return True

    def _plan_next(self):
        return self.create(
            {
                "employee_id": self.employee_id.id,
                "lead_id": self.lead_id.id,
                "date": self.next_date,
            }
        )

    def action_cancel(self):
        """Call a planned meeting off (button)."""
        self.check_access("write")
        self._check_not_own()
        if any(review.state != "planned" for review in self):
            raise UserError(self.env._("This meeting is over already."))
        self.sudo().write({"state": "cancelled"})
        return True

    def say(self, text):
        """The person assessed adds words of their own; they stand beside the notes.

        :param text: replaces earlier words; at most 4,000 characters
        """
        self.check_access("read")
        for review in self.sudo():
            if review.employee_id.user_id != self.env.user:
                raise AccessError(
                    self.env._("Only the person assessed adds their own words.")
                )
        self.sudo().write({"employee_words": (text or "")[:4000]})
        return True

    # -- reminders -----------------------------------------------------------------

    def _queue_reminders(self):
        """Queue what is still to come, for both people, each day only once."""
        now = fields.Datetime.now()
        channel = self.env.ref("linkstar_project.channel_odoo").sudo()
        rows = [
            {
                "res_model": self._name,
                "res_id": review.id,
                "step": f"before-{days}d",
                "user_id": user.id,
                "channel_id": channel.id,
                "due_at": review._due_at(),
                "send_at": review._due_at() - timedelta(days=days),
                "title": review.with_context(lang=user.lang)._reminder_title(),
            }
            for review in self.sudo()
            if review.state == "planned"
            for user in review.lead_id | review.employee_id.user_id
            for days in REMIND_DAYS
            if review._due_at() - timedelta(days=days) > now
        ]
        self.env["linkstar.notification"].sudo()._queue(rows)

    def _due_at(self):
        return datetime.combine(self.date, MORNING)

    def _reminder_title(self):
        return self.env._("Review meeting: %s", self.display_name)


class LinkstarNotification(models.Model):
    _inherit = "linkstar.notification"

    def _is_outdated(self):
        """A meeting that moved, was held or called off reminds of nothing."""
        outdated = super()._is_outdated()
        if self.res_model != "linkstar.kpi.review":
            return outdated
        review = self.env["linkstar.kpi.review"].sudo().browse(self.res_id).exists()
        if not review or review.state != "planned":
            return True
        return outdated or review._due_at() != self.due_at
