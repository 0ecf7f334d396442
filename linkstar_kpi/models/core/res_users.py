"""Whose scorecards a user may see."""

from odoo import fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL


class ResUsers(models.Model):
    _inherit = "res.users"

    def _linkstar_kpi_team_ids(self):
        """Ids of the employees whose scores this user may see as their lead.

        These are the employees under the user in the organisation, and members
        of the stores that the user leads today (UTC). Nobody is in their own
        team.
        """
        return self._linkstar_kpi_team(fields.Date.today().isoformat())

    @tools.ormcache("self.id", "today")
    def _linkstar_kpi_team(self, today):
        for model in ("linkstar.store.member", "linkstar.store.group"):
            self.env[model].flush_model()
        self.env["hr.employee"].flush_model(["parent_id", "user_id"])
        is_lead = self.has_group("linkstar_project.group_lead")
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE below AS (
                    SELECT id FROM hr_employee WHERE user_id = %(user)s
                    UNION
                    SELECT e.id FROM hr_employee e JOIN below b ON e.parent_id = b.id
                )
                SELECT id FROM below
                UNION
                SELECT m.employee_id
                  FROM linkstar_store_member m
                  LEFT JOIN linkstar_store_group g ON g.id = m.group_id AND g.active
                  LEFT JOIN linkstar_store_group_rel rel ON rel.group_id = g.id
                 WHERE m.active AND m.employee_id IS NOT NULL
                   AND m.date_from <= %(today)s
                   AND COALESCE(m.date_to, 'infinity') >= %(today)s
                   AND COALESCE(m.store_id, rel.store_id) = ANY(%(stores)s)
                EXCEPT
                SELECT id FROM hr_employee WHERE user_id = %(user)s
                """,
                user=self.id,
                today=today,
                stores=list(self._linkstar_lead_store_ids()) if is_lead else [],
            )
        )
        return tuple(sorted(row[0] for row in rows))

    def _linkstar_kpi_domain(self, employee_path="employee_id", own=True):
        """Domain of a record rule on what concerns one employee's score.

        :param employee_path: path from the model to the employee
        :param own: whether people see their own records
        :return: a domain as a list
        """
        self.ensure_one()
        if self._linkstar_sees_all_scores():
            return [(1, "=", 1)]
        employees = list(self._linkstar_kpi_team_ids())
        if own:
            employees += self._linkstar_kpi_own_ids()
        return [(employee_path, "in", employees)]

    def _linkstar_sees_all_scores(self):
        return any(
            self.has_group(group)
            for group in (
                "linkstar_kpi.group_kpi_manager",
                "linkstar_kpi.group_payroll",
                "linkstar_project.group_auditor",
            )
        )

    def _linkstar_kpi_target_domain(self):
        """Rule of targets: one's own, the team's, and those of own stores."""
        self.ensure_one()
        if self._linkstar_sees_all_scores():
            return [(1, "=", 1)]
        people = list(self._linkstar_kpi_team_ids()) + self._linkstar_kpi_own_ids()
        stores = list(self._linkstar_store_ids())
        return list(
            Domain("employee_id", "in", people)
            | Domain("employee_id", "=", False)
            & (Domain("store_id", "=", False) | Domain("store_id", "in", stores))
        )

    def _linkstar_kpi_entry_domain(self):
        """Rule of figures by hand: one's own, and those one is to review."""
        self.ensure_one()
        if self._linkstar_sees_all_scores():
            return [(1, "=", 1)]
        return ["|", ("entered_by", "=", self.id), ("reviewer_id", "=", self.id)]

    def _linkstar_kpi_exclusion_domain(self, mode="read"):
        """Rule of exclusions: own stores; only one's own requests are edited."""
        self.ensure_one()
        if self.has_group("linkstar_kpi.group_kpi_manager"):
            return [(1, "=", 1)]
        domain = self._linkstar_domain("store_id", mode)
        if mode == "read":
            return domain
        return list(Domain(domain) & Domain("requested_by", "=", self.id))

    def _linkstar_kpi_pay_domain(self):
        """Rule of bonus lines: payroll all, people their own once paid."""
        self.ensure_one()
        if self.has_group("linkstar_kpi.group_payroll"):
            return [(1, "=", 1)]
        own = self._linkstar_kpi_own_ids()
        return [("employee_id", "in", own), ("state", "=", "locked")]

    def _linkstar_sees_cost(self):
        """KPI managers and payroll see the figures that scores are made of."""
        groups = ("linkstar_kpi.group_kpi_manager", "linkstar_kpi.group_payroll")
        return super()._linkstar_sees_cost() or any(map(self.has_group, groups))

    def _linkstar_kpi_is_one_of(self, users, employees=None):
        """Whether the person behind this user is one of these users or employees.

        A person's other logins count as the person: nobody decides on their own
        score or pay by signing in as somebody else.
        """
        self.ensure_one()
        same = self._linkstar_same_person()
        if same & users:
            return True
        if not employees:
            return False
        members = self.env["linkstar.store.member"].sudo()
        members = members.with_context(active_test=False)
        own = same.sudo().with_context(active_test=False).employee_ids
        own |= members.search([("user_id", "in", same.ids)]).employee_id
        return bool(own & employees.sudo())

    def _linkstar_kpi_own_ids(self):
        """Ids of the user's own employees, in any company."""
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        return employees.search([("user_id", "=", self.id)]).ids
