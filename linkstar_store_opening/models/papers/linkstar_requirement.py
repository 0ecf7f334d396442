"""Requirements with files: finer states, upload, and who may not review."""

from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import validity

#: Verdicts that mean nothing while the file itself is not there.
RESTS_ON_FILE = ("uploaded", "expiring", "accepted")


class LinkstarRequirement(models.Model):
    _inherit = "linkstar.requirement"

    state = fields.Selection(
        selection_add=[
            ("incomplete", "To correct"),
            ("uploaded", "Uploaded"),
            ("review", "In review"),
            ("accepted",),
        ]
    )
    file_state = fields.Selection(related="document_id.file_state")
    document_issue_date = fields.Date(
        related="document_id.issue_date", readonly=False, string="Issued on"
    )
    document_expiry_date = fields.Date(
        related="document_id.expiry_date", readonly=False, string="Expires on"
    )

    @api.depends(
        "document_id.issue_date",
        "document_id.expiry_date",
        "document_id.type_id",
        "document_id.name_on_paper",
        "document_id.entity_id.name",
        "document_id.file_ids.state",
        "type_id.needs_file",
        "is_later",
        "is_optional",
        "decision",
        "reviewer_id",
        "project_id.planned_submission_date",
        "store_id.marketplace_id.tz",
    )
    def _compute_state(self):
        """Judged for the planned day in the platform's own calendar."""
        now = datetime.now(timezone.utc)
        for requirement in self:
            zone = requirement.sudo().store_id.marketplace_id.tz
            today = validity.day_at(now, zone)
            use_on = max(requirement.use_date or today, today)
            requirement.state, requirement.explanation = requirement._judge(use_on)

    def _lacks_file(self):
        """Whether the platform wants a file of this paper and there is none."""
        self.ensure_one()
        return self.type_id.needs_file and self.document_id.file_state != "ready"

    def _judge(self, use_on):
        state, explanation = super()._judge(use_on)
        document = self.document_id
        if document and document.name_differs and state != "refused":
            return "incomplete", self.env._(
                "The paper says “%(paper)s”, the contact is now “%(now)s”: bring a "
                "paper of the new name, or correct the name on the paper.",
                paper=document.name_on_paper,
                now=document.entity_id.name,
            )
        if state in RESTS_ON_FILE and self._lacks_file():
            if document.file_state == "destroyed":
                return "missing", self.env._("Its file was destroyed: bring it again.")
            return "missing", self.env._("No file yet: take a picture or choose one.")
        if state == "uploaded":
            if self.reviewer_id:
                return "review", self.env._("Waits for its review.")
            return state, self.env._("Uploaded; nobody was named to review it.")
        return state, explanation

    @api.constrains("reviewer_id", "user_id")
    def _check_reviewer(self):
        for requirement in self:
            reviewer, owner = requirement.reviewer_id, requirement.user_id
            if reviewer and owner and owner in reviewer._linkstar_same_person():
                raise ValidationError(
                    self.env._(
                        "%s cannot both bring and review the paper. Name somebody "
                        "else to review it.",
                        reviewer.name,
                    )
                )

    def _check_decision(self):
        super()._check_decision()
        if self._lacks_file():
            raise ValidationError(
                self.env._(
                    "%s has no file to decide on. Ask its owner to bring it.",
                    self.type_id.name,
                )
            )
        uploaders = self.document_id.sudo().file_ids.uploaded_by_id
        if not self.env.su and uploaders & self.env.user._linkstar_same_person():
            raise ValidationError(
                self.env._(
                    "You uploaded %s yourself: somebody else must review it.",
                    self.type_id.name,
                )
            )

    def _note_uploader(self, user):
        for requirement in self:
            requirement.brought_by_ids |= user

    def ensure_document(self):
        """The paper of this requirement, made if it has none yet.

        :return: id of the ``linkstar.document``
        """
        self.ensure_one()
        self.check_access("write")
        if not self.document_id:
            if not self.entity_id:
                raise ValidationError(
                    self.env._(
                        "Say first whose paper this is: choose the company or person."
                    )
                )
            self.document_id = self.env["linkstar.document"].create(
                {
                    "name": f"{self.type_id.name} ({self.entity_id.name})",
                    "type_id": self.type_id.id,
                    "entity_id": self.entity_id.id,
                    "company_id": self.project_id.company_id.id or self.env.company.id,
                }
            )
        return self.document_id.id
