"""The execution rate: checks done out of checks due."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.linkstar_project.engine import rounds


class LinkstarRound(models.Model):
    _inherit = "linkstar.round"

    @api.model
    @api.private
    def _execution_rate(self, employee_ids, date_from, date_to):
        """Return how much of their rounds people have walked.

        A round counts once its day is over or every check is answered; rounds of
        closed stores and of people who left before midnight do not count.

        :param employee_ids: ids of ``hr.employee``
        :param date_from: first day, in each person's own calendar
        :param date_to: last day, included
        :return: ``{employee_id: {"due": checks, "done": checks, "rounds": rounds,
            "rate": percent or None}}``, one key for each id given
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT employee_id, SUM(step_count), SUM(done_count), COUNT(*)
                  FROM linkstar_round
                 WHERE employee_id = ANY(%(people)s)
                   AND date BETWEEN %(start)s AND %(end)s
                   AND (state IN ('done', 'missed')
                        OR (state = 'open' AND closes_at <= %(now)s))
                 GROUP BY employee_id
                """,
                people=list(employee_ids),
                start=fields.Date.to_date(date_from),
                end=fields.Date.to_date(date_to),
                now=fields.Datetime.now(),
            )
        )
        found = {row[0]: row[1:] for row in rows}
        result = {}
        for employee_id in employee_ids:
            due, done, count = (int(n) for n in found.get(employee_id, (0, 0, 0)))
            result[employee_id] = {
                "due": due,
                "done": done,
                "rounds": count,
                "rate": rounds.rate(done, due),
            }
        return result

    def _write_facts(self, now):
        """Write the catalogue's steps due and done for these rounds' days.

        Whole days are counted anew, so that running it again changes nothing.
        """
        ended = self.filtered("employee_id")
        if not ended:
            return
        groups = self.sudo()._read_group(
            [
                ("store_id", "in", ended.store_id.ids),
                ("employee_id", "in", ended.employee_id.ids),
                ("date", "in", list(set(ended.mapped("date")))),
                ("state", "in", ("done", "missed")),
                ("closes_at", "<=", now),
            ],
            ["store_id", "employee_id", "date:day"],
            ["step_count:sum", "done_count:sum"],
        )
        rows = []
        for store, employee, day, due, done in groups:
            same = {
                "store_id": store.id,
                "date": fields.Date.to_date(day),
                "employee_id": employee.id,
                "source": "linkstar",
                "as_of": now,
            }
            rows.append({**same, "metric": "sop_steps_due", "value": due})
            rows.append({**same, "metric": "sop_steps_done", "value": done})
        self.env["linkstar.fact"].sudo()._upsert(rows)
