"""Wizard: public holidays and worked week-end days of a year, for a calendar."""

from datetime import datetime, time, timedelta

import pytz
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..engine import holidays as engine


class LinkstarHolidays(models.TransientModel):
    """Year × calendar → days off and days worked; a second time changes nothing."""

    _name = "linkstar.holidays"
    _description = "Public holidays of a year"

    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working schedule",
        required=True,
        default=lambda self: self.env.company.resource_calendar_id,
        help="Whose days off and worked they are. Work is planned on the schedule of "
        "the company that owns the store.",
    )
    tz = fields.Selection(related="calendar_id.tz", string="Its time zone")
    for_company = fields.Boolean(
        string="Plan my company's work on it",
        compute="_compute_for_company",
        store=True,
        readonly=False,
        precompute=True,
        help="Makes it the working schedule of your company.",
    )
    year = fields.Integer(
        required=True, default=lambda self: fields.Date.context_today(self).year
    )
    text = fields.Text(
        string="Days",
        compute="_compute_text",
        store=True,
        readonly=False,
        precompute=True,
        help="One line each: a day off, or a first and last one, and its name. Write "
        "“work” (or 班) after the date of a week-end day that is worked.",
    )
    notice = fields.Char(compute="_compute_notice")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("calendar_id")
    def _compute_for_company(self):
        for wizard in self:
            wizard.for_company = (
                wizard.calendar_id == self.env.company.resource_calendar_id
            )

    @api.depends("year")
    def _compute_text(self):
        for wizard in self:
            wizard.text = engine.built_in(wizard.year)[0]

    @api.depends("year")
    def _compute_notice(self):
        for wizard in self:
            text, is_final = engine.built_in(wizard.year)
            wizard.notice = False
            if not text:
                wizard.notice = self.env._(
                    "The holidays of %(year)s are not built in. Enter them from the "
                    "announcement of the State Council.",
                    year=wizard.year,
                )
            elif not is_final:
                wizard.notice = self.env._(
                    "Only the statutory days of %(year)s are built in. Add the days "
                    "off and worked in exchange from the State Council's "
                    "announcement.",
                    year=wizard.year,
                )

    @api.depends("text")
    def _compute_preview(self):
        for wizard in self:
            try:
                holidays, workdays = wizard._parse()
            except UserError as error:
                wizard.preview = Markup('<div class="alert alert-warning">%s</div>') % (
                    str(error)
                )
                continue
            wizard.preview = wizard._render(holidays, workdays)

    def _parse(self):
        try:
            return engine.parse(self.text)
        except engine.BadLine as error:
            words = {
                "date": self.env._("it begins with no date (year-month-day)"),
                "order": self.env._("the last day is before the first"),
                "long": self.env._("a holiday of 30 days or more"),
                "both": self.env._("this day is off in another line"),
            }
            raise UserError(
                self.env._(
                    "Line %(number)s, “%(text)s”: %(why)s.",
                    number=error.number,
                    text=error.text,
                    why=words[error.code],
                )
            ) from None

    def _render(self, holidays, workdays):
        def show(day):
            return format_date(self.env, day, date_format="EEE d MMM")

        rows = []
        for holiday in holidays:
            worked = [w.day for w in workdays if w.name == holiday.name]
            span = show(holiday.first)
            if holiday.last != holiday.first:
                span = f"{span} – {show(holiday.last)}"
            rows.append(
                Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
                % (
                    holiday.name,
                    span,
                    len(holiday.days),
                    ", ".join(show(day) for day in worked),
                )
            )
        titles = (
            self.env._("Holiday"),
            self.env._("Days off"),
            self.env._("Number"),
            self.env._("Worked in return"),
        )
        header = Markup("").join(Markup("<th>%s</th>") % title for title in titles)
        return Markup(
            '<table class="table table-sm"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (header, Markup("").join(rows))

    # -- entering ------------------------------------------------------------------

    def action_apply(self):
        """Enter the days, then show what shifts in running projects."""
        self.ensure_one()
        if not self.env.user.has_group("linkstar_project.group_admin"):
            raise AccessError(
                self.env._("Only administrators of LinkStar change working schedules.")
            )
        holidays, workdays = self._parse()
        if not holidays:
            raise UserError(self.env._("Enter at least one day off."))
        if any(abs(day.first.year - self.year) > 1 for day in holidays):
            raise UserError(
                self.env._("These days are not of %(year)s.", year=self.year)
            )
        self._enter_holidays(holidays)
        self._enter_workdays(workdays)
        if self.for_company:
            company = self.env.company.sudo()
            if company.resource_calendar_id != self.calendar_id:
                company.resource_calendar_id = self.calendar_id
        return self._show_shifts()

    def _enter_holidays(self, holidays):
        """Create what is missing, delete what an earlier entry of the year had."""
        calendar = self.calendar_id.sudo()
        zone = pytz.timezone(calendar.tz or "UTC")

        def moment(day):
            local = zone.localize(datetime.combine(day, time.min))
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        wanted = {
            (
                moment(h.first),
                moment(h.last + timedelta(days=1)) - timedelta(seconds=1),
            ): h
            for h in holidays
        }
        known = calendar.env["resource.calendar.leaves"].search(
            [("calendar_id", "=", calendar.id), ("resource_id", "=", False)]
        )
        for leave in known:
            span = (leave.date_from, leave.date_to)
            if span in wanted:
                del wanted[span]
            elif leave.linkstar_year == self.year:
                leave.unlink()
        known.create(
            [
                {
                    "name": holiday.name or self.env._("Public holiday"),
                    "calendar_id": calendar.id,
                    "company_id": calendar.company_id.id or self.env.company.id,
                    "resource_id": False,
                    "date_from": begin,
                    "date_to": end,
                    "linkstar_year": self.year,
                }
                for (begin, end), holiday in wanted.items()
            ]
        )

    def _enter_workdays(self, workdays):
        records = self.env["linkstar.workday"].sudo()
        known = records.search([("calendar_id", "=", self.calendar_id.id)])
        wanted = {workday.day: workday for workday in workdays}
        known.filtered(
            lambda day: day.year == self.year and day.date not in wanted
        ).unlink()
        have = set(known.exists().mapped("date"))
        records.create(
            [
                {
                    "calendar_id": self.calendar_id.id,
                    "date": day,
                    "name": workday.name,
                    "year": self.year,
                }
                for day, workday in wanted.items()
                if day not in have
            ]
        )

    def _show_shifts(self):
        """Open the preview of what shifts in projects planned on this calendar."""
        projects = self.env["project.project"].search(
            [
                ("is_live", "=", True),
                ("company_id.resource_calendar_id", "=", self.calendar_id.id),
            ]
        )
        if not projects:
            return {"type": "ir.actions.act_window_close"}
        return projects.action_open_reschedule()
