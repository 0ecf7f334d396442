"""The platform's answer as it came: the original notice's file and screenshots."""

from odoo import fields, models

#: Kind of paper that the files of an answer are.
NOTICE = "PLATFORM_NOTICE"


class LinkstarDocument(models.Model):
    _inherit = "linkstar.document"

    submission_id = fields.Many2one(
        "linkstar.submission",
        "Answer of round",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    @property
    def _system_fields(self):
        return super()._system_fields | {"submission_id"}


class LinkstarSubmission(models.Model):
    _inherit = "linkstar.submission"

    evidence_ids = fields.One2many(
        "linkstar.document", "submission_id", readonly=True, string="Platform's files"
    )

    def new_evidence(self):
        """A paper for one more file of the platform's answer, also after the decision.

        Files are only ever added: what the platform said stays.

        :return: id of a ``linkstar.document`` without a file yet
        """
        self.ensure_one()
        self.check_access("write")
        self.store_id._check_member("write")
        papers = self.sudo().evidence_ids
        spare = papers.filtered(
            lambda p: p.file_state == "none" and p.create_uid == self.env.user
        )
        if spare:
            return spare[0].id
        project = self.sudo().project_id
        company = project.company_id or self.env.company
        kind = self.env["linkstar.document.type"].search([("code", "=", NOTICE)])
        paper = papers.create(
            {
                "name": self.env._(
                    "Platform's answer %(number)s to round %(round)s of %(store)s",
                    number=len(papers) + 1,
                    round=self.number,
                    store=project.store_id.code,
                ),
                "type_id": kind.id,
                "entity_id": project.entity_id.id or company.partner_id.id,
                "issue_date": fields.Date.context_today(self),
                "company_id": company.id,
                "submission_id": self.id,
            }
        )
        return paper.id

    def evidence_list(self):
        """Files of the platform's answer for the web client, oldest first."""
        self.ensure_one()
        self.check_access("read")
        kept = self.evidence_ids.filtered("file_id").sorted("id")
        return [
            {**file, "number": number}
            for number, paper in enumerate(kept, start=1)
            for file in paper.file_list()[:1]
        ]
