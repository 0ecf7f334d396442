"""Buttons of templates, projects and gates that open something."""

from odoo import fields, models


def _dialog(env, model, name, **defaults):
    return {
        "type": "ir.actions.act_window",
        "res_model": model,
        "name": name,
        "views": [[False, "form"]],
        "target": "new",
        "context": {f"default_{key}": value for key, value in defaults.items()},
    }


class ProjectProject(models.Model):
    _inherit = "project.project"

    launch_count = fields.Integer(compute="_compute_launch_count")

    def _compute_launch_count(self):
        groups = self._read_group(
            [("version_id.project_id", "in", self.ids), ("is_trial", "=", False)],
            ["version_id"],
            ["__count"],
        )
        counts = {}
        for version, count in groups:
            template_id = version.sudo().project_id.id
            counts[template_id] = counts.get(template_id, 0) + count
        for project in self:
            project.launch_count = counts.get(project.id, 0)

    def action_open_publish(self):
        """Open the wizard that publishes."""
        self.ensure_one()
        name = self.env._("Publish %s", self.name)
        return _dialog(self.env, "linkstar.template.publish", name, template_id=self.id)

    def action_open_compare(self):
        """Open the comparison of two versions, the newest two to begin with."""
        self.ensure_one()
        self.check_access("read")
        newest = self.last_version_id
        versions = self.env["linkstar.template.version"].search(
            [("project_id", "=", self.id)], order="number desc", limit=2
        )
        left, right = versions[-1:], versions[:1]
        if self.has_unpublished_changes or len(versions) < 2:
            left, right = newest or versions[:1], versions.browse()
        name = self.env._("Compare %s", self.name)
        return _dialog(
            self.env,
            "linkstar.template.compare",
            name,
            template_id=self.id,
            left_id=left.id,
            right_id=right.id,
        )

    def action_export_json(self):
        """Download these templates as one JSON file."""
        self.check_access("read")
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/linkstar_project/library/export?ids={ids}",
            "target": "download",
        }

    def action_open_close(self):
        """Open the wizard that closes."""
        self.ensure_one()
        name = self.env._("Close %s", self.name)
        return _dialog(self.env, "linkstar.project.close", name, project_id=self.id)

    def action_open_reschedule(self):
        """Open the wizard that shows what shifts in these projects."""
        name = self.env._("Reschedule")
        return _dialog(
            self.env, "linkstar.reschedule", name, project_ids=[(6, 0, self.ids)]
        )

    def action_view_launches(self):
        """Show the projects launched from this template."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_project.project_launch_action"
        )
        action["domain"] = [
            ("version_id.project_id", "in", self.ids),
            ("is_trial", "=", False),
        ]
        action["context"] = {"create": False}
        return action


class LinkstarGate(models.Model):
    _inherit = "linkstar.gate"

    def action_open_override(self):
        """Open the wizard that asks for reason and evidence."""
        self.ensure_one()
        name = self.env._("Override a gate")
        return _dialog(self.env, "linkstar.gate.override", name, gate_id=self.id)
