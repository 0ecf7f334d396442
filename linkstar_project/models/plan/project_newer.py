"""A running project is told that its template has a newer version."""

from odoo import api, fields, models
from odoo.tools import SQL


class ProjectProject(models.Model):
    _inherit = "project.project"

    newer_version_id = fields.Many2one(
        "linkstar.template.version",
        string="Newer version",
        compute="_compute_newer_version_id",
        compute_sudo=True,
        search="_search_newer_version_id",
        help="The newest published version of its template, when it runs an older one.",
    )

    @api.depends("version_id", "is_live")
    def _compute_newer_version_id(self):
        live = self.filtered(lambda project: project.is_live and project.version_id)
        newest = {}
        for version in self.env["linkstar.template.version"].search(
            [
                ("project_id", "in", live.version_id.project_id.ids),
                ("state", "=", "published"),
            ],
            order="number",
        ):
            newest[version.project_id.id] = version
        for project in self:
            version = newest.get(project.version_id.project_id.id)
            is_newer = version and version.number > project.version_id.number
            project.newer_version_id = (
                version if project in live and is_newer else False
            )

    def _search_newer_version_id(self, operator, value):
        """Search for live projects behind (``!= False``) or not (``= False``)."""
        if operator not in ("in", "not in") or set(value) - {False}:
            return NotImplemented
        self.env["linkstar.template.version"].flush_model(["state", "number"])
        behind = SQL(
            """
            SELECT p.id FROM project_project p
              JOIN linkstar_template_version v ON v.id = p.version_id
             WHERE p.is_live AND EXISTS (
                   SELECT FROM linkstar_template_version n
                    WHERE n.project_id = v.project_id AND n.number > v.number
                      AND n.state = 'published')
            """
        )
        self.flush_model(["is_live", "version_id"])
        ids = [row[0] for row in self.env.execute_query(behind)]
        return [("id", "not in" if operator == "in" else "in", ids)]

    def publish_version(self, note=""):
        """Publish, and tell the running projects in their logs."""
        version = super().publish_version(note)
        running = (
            self.env["project.project"]
            .sudo()
            .search(
                [
                    ("version_id.project_id", "=", self.id),
                    ("version_id", "!=", version.id),
                    ("is_live", "=", True),
                ]
            )
        )
        running._message_log_batch(
            bodies={
                project.id: self.env._(
                    "%(version)s is published: compare it with this project under "
                    "Newer version. %(note)s",
                    version=version.sudo().display_name,
                    note=note or "",
                )
                for project in running
            }
        )
        return version

    def action_compare_newer(self):
        """Open the comparison with the newest version of the template."""
        versions = self.newer_version_id
        return versions[:1].with_env(self.env).action_offer(self.ids)


class LinkstarTemplateVersion(models.Model):
    _inherit = "linkstar.template.version"

    def action_offer(self, project_ids=None):
        """Compare this version with running projects, for leads to decide.

        :param project_ids: only these projects (default: all running ones that the
            user leads and that are behind)
        :return: the action that opens the comparison
        """
        self.ensure_one()
        self.check_access("read")
        domain = [
            ("version_id.project_id", "=", self.sudo().project_id.id),
            ("version_id.number", "<", self.number),
            ("is_live", "=", True),
        ]
        if project_ids:
            domain.append(("id", "in", project_ids))
        elif not self.env.user._linkstar_sees_all("write"):
            stores = list(self.env.user._linkstar_lead_store_ids())
            domain.append(("store_id", "in", stores))
        projects = self.env["project.project"].search(domain)
        if not projects:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "info",
                    "message": self.env._(
                        "No running project that you lead is behind this version."
                    ),
                },
            }
        running = self._checked_running(projects.ids)
        propagation = self.env["linkstar.propagation"]._open(self, running)
        propagation.with_env(self.env)._compare()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "linkstar.propagation",
            "res_id": propagation.id,
            "views": [[False, "form"]],
        }
