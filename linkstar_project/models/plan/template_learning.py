"""What past runs say of a template's steps: how long they really took."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Of fewer runs nothing is told: two are no experience, and would show one person's.
LEAST_RUNS = 3


class ProjectTask(models.Model):
    _inherit = "project.task"

    past_runs = fields.Integer(
        compute="_compute_past", help="How often launches of any version finished it."
    )
    past_median = fields.Float(
        string="Half within",
        compute="_compute_past",
        help="Half of the past runs took no longer: hours, or days for steps that "
        "last elapsed days. Shown from three runs on.",
    )
    past_p80 = fields.Float(
        string="80% within",
        compute="_compute_past",
        help="Four of five past runs took no longer: hours, or days for steps that "
        "last elapsed days. Shown from three runs on.",
    )

    @api.depends("node_uid", "duration_kind")
    def _compute_past(self):
        steps = self.filtered(lambda task: task.sudo().project_id.is_template)
        known = self._linkstar_past({task.node_uid for task in steps if task.node_uid})
        for task in self:
            runs, *figures = known.get((task.node_uid, task.duration_kind), (0, 0, 0))
            enough = runs >= LEAST_RUNS
            task.past_runs = runs
            task.past_median, task.past_p80 = figures if enough else (0, 0)

    def _linkstar_past(self, uids):
        """Past durations by step and kind, through all versions.

        :return: ``{(step uid, kind): (runs, median, 80th percentile)}``: hours, or days
        """
        if not uids:
            return {}
        self.env["project.task"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.node_uid, t.duration_kind, count(*),
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY d.length),
                       percentile_cont(0.8) WITHIN GROUP (ORDER BY d.length)
                  FROM project_task t
                  JOIN project_project p ON p.id = t.project_id
                 CROSS JOIN LATERAL (
                       SELECT CASE
                         WHEN t.duration_kind = 'elapsed' THEN
                              EXTRACT(epoch FROM t.done_date - t.real_begin) / 86400.0
                         WHEN t.effective_hours > 0 THEN t.effective_hours
                         ELSE t.worked_hours END::float AS length) d
                 WHERE t.node_uid = ANY(%s)
                   AND t.state = '1_done'
                   AND t.active
                   AND t.store_id IS NOT NULL
                   AND t.is_trial IS NOT TRUE
                   AND p.is_template IS NOT TRUE
                   AND d.length > 0
                 GROUP BY t.node_uid, t.duration_kind
                """,
                sorted(uids),
            )
        )
        return {(uid, kind): tuple(figures) for uid, kind, *figures in rows}

    def action_use_median(self):
        """Plan these steps with what half of the past runs took."""
        return self._linkstar_learn("past_median")

    def action_use_p80(self):
        """Plan these steps with what four of five past runs took."""
        return self._linkstar_learn("past_p80")

    def _linkstar_learn(self, name):
        self.check_access("read")
        self.project_id._check_template_manager()
        steps = self.filtered(
            lambda task: task.sudo().project_id.is_template
            and task.sudo().linkstar_kind
            and task[name] > 0
        )
        if not steps:
            raise UserError(
                self.env._(
                    "There is nothing to learn yet: a step needs at least %s finished "
                    "runs.",
                    LEAST_RUNS,
                )
            )
        for step in steps:
            value = round(step[name], 1)
            is_elapsed = step.duration_kind == "elapsed"
            step.write({"duration_days" if is_elapsed else "allocated_hours": value})
        return True


class ProjectProject(models.Model):
    _inherit = "project.project"

    def action_open_learning(self):
        """Show the steps of this template beside what past runs took."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_project.template_learning_action"
        )
        action["domain"] = [("project_id", "=", self.id)]
        return action

    def action_open_review(self):
        """Show plan and reality of this project, task by task."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_project.linkstar_task_review_action"
        )
        action["domain"] = [("project_id", "=", self.id)]
        action["context"] = {}
        action["name"] = self.env._("Review of %s", self.name)
        return action
