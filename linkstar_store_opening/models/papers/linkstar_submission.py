"""What a round froze: the field sheet and the very files."""

from odoo import api, fields, models


class LinkstarSubmission(models.Model):
    _inherit = "linkstar.submission"

    field_sheet = fields.Json(readonly=True, help="The form's answers as sent.")
    files = fields.Json(readonly=True, help="Versions and hashes of the files sent.")
    sheet_text = fields.Text("Field sheet", compute="_compute_sheet_text")
    files_text = fields.Text("Files sent", compute="_compute_sheet_text")

    @property
    def _system_fields(self):
        """What was sent is frozen by the round itself."""
        return super()._system_fields | {"field_sheet", "files"}

    @api.depends("field_sheet", "files")
    def _compute_sheet_text(self):
        for submission in self:
            submission.sheet_text = "\n".join(
                f"{line['name']}: {line['answer']}"
                for line in submission.field_sheet or []
            )
            submission.files_text = "\n".join(
                f"{line['type']} v{line['version']} {line['hash'][:12]}"
                for line in submission.files or []
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Create; sheet and files are taken as they stand at this moment."""
        submissions = super().create(vals_list)
        for submission in submissions.sudo():
            project = submission.project_id
            submission.field_sheet = project._frozen_sheet()
            submission.files = project.requirement_ids._frozen_files()
        return submissions


class LinkstarRequirement(models.Model):
    _inherit = "linkstar.requirement"

    @api.private
    def _frozen_files(self):
        """Versions and keyed hashes of the files that stand now, as plain data."""
        files = self.sudo().document_id.file_id
        return [
            {
                "type": file.document_id.type_id.code,
                "document_id": file.document_id.id,
                "version": file.number,
                "kind": file.kind,
                "size": file.size,
                "hash": file.content_hash or "",
            }
            for file in files
        ]
