"""Wizard: templates from a file or a backup: what is new, what differs, what is not."""

import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import merge, takeover
from ..engine.snapshot import localise
from ..models.plan.template_content import MAX_IMPORT_BYTES


class LinkstarLibraryImport(models.TransientModel):
    """Show each template of a library file beside what is here; add the new ones.

    A template that is here already is never overwritten: it is compared, and taken
    over step by step.
    """

    _name = "linkstar.library.import"
    _description = "Import templates"

    data = fields.Binary(string="File", attachment=False)
    filename = fields.Char()
    backup_id = fields.Many2one("linkstar.library.backup")
    state = fields.Selection(
        [("upload", "Choose a file"), ("preview", "Check")],
        default="upload",
        readonly=True,
    )
    line_ids = fields.One2many("linkstar.library.import.line", "import_id")
    new_count = fields.Integer(readonly=True)

    def action_preview(self):
        """Show the file's templates and how they stand here; write nothing."""
        self.ensure_one()
        self.env["project.project"]._check_template_manager()
        snapshots = self._snapshots()
        lines = [
            {"import_id": self.id, "position": number, **self._compare(snapshot)}
            for number, snapshot in enumerate(snapshots)
        ]
        self.line_ids.sudo().unlink()
        self.env["linkstar.library.import.line"].sudo().create(lines)
        self.sudo().write(
            {
                "state": "preview",
                "new_count": sum(line["status"] == "new" for line in lines),
            }
        )
        return self._reopen()

    def action_import(self):
        """Create the templates that are not here; a second time adds nothing."""
        self.ensure_one()
        self.env["project.project"].import_templates(self._text())
        return self.action_preview()

    def _snapshots(self):
        return self.env["project.project"]._parse_export(self._text())

    def _text(self):
        if self.backup_id:
            self.backup_id.check_access("read")
            return self.backup_id.sudo().content
        if not self.data:
            raise UserError(self.env._("Choose a file that was exported before."))
        if len(self.data) > MAX_IMPORT_BYTES * 3 // 2:
            raise UserError(self.env._("A library file has at most 5 MB of text."))
        try:
            return base64.b64decode(self.data, validate=True).decode("utf-8-sig")
        except (binascii.Error, UnicodeDecodeError):
            raise UserError(
                self.env._("The file is no LinkStar library. Export one to compare.")
            ) from None

    def _compare(self, snapshot):
        """How a template of the file stands here: new, same or different."""
        name = localise(snapshot["template"].get("name"), self.env.lang)
        values = {
            "name": name or self.env._("Imported"),
            "step_count": len(snapshot["tasks"]),
        }
        template = self._find(snapshot)
        if not template:
            return {**values, "status": "new"}
        current = template._build_snapshot()
        changes = merge.diff(current, takeover.align(current, snapshot))
        return {
            **values,
            "template_id": template.id,
            "status": "differs" if changes else "same",
            "change_count": len(changes),
        }

    def _find(self, snapshot):
        """The template here that holds steps of this one, or none."""
        uids = [task["uid"] for task in snapshot["tasks"]]
        tasks = self.env["project.task"].sudo().with_context(active_test=False)
        task = tasks.search(
            [
                ("node_uid", "in", uids),
                ("project_id.is_template", "=", True),
                ("project_id.linkstar_kind", "!=", False),
            ],
            limit=1,
        )
        return self.env["project.project"].browse(task.project_id.ids)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }


class LinkstarLibraryImportLine(models.TransientModel):
    """One template of a library file."""

    _name = "linkstar.library.import.line"
    _description = "Template of a file"
    _inherit = ["linkstar.system.fields.mixin"]
    _order = "position, id"

    _system_fields = frozenset(
        {
            "import_id",
            "position",
            "name",
            "step_count",
            "status",
            "template_id",
            "change_count",
        }
    )

    import_id = fields.Many2one(
        "linkstar.library.import", required=True, index=True, ondelete="cascade"
    )
    position = fields.Integer(readonly=True)
    name = fields.Char(string="Template", readonly=True)
    step_count = fields.Integer(string="Steps", readonly=True)
    template_id = fields.Many2one("project.project", string="Here", readonly=True)
    status = fields.Selection(
        [("new", "Not here"), ("same", "The same"), ("differs", "Differs")],
        readonly=True,
    )
    change_count = fields.Integer(string="Differences", readonly=True)

    def action_compare(self):
        """Open this template of the file beside the one that is here."""
        self.ensure_one()
        self.check_access("read")
        wizard = self.import_id
        template = self.template_id
        template._check_template_manager()
        template.check_access("read")
        snapshot = wizard._snapshots()[self.position]
        source = wizard.backup_id.display_name or wizard.filename or ""
        return self.env["linkstar.template.takeover"]._open(template, snapshot, source)
