"""Where targets stand today: reached so far, and what each day must still bring."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.linkstar_kpi.engine import period as calendar
from odoo.addons.linkstar_kpi.engine import targets as engine

#: Of fewer people a sum tells what one of them reached.
FEWEST_PEOPLE = 3


class LinkstarKpiTarget(models.Model):
    _inherit = "linkstar.kpi.target"

    date_from = fields.Date(related="period_id.date_from", store=True, index=True)
    date_to = fields.Date(related="period_id.date_to", store=True)
    unit = fields.Selection(related="metric_id.unit")
    is_started = fields.Boolean(compute="_compute_is_started")
    is_summed = fields.Boolean(
        compute="_compute_is_started",
        help="Children sum to it: figures of a metric that adds up.",
    )
    is_mine = fields.Boolean(compute="_compute_is_started")
    child_total = fields.Float(
        string="Sum of the parts", compute="_compute_child_total", digits=(16, 4)
    )
    child_gap = fields.Float(
        string="Still to share out", compute="_compute_child_total", digits=(16, 4)
    )
    has_reached = fields.Boolean(compute="_compute_reached")
    reached = fields.Float(
        compute="_compute_reached",
        digits=(16, 2),
        help="By today's figures; of people as on their scorecard.",
    )
    reached_share = fields.Float(string="Reached (%)", compute="_compute_reached")
    days_left = fields.Integer(compute="_compute_reached")
    per_day = fields.Float(
        string="Needed a day",
        compute="_compute_reached",
        digits=(16, 2),
        help="What each remaining day, today included, must bring.",
    )
    is_behind = fields.Boolean(compute="_compute_reached")

    @api.depends("date_from", "metric_id.additivity", "employee_id.user_id")
    @api.depends_context("uid")
    def _compute_is_started(self):
        today = fields.Date.today()
        for target in self:
            target.is_started = bool(target.date_from) and target.date_from <= today
            target.is_summed = target.metric_id.additivity == "additive"
            target.is_mine = target.sudo().employee_id.user_id == self.env.user

    @api.depends("value", "child_ids.value", "metric_id.additivity")
    def _compute_child_total(self):
        for target in self:
            parts = target.child_ids.mapped("value")
            target.child_total = sum(parts)
            target.child_gap = (
                engine.gap(target.value, parts) if target.is_summed else 0.0
            )

    @api.depends("value", "period_id", "metric_id")
    @api.depends_context("uid")
    def _compute_reached(self):
        figures = self._figures_reached()
        today = fields.Date.today()
        for target in self:
            reached = figures.get(target.id)
            target.has_reached = reached is not None
            target.reached = reached or 0.0
            target.reached_share = target.per_day = 0.0
            target.is_behind = False
            start, end = target.date_from, target.date_to
            running = start and start <= today <= end
            target.days_left = (end - max(today, start)).days + 1 if start else 0
            target.days_left = max(target.days_left, 0)
            if reached is None:
                continue
            if target.value > 0:
                target.reached_share = reached / target.value * 100
            if target.is_summed and start and today <= end:
                target.per_day = calendar.daily_run_rate(
                    target.value, reached, max(today, start), end
                )
            if running and target.is_summed and target.metric_id.direction == "higher":
                share, passed = engine.track(target.value, reached, start, today, end)
                target.is_behind = share is not None and share < passed

    def _figures_reached(self):
        """Figure so far of each target that has one and that the user may see.

        :return: dict of id → number
        """
        specs = self.env["linkstar.metric"]._specs()
        sees_cost = self.env.user._linkstar_sees_cost()
        groups = defaultdict(self.browse)
        for target in self - self._reached_by_others():
            spec = specs.get(target.metric_id.code)
            if not spec or not target.period_id or (spec.is_cost and not sees_cost):
                continue
            groups[target.metric_id, target.period_id, target.currency_id] |= target
        found = {}
        for (metric, period, currency), targets in groups.items():
            span = (period.date_from, min(period.date_to, fields.Date.today()))
            subjects = {target: target._subject() for target in targets}
            history = self._history(
                metric, set(subjects.values()), [span], period, currency
            )
            for target, subject in subjects.items():
                (value,) = history.get(subject, [None])
                if value is not None:
                    found[target._origin.id or target.id] = value
        return found

    def _reached_by_others(self):
        """Targets whose figure would tell that of a few whom the user does not see.

        Of a department with fewer than three people measured, the user must see each;
        of the company, all its stores, or their own would tell the rest.
        """
        user = self.env.user
        if self.env.su or user._linkstar_sees_all_scores():
            return self.browse()
        hidden = self.browse()
        departments = self.filtered("department_id")
        if departments:
            everybody = departments.sudo()._people_measured()
            seen = departments._people_measured()
            hidden |= departments.filtered(
                lambda target: (
                    seen.get(target._measured_key(), 0)
                    < everybody.get(target._measured_key(), 0)
                    and (
                        target.category_id
                        or everybody[target._measured_key()] < FEWEST_PEOPLE
                    )
                )
            )
        whole = self.filtered(lambda target: target._subject()[0] == "company")
        if whole:
            stores = self.env["linkstar.store"].with_context(active_test=False)
            of_these = [("company_id", "in", whole.company_id.ids)]
            mine = stores.search_count(of_these) if stores.has_access("read") else 0
            if mine < stores.sudo().search_count(of_these):
                hidden |= whole
        return hidden

    def _measured_key(self):
        return self.metric_id, self.period_id, self.department_id

    def _people_measured(self):
        """Number of people with a figure, by metric, period and department."""
        found = self.env["linkstar.kpi.scorecard.line"]._read_group(
            [
                ("metric_id", "in", self.metric_id.ids),
                ("period_id", "in", self.period_id.ids),
                ("department_id", "in", self.department_id.ids),
                ("outcome", "=", "measured"),
                ("scorecard_id.is_pilot", "=", False),
            ],
            ["metric_id", "period_id", "department_id"],
            ["employee_id:count_distinct"],
        )
        return {tuple(keys): count for *keys, count in found}

    def _subject(self):
        """Whom a target is for, as a key: kind, id, category id."""
        self.ensure_one()
        category = self.category_id.id or 0
        for kind in ("employee", "store", "department"):
            record = self[f"{kind}_id"]
            if record:
                return kind, record.id, category
        return "company", self.company_id.id, category

    @api.model
    @api.private
    def _history(self, metric, subjects, frames, period, currency=None):
        """What subjects reached in some spans of days, without access checks.

        :param metric: one ``linkstar.metric``
        :param subjects: set of keys as of :meth:`_subject`
        :param frames: list of (first day, last day)
        :param period: ``linkstar.kpi.period``: whose kind and company count
        :param currency: of amounts; the company's if left out
        :return: dict of subject → list like the frames of number or None
        """
        company = period.company_id
        currency = currency or company.currency_id
        found = {}
        people = {key for key in subjects if key[0] in ("employee", "department")}
        if people:
            found |= self._history_of_people(metric, people, frames, period)
        whole = {key for key in subjects - people if not key[2]}
        if whole:
            found |= self._history_of_stores(metric, whole, frames, company, currency)
        for key in subjects - people - whole:
            found[key] = [
                self._category_figure(metric, key, frame, company, currency)
                for frame in frames
            ]
        return found

    def _history_of_people(self, metric, subjects, frames, period):
        """By the lines of their scorecards; of departments, as their sum."""
        employees = {key[1] for key in subjects if key[0] == "employee"}
        departments = {key[1] for key in subjects if key[0] == "department"}
        lines = (
            self.env["linkstar.kpi.scorecard.line"]
            .sudo()
            .search(
                [
                    ("metric_id", "=", metric.id),
                    ("outcome", "=", "measured"),
                    ("date_from", "in", [frame[0] for frame in frames]),
                    ("period_id.kind", "=", period.kind),
                    ("company_id", "=", period.company_id.id),
                    ("scorecard_id.is_pilot", "=", False),
                    "|",
                    ("employee_id", "in", list(employees)),
                    ("department_id", "in", list(departments)),
                ]
            )
        )
        sums = defaultdict(float)
        for line in lines:
            value = line._figures().get("value") or 0.0
            category = line.scheme_line_id.category_id.id or 0
            first = line.date_from
            sums["employee", line.employee_id.id, category, first] = value
            if metric.additivity == "additive":
                sums["department", line.department_id.id, category, first] += value
        return {
            key: [sums.get((*key, first)) for first, _last in frames]
            for key in subjects
        }

    def _history_of_stores(self, metric, subjects, frames, company, currency):
        stores = self.env["linkstar.store"].sudo().with_context(active_test=False)
        ids = [key[1] for key in subjects if key[0] == "store"]
        whole = any(key[0] == "company" for key in subjects)
        all_ids = stores.search([("company_id", "=", company.id)]).ids if whole else []
        found = {key: [] for key in subjects}
        for first, last in frames:
            single = self._evaluated(metric, ids, first, last, currency, True)
            total = self._evaluated(metric, all_ids, first, last, currency, False)
            for key, figures in found.items():
                by_key = single if key[0] == "store" else total
                figures.append(by_key.get(key[1] if key[0] == "store" else 0))
        return found

    @api.model
    def _evaluated(self, metric, store_ids, first, last, currency, each):
        """Value by store id, or of all of them under 0; {} where nothing is."""
        if not store_ids or last < first:
            return {}
        self.env["linkstar.fact"].flush_model()
        query = (
            self.env["linkstar.metric"]
            .sudo()
            ._sql(
                [metric.code],
                group_by=("store_id",) if each else (),
                store_ids=store_ids,
                date_from=first,
                date_to=last,
                currency=currency.id,
            )
        )
        rows = self.env.execute_query(query)
        if each:
            return dict(rows)
        return {0: rows[0][0]} if rows else {}

    @api.model
    def _category_figure(self, metric, subject, frame, company, currency):
        """Sum over a category's listings of a measure that adds up, else None."""
        spec = self.env["linkstar.metric"]._specs()[metric.code]
        if spec.tree is not None or spec.over_time != "sum" or frame[1] < frame[0]:
            return None
        category = self.env["linkstar.kpi.category"].sudo().browse(subject[2])
        listings = category.listing_ids
        if subject[0] == "store":
            listings = listings.filtered(lambda item: item.store_id.id == subject[1])
        self.env["linkstar.fact"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT currency_id, sum(value) FROM linkstar_fact"
                " WHERE metric_id = %s AND listing_id = ANY(%s)"
                " AND employee_id IS NULL AND date BETWEEN %s AND %s GROUP BY 1",
                metric.id,
                listings.ids,
                *frame,
            )
        )
        total = None
        for currency_id, value in rows:
            source = self.env["res.currency"].browse(currency_id or currency.id)
            if spec.is_money and source != currency:
                value = source._convert(value, currency, company, frame[1], round=False)
            total = (total or 0.0) + value
        return total

    def run_rate(self, reached, today=None):
        """What each remaining day must bring, today included.

        :param reached: figure so far, in the target's unit
        :return: number, 0 when reached, False when no day remains
        """
        self.ensure_one()
        self.check_access("read")
        today = fields.Date.to_date(today) or fields.Date.today()
        period = self.period_id
        rate = calendar.daily_run_rate(
            self.value, reached, max(today, period.date_from), period.date_to
        )
        return False if rate is None else rate
