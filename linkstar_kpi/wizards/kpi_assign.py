"""Put a group of people under a scheme: a department, a job, a store group."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class LinkstarKpiAssign(models.TransientModel):
    """Choose whom, look at who is assessed already, then assign."""

    _name = "linkstar.kpi.assign"
    _description = "Assign people to a scheme"
    _inherit = ["linkstar.kpi.manager.mixin"]

    scheme_id = fields.Many2one("linkstar.kpi.scheme", required=True)
    is_pilot = fields.Boolean(related="scheme_id.is_pilot")
    company_id = fields.Many2one(related="scheme_id.company_id")
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    date_to = fields.Date()
    by = fields.Selection(
        [
            ("department", "Departments"),
            ("job", "Job position"),
            ("group", "Project group"),
            ("people", "People"),
        ],
        string="Choose by",
        required=True,
        default="department",
    )
    department_ids = fields.Many2many("hr.department")
    job_id = fields.Many2one("hr.job", string="Job position")
    group_ids = fields.Many2many("linkstar.store.group", string="Project groups")
    # Everybody may read the public side of employees, under the same ids.
    employee_ids = fields.Many2many(
        "hr.employee.public", "linkstar_kpi_assign_employee", string="People"
    )
    use_joined = fields.Boolean(
        string="Newcomer ramp",
        help="Takes the first day of each person's contract as their first working "
        "day, from which the ramp counts.",
    )
    end_others = fields.Boolean(
        string="End their present scheme",
        help="The day before. Schemes beside each other: only a pilot may.",
    )
    line_ids = fields.One2many("linkstar.kpi.assign.line", "assign_id")
    is_checked = fields.Boolean(readonly=True)

    @api.onchange("scheme_id")
    def _onchange_scheme(self):
        if self.scheme_id.job_id:
            self.by, self.job_id = "job", self.scheme_id.job_id

    def _people(self):
        """The employees chosen, as superuser."""
        employees = self.env["hr.employee"].sudo()
        company = [("company_id", "=", self.company_id.id)]
        if self.by == "department":
            departments = ("department_id", "child_of", self.department_ids.ids)
            return employees.search([*company, departments])
        if self.by == "job":
            return employees.search([*company, ("job_id", "=", self.job_id.id)])
        if self.by == "group":
            members = self.env["linkstar.store.member"].sudo()
            served = members.search(
                [
                    ("role_id", "=", self.scheme_id.role_id.id),
                    ("employee_id", "!=", False),
                    "|",
                    ("group_id", "in", self.group_ids.ids),
                    ("store_id", "in", self.group_ids.store_ids.ids),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", self.date_from),
                ]
            )
            return served.employee_id.filtered_domain(company)
        return employees.browse(self.employee_ids.ids).filtered_domain(company)

    def action_check(self):
        """List the people with what stands in the way; assign nobody yet."""
        self.ensure_one()
        self._check_kpi_manager()
        people = self._people().sorted("name")
        if not people:
            raise UserError(self.env._("Nobody matches. Choose other people."))
        lines = []
        for person in people:
            other = self._in_the_way(person)
            same = other.filtered(lambda item: item.scheme_id == self.scheme_id)
            lines.append(
                {
                    "employee_id": person.id,
                    "other_id": other[:1].id,
                    "is_chosen": not other or (self.end_others and not same),
                    "joined_on": self._joined(person),
                }
            )
        self.write(
            {
                "line_ids": [Command.clear(), *map(Command.create, lines)],
                "is_checked": True,
            }
        )
        return self._reopen()

    def _in_the_way(self, person):
        """Assignments of the same kind of period that overlap with the new one."""
        held = self.env["linkstar.kpi.assignment"].search(
            [
                ("employee_id", "=", person.id),
                ("scheme_id.is_pilot", "=", self.is_pilot),
                ("scheme_id.period_kind", "=", self.scheme_id.period_kind),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", self.date_from),
            ]
        )
        if self.date_to:
            held = held.filtered(lambda item: item.date_from <= self.date_to)
        return held

    def _joined(self, person):
        if not self.use_joined:
            return False
        return person._get_first_version_date() or False

    def action_assign(self):
        """Assign the people ticked; end what stands in the way if asked to."""
        self.ensure_one()
        self._check_kpi_manager()
        assignments = self.env["linkstar.kpi.assignment"]
        new = []
        for line in self.line_ids.filtered("is_chosen"):
            if self.end_others:
                self._end(line.employee_id)
            new.append(
                {
                    "employee_id": line.employee_id.id,
                    "scheme_id": self.scheme_id.id,
                    "date_from": self.date_from,
                    "date_to": self.date_to,
                    "joined_on": line.joined_on,
                }
            )
        made = assignments.create(new)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assigned"),
            "res_model": assignments._name,
            "views": [(False, "list")],
            "domain": [("id", "in", made.ids)],
        }

    def _end(self, person):
        for held in self._in_the_way(person):
            if held.date_from >= self.date_from:
                raise UserError(
                    self.env._(
                        "%(assignment)s begins on %(day)s: end or delete it first.",
                        assignment=held.display_name,
                        day=held.date_from,
                    )
                )
            held.date_to = self.date_from - timedelta(days=1)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class LinkstarKpiAssignLine(models.TransientModel):
    """One person, and the scheme they are under now."""

    _name = "linkstar.kpi.assign.line"
    _description = "Person to assign"

    assign_id = fields.Many2one(
        "linkstar.kpi.assign", required=True, ondelete="cascade"
    )
    is_chosen = fields.Boolean(string="Take")
    employee_id = fields.Many2one("hr.employee", required=True, readonly=True)
    other_id = fields.Many2one(
        "linkstar.kpi.assignment", string="Assessed already by", readonly=True
    )
    joined_on = fields.Date(string="First working day")
