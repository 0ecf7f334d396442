"""Week-end days that are worked in return for a holiday, on any working calendar."""

from datetime import datetime, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools.date_utils import float_to_time
from odoo.tools.intervals import Intervals

from ...engine.holidays import like_weekday


class LinkstarWorkday(models.Model):
    """One day that is worked although the calendar has no hours for its weekday.

    Core's calendars know weekdays and days off; Chinese holidays swap Saturdays and
    Sundays besides. Such a day has the hours of the nearest weekday before it.
    """

    _name = "linkstar.workday"
    _description = "Worked week-end day"
    _order = "date desc"
    _rec_name = "date"

    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working schedule",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company.resource_calendar_id,
    )
    date = fields.Date(required=True)
    name = fields.Char(string="Holiday", help="The holiday it is worked for.")
    year = fields.Integer(
        string="Announced for",
        aggregator=None,
        help="The year whose holidays it belongs to.",
    )

    _calendar_date_uniq = models.Constraint(
        "UNIQUE(calendar_id, date)", "This day is worked already."
    )


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    linkstar_year = fields.Integer(
        string="Holidays of",
        index="btree_not_null",
        copy=False,
        readonly=True,
        aggregator=None,
        help="The year of public holidays with which it was entered.",
    )


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    linkstar_workday_ids = fields.One2many(
        "linkstar.workday", "calendar_id", string="Worked week-end days"
    )

    def _attendance_intervals_batch(
        self, start_dt, end_dt, resources=None, domain=None, tz=None, lunch=False
    ):
        """Add the hours of worked week-end days to core's working intervals."""
        result = super()._attendance_intervals_batch(
            start_dt, end_dt, resources=resources, domain=domain, tz=tz, lunch=lunch
        )
        hours = self._linkstar_extra_hours(start_dt, end_dt, lunch)
        if not hours or self.flexible_hours:
            return result
        by_id = {resource.id: resource for resource in resources or ()}
        for resource_id, intervals in result.items():
            zone = tz or pytz.timezone((by_id.get(resource_id) or self).tz or "UTC")
            extra = self._linkstar_extra_spans(hours, zone, start_dt, end_dt)
            if extra:
                result[resource_id] = Intervals(
                    list(intervals) + extra, keep_distinct=True
                )
        return result

    @api.model
    def _linkstar_lines(self, lines, weekday, lunch):
        return lines.filtered(
            lambda line: line.dayofweek == str(weekday)
            and not line.display_type
            and (line.day_period == "lunch") == bool(lunch)
        )

    def _linkstar_extra_hours(self, start_dt, end_dt, lunch):
        """Return ``[(day, attendance line)]`` of worked week-end days in a range."""
        days = (
            self.env["linkstar.workday"]
            .sudo()
            .search(
                [
                    ("calendar_id", "=", self.id),
                    ("date", ">=", start_dt.date() - timedelta(days=1)),
                    ("date", "<=", end_dt.date() + timedelta(days=1)),
                ]
            )
        )
        if not days:
            return []
        lines = self.attendance_ids
        worked = {int(line.dayofweek) for line in lines if not line.display_type}
        found = []
        for day in days.mapped("date"):
            if day.weekday() in worked:
                continue
            like = lines
            if self.two_weeks_calendar:
                week = str(lines.get_week_type(day))
                like = lines.filtered(lambda line, week=week: line.week_type == week)
            weekday = like_weekday(day, frozenset(worked))
            found += [
                (day, line) for line in self._linkstar_lines(like, weekday, lunch)
            ]
        return found

    @staticmethod
    def _linkstar_extra_spans(hours, zone, start_dt, end_dt):
        spans = []
        for day, line in hours:
            begin = zone.localize(datetime.combine(day, float_to_time(line.hour_from)))
            end = zone.localize(datetime.combine(day, float_to_time(line.hour_to)))
            begin = max(begin, start_dt.astimezone(zone))
            end = min(end, end_dt.astimezone(zone))
            if begin < end:
                spans.append((begin, end, line))
        return spans
