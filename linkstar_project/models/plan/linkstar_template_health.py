"""Health of templates: dead roles, loops, dates that cannot be kept."""

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...engine import launch_plan

#: Templates that one line names; the rest is counted.
SHOWN = 5


class LinkstarTemplateHealth(models.AbstractModel):
    _name = "linkstar.template.health"
    _description = "Health of templates"
    _inherit = "linkstar.health.provider"

    @api.model
    def _health_checks(self, now):
        """See ``linkstar.health.provider``."""
        templates = self.env["project.project"].search(
            [("is_template", "=", True), ("linkstar_kind", "!=", False)]
        )
        return [
            *self._check_loops(templates),
            *self._check_roles(templates),
            *self._check_offsets(templates),
            *self._check_running_dates(),
        ]

    def _finding(self, code, severity, template, title, detail, next_step):
        return {
            "code": code,
            "area": "templates",
            "severity": severity,
            "title": title,
            "detail": detail,
            "next_step": next_step,
            "res_model": "project.project",
            "res_id": template.id,
        }

    @api.model
    def _check_loops(self, templates):
        """Working copies that could not be published as they are."""
        checks = []
        for template in templates.sudo():
            if not template.step_count:
                continue
            for code, args in launch_plan.all_faults(template._build_snapshot())[:1]:
                checks.append(
                    self._finding(
                        f"template_{code}",
                        "error",
                        template,
                        self.env._("Template “%s” has a fault", template.name),
                        template.with_env(self.env)._fault_words(code, args),
                        self.env._("Open the template, mend it, publish it again."),
                    )
                )
        return checks

    @api.model
    def _check_roles(self, templates):
        """Roles of published steps that are gone, or that nobody holds today."""
        known, held = self._roles()
        checks, asked_for = [], defaultdict(list)
        for template_id, codes in self._published_roles(templates).items():
            template = self.env["project.project"].browse(template_id)
            gone = sorted(code for code in codes if code not in known)
            empty = sorted(
                known[code] for code in codes if code in known and code not in held
            )
            if gone:
                checks.append(
                    self._finding(
                        "template_role_gone",
                        "error",
                        template,
                        self.env._("Template “%s” asks for a dead role", template.name),
                        self.env._("No longer there: %s.", ", ".join(gone)),
                        self.env._(
                            "Choose another role for these steps and publish again."
                        ),
                    )
                )
            for role in empty if held else ():
                asked_for[role].append(template)
        return checks + [
            self._empty_role(role, asked_for[role]) for role in sorted(asked_for)
        ]

    def _empty_role(self, role, templates):
        """One line a role, however many templates ask for it."""
        names = ", ".join(template.name for template in templates[:SHOWN])
        finding = self._finding(
            "template_role_empty",
            "info",
            templates[0],
            self.env._("Nobody holds the role “%s”", role),
            self.env._(
                "%(count)s templates ask for it: %(names)s.",
                count=len(templates),
                names=names + (" …" if len(templates) > SHOWN else ""),
            ),
            self.env._(
                "Their tasks will go to the store's lead. Add members with "
                "these roles under Stores, Members."
            ),
        )
        ids = [template.id for template in templates]
        return dict(finding, res_id=False, domain=[("id", "in", ids)])

    @api.model
    def _roles(self):
        """``({code: name} of all roles, codes held by somebody in a seen store)``."""
        roles = self.env["project.role"].sudo().with_context(active_test=True)
        known = {role.code: role.name for role in roles.search([("code", "!=", False)])}
        members = self.env["linkstar.store.member"]._read_group(
            [("user_id.active", "=", True)], ["role_id"]
        )
        return known, {role.sudo().code for (role,) in members}

    @api.model
    def _published_roles(self, templates):
        """``{template id: role codes}`` of the last published versions, in one query.

        The snapshots are not loaded: the database picks the codes out of them.
        """
        self.env["linkstar.template.version"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT v.project_id, array_agg(DISTINCT role)
                  FROM (SELECT DISTINCT ON (project_id) project_id, snapshot
                          FROM linkstar_template_version
                         WHERE project_id = ANY(%s) AND state = 'published'
                         ORDER BY project_id, number DESC) v,
                       jsonb_path_query(v.snapshot, '$.tasks[*].role') AS r(value),
                       LATERAL (SELECT value #>> '{}' AS role) t
                 WHERE role IS NOT NULL
                 GROUP BY v.project_id
                 ORDER BY v.project_id
                """,
                templates.ids,
            )
        )
        return dict(rows)

    @api.model
    def _check_offsets(self, templates):
        """Steps of a template that are to begin before what they wait for begins."""
        self.env["project.task"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.project_id, MIN(t.name), MIN(b.name), COUNT(*)
                  FROM task_dependencies_rel d
                  JOIN project_task t ON t.id = d.task_id
                  JOIN project_task b ON b.id = d.depends_on_id
                 WHERE t.project_id = ANY(%s) AND b.project_id = t.project_id
                   AND t.active AND b.active
                   AND t.offset_days <> 0 AND b.offset_days <> 0
                   AND t.offset_days < b.offset_days
                 GROUP BY t.project_id
                """,
                templates.ids,
            )
        )
        checks = []
        for template_id, task, before, count in rows:
            template = self.env["project.project"].browse(template_id)
            checks.append(
                self._finding(
                    "template_dates",
                    "warning",
                    template,
                    self.env._("Template “%s” has impossible dates", template.name),
                    self.env._(
                        "“%(task)s” is to begin before “%(before)s”, for which it "
                        "waits (%(count)s such steps).",
                        task=task,
                        before=before,
                        count=count,
                    ),
                    self.env._("Correct the day on which the step begins."),
                )
            )
        return checks

    @api.model
    def _check_running_dates(self):
        """Open tasks of running projects that end before they may begin."""
        self.env["project.task"].flush_model()
        visible = self.env["project.task"]._search(
            [
                ("project_id.is_live", "=", True),
                ("state", "not in", ("1_done", "1_canceled")),
                ("planned_date_begin", "!=", False),
                ("date_deadline", "!=", False),
            ]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id FROM project_task t
                 WHERE t.id IN %s AND t.date_deadline < t.planned_date_begin
                 ORDER BY t.id LIMIT 1000
                """,
                visible.subselect(),
            )
        )
        if not rows:
            return []
        ids = [row[0] for row in rows]
        return [
            {
                "code": "tasks_end_before_begin",
                "area": "templates",
                "severity": "warning",
                "title": self.env._("%s tasks end before they begin", len(ids)),
                "detail": self.env._("Their dates were changed by hand."),
                "next_step": self.env._(
                    "Correct deadline or planned start, or let the project be "
                    "rescheduled."
                ),
                "res_model": "project.task",
                "domain": [("id", "in", ids)],
            }
        ]
