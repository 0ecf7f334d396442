"""Levels of roles: a ladder that says what the next rung asks for."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.linkstar_kpi.engine import ladder
from odoo.addons.linkstar_kpi.engine import period as calendar

#: States of cards whose score stands.
PUBLISHED = ("published", "appeal", "locked")


class LinkstarKpiGrade(models.Model):
    """A rung: what a role's people bring to be on it."""

    _name = "linkstar.kpi.grade"
    _description = "Level of a role"
    _inherit = ["linkstar.audit.mixin", "linkstar.kpi.manager.mixin"]
    _order = "role_id, sequence, id"

    _audit_fields = ("name", "role_id", "sequence", "score_from", "periods", "active")
    _audit_store_path = None

    name = fields.Char(required=True, translate=True)
    role_id = fields.Many2one(
        "project.role", required=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(default=10, help="The lowest level comes first.")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    description = fields.Text(
        translate=True, string="Stands for", help="What people on this level do."
    )
    score_from = fields.Float(
        string="Average score", help="Of the last published scorecards. 0: not asked."
    )
    periods = fields.Integer(
        string="Scorecards", default=3, help="How many published scorecards count."
    )
    months_from = fields.Integer(
        string="Months on the level before", help="0: not asked."
    )
    need_ids = fields.One2many("linkstar.kpi.grade.need", "grade_id", copy=True)
    other_asks = fields.Text(
        string="Also asked",
        translate=True,
        help="What no figure tells, such as: has trained a newcomer.",
    )
    step_ids = fields.One2many("linkstar.kpi.grade.step", "grade_id")
    people_count = fields.Integer(string="People", compute="_compute_people_count")
    active = fields.Boolean(default=True)

    _limits = models.Constraint(
        "CHECK(score_from >= 0 AND months_from >= 0 AND periods BETWEEN 1 AND 24)",
        "A level asks for no less than nothing, over 1 to 24 scorecards.",
    )

    def _compute_people_count(self):
        held = self.env["linkstar.kpi.grade.step"]._current()
        for grade in self:
            grade.people_count = sum(1 for step in held if step.grade_id == grade)

    # -- the page ------------------------------------------------------------------

    @api.model
    def my_ladder(self, employee_id=None):
        """The ladder of a person: where they stand and what comes next.

        :param employee_id: somebody whose scores the caller may see; by default
            the caller
        :return: dict with ``person`` (False if there is none), ``role``, ``since``,
            ``people`` (those one may look at) and ``rungs``: dicts with ``name``,
            ``description``, ``is_current``, ``is_next``, ``asks``, ``other``
        :raise AccessError: for people of other teams
        """
        self.check_access("read")
        person = self._person(employee_id)
        page = {"person": False, "rungs": [], "people": self._page_people()}
        if not person:
            return page
        step = self.env["linkstar.kpi.grade.step"]._current_of(person)
        role = step.grade_id.role_id or self._role_of(person)
        grades = self.sudo().search(
            [("role_id", "=", role.id), ("company_id", "=", person.company_id.id)]
        )
        current, following = ladder.standing(list(grades), step.grade_id or None)
        page |= {
            "person": person.name,
            "employee_id": person.id,
            "is_own": person.id in self.env.user._linkstar_kpi_own_ids(),
            "role": role.with_env(self.env).sudo().name or "",
            "since": fields.Date.to_string(step.date_from) or "",
        }
        page["rungs"] = [
            {
                "id": grade.id,
                "name": grade.name,
                "description": grade.description or "",
                "other": grade.other_asks or "",
                "is_current": number == current,
                "is_next": number == following,
                "asks": grade._page_asks(person, step) if number == following else [],
            }
            for number, grade in enumerate(grades)
        ]
        return page

    def _person(self, employee_id):
        """The employee asked for, checked; else the user's own."""
        employees = self.env["hr.employee"].sudo()
        user = self.env.user
        own = user._linkstar_kpi_own_ids()
        if not employee_id:
            return employees.browse(own[:1])
        person = employees.browse(employee_id).exists()
        allowed = {*own, *user._linkstar_kpi_team_ids()}
        if person and user._linkstar_sees_all_scores():
            # All of the companies that the user works in.
            allowed.update(person.filtered_domain(self._here()).ids)
        if person.id in allowed:
            return person
        raise AccessError(self.env._("You may see the levels of your own team only."))

    def _here(self):
        return [("company_id", "in", self.env.companies.ids)]

    def _page_people(self):
        """People whose ladder the user may open, by name."""
        user = self.env.user
        employees = self.env["hr.employee"].sudo()
        if user._linkstar_sees_all_scores():
            held = self.env["linkstar.kpi.assignment"].search([])
            people = held.sudo().employee_id
        else:
            people = employees.browse(user._linkstar_kpi_team_ids())
        return [{"id": p.id, "name": p.name} for p in people.sorted("name")]

    @api.model
    def _role_of(self, person):
        held = self.env["linkstar.kpi.assignment"].sudo()
        newest = held.search(
            [("employee_id", "=", person.id)], order="date_from desc", limit=1
        )
        return newest.scheme_id.role_id

    def _page_asks(self, person, step):
        """What this level asks of a person, each with what they have."""
        self.ensure_one()
        rows = []
        for ask, is_hidden in self._asks(person, step):
            rows.append(
                {
                    "kind": ask.kind,
                    "name": ask.name,
                    "want": ask.want,
                    "have": False if ask.have is None or is_hidden else ask.have,
                    # What is missing would tell a hidden figure as well.
                    "missing": 0.0 if is_hidden else ask.missing or 0.0,
                    "lower": ask.lower,
                    "is_hidden": is_hidden,
                    "is_met": ask.is_met,
                }
            )
        return rows

    def _asks(self, person, step):
        """Pairs of engine's ``Ask`` and whether its figure is hidden from the user."""
        cards = self._cards_of(person)
        cards.with_env(self.env)._log_view()
        found = []
        if self.score_from:
            have = ladder.average(cards.mapped("final_score")) if cards else None
            have = None if have is None else round(have, 2)
            found.append((ladder.Ask("score", self.score_from, have), False))
        if self.months_from:
            months = None
            if step:
                today = fields.Date.today()
                months = calendar.months_between(step.date_from, today)
            found.append((ladder.Ask("months", self.months_from, months), False))
        sees_cost = self.env.user._linkstar_sees_cost()
        for need in self.need_ids:
            lines = cards.line_ids.filtered(
                lambda line, need=need: line.metric_id == need.metric_id
                and line.outcome == "measured"
            )
            figures = [line._figures() for line in lines]
            have = ladder.average(
                [row.get("value") for row in figures],
                [row.get("denominator") for row in figures],
            )
            ask = ladder.Ask(
                "metric",
                need.value,
                None if have is None else round(have, 2),
                need.metric_id.direction == "lower",
                need.metric_id.name,
            )
            hidden = any(lines.mapped("is_hidden")) and not sees_cost
            found.append((ask, hidden))
        return found

    def _cards_of(self, person):
        """The last published cards of a person in this role, pilots left out."""
        cards = self.env["linkstar.kpi.scorecard"].sudo()
        return cards.search(
            [
                ("employee_id", "=", person.id),
                ("state", "in", PUBLISHED),
                ("is_scored", "=", True),
                ("is_pilot", "=", False),
                ("scheme_id.role_id", "=", self.role_id.id),
            ],
            order="date_from desc, id desc",
            limit=self.periods,
        )


class LinkstarKpiGradeNeed(models.Model):
    """A figure that a level asks for, on average over its scorecards."""

    _name = "linkstar.kpi.grade.need"
    _description = "Figure that a level asks for"
    _inherit = ["linkstar.audit.mixin"]
    _order = "grade_id, id"

    _audit_fields = ("grade_id", "metric_id", "value")
    _audit_store_path = None

    grade_id = fields.Many2one(
        "linkstar.kpi.grade", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="grade_id.company_id", store=True)
    metric_id = fields.Many2one("linkstar.metric", required=True, ondelete="restrict")
    unit = fields.Selection(related="metric_id.unit")
    value = fields.Float(
        string="At least",
        digits=(16, 2),
        required=True,
        help="At most, for metrics of which less is better.",
    )

    _once = models.UniqueIndex(
        "(grade_id, metric_id)", "The level asks for this metric already."
    )


class LinkstarKpiGradeStep(models.Model):
    """Somebody was put on a level, by another person and with a reason."""

    _name = "linkstar.kpi.grade.step"
    _description = "Level of a person"
    _inherit = [
        "linkstar.audit.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.kpi.manager.mixin",
    ]
    _order = "date_from desc, id desc"

    _system_fields = frozenset({"decided_by"})
    _audit_fields = ("employee_id", "grade_id", "date_from", "reason", "decided_by")
    _audit_store_path = None

    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict"
    )
    grade_id = fields.Many2one(
        "linkstar.kpi.grade", required=True, index=True, ondelete="restrict"
    )
    role_id = fields.Many2one(related="grade_id.role_id", store=True)
    company_id = fields.Many2one(related="grade_id.company_id", store=True)
    date_from = fields.Date(
        string="Since", required=True, default=fields.Date.context_today
    )
    reason = fields.Char(required=True)
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)

    _once = models.UniqueIndex(
        "(employee_id, date_from)", "The person takes a level on this day already."
    )

    @api.depends("employee_id.name", "grade_id.name")
    def _compute_display_name(self):
        for step in self:
            step.display_name = " · ".join(
                filter(None, (step.employee_id.name, step.grade_id.name))
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Put people on levels; nobody puts themselves on one."""
        steps = super().create(vals_list)
        steps._check_others()
        steps.sudo().decided_by = self.env.uid
        return steps

    def write(self, vals):
        """Correct a step of somebody else."""
        self.check_access("write")
        self._check_others()
        result = super().write(vals)
        self._check_others()
        return result

    def unlink(self):
        """Take back a step of somebody else."""
        self.check_access("unlink")
        self._check_others()
        return super().unlink()

    def _check_others(self):
        user = self.env.user
        people = self.sudo().employee_id
        if not self.env.su and user._linkstar_kpi_is_one_of(
            self.env["res.users"], people
        ):
            raise UserError(
                self.env._("Somebody else decides on the level that you are on.")
            )

    @api.constrains("employee_id", "grade_id")
    def _check_company(self):
        for step in self.sudo():
            if step.employee_id.company_id != step.grade_id.company_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s works for another company than the level %(level)s "
                        "belongs to.",
                        person=step.employee_id.name,
                        level=step.grade_id.name,
                    )
                )

    @api.model
    def _current(self):
        """The newest step of each person, as superuser."""
        steps = self.sudo().search([("date_from", "<=", fields.Date.today())])
        newest = {}
        for step in steps:
            newest.setdefault(step.employee_id.id, step)
        return self.sudo().union(*newest.values())

    @api.model
    def _current_of(self, person):
        return self.sudo().search(
            [
                ("employee_id", "=", person.id),
                ("date_from", "<=", fields.Date.today()),
            ],
            limit=1,
        )
