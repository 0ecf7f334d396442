"""Files of a paper: its versions, upload, retention."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine import retention, sensitive_text


class LinkstarDocument(models.Model):
    _inherit = "linkstar.document"

    file_ids = fields.One2many(
        "linkstar.document.file",
        "document_id",
        domain=[("state", "!=", "uploading")],
        readonly=True,
        string="Versions",
    )
    file_id = fields.Many2one(
        "linkstar.document.file", compute="_compute_file_id", string="Newest file"
    )
    file_state = fields.Selection(
        [
            ("none", "No file"),
            ("ready", "File there"),
            ("destroyed", "Destroyed"),
        ],
        compute="_compute_file_id",
        string="File",
    )
    name_on_paper = fields.Char(
        help="The company's or person's name as the paper spells it. Left empty, the "
        "contact's name of that day is kept."
    )
    name_differs = fields.Boolean(compute="_compute_name_differs")
    keep_until = fields.Date(
        compute="_compute_keep_until",
        help="The file is destroyed after that day. Empty while a shop or an opening "
        "needs it.",
    )
    hold_reason = fields.Char(
        "Keep because", help="A reason to keep the file longer, such as a dispute."
    )

    @api.depends("file_ids.state", "file_ids.number")
    def _compute_file_id(self):
        for document in self:
            files = document.file_ids
            ready = files.filtered(lambda f: f.state == "ready")
            newest = ready.sorted("number")[-1:]
            document.file_id = newest
            gone = "destroyed" if files else "none"
            document.file_state = "ready" if newest else gone

    @api.depends("name_on_paper", "entity_id.name")
    def _compute_name_differs(self):
        for document in self:
            written, now = document.name_on_paper, document.entity_id.name
            document.name_differs = bool(
                written and now and written.casefold() != now.casefold()
            )

    @api.constrains("name", "original_place")
    def _check_no_number(self):
        """Numbers of papers are sensitive and never stand in plain fields."""
        for document in self:
            texts = (document.name, document.original_place)
            if any(sensitive_text.carries_number(text) for text in texts):
                raise ValidationError(
                    self.env._(
                        "“%s” holds a long number. Numbers of papers are kept under "
                        "Identity data only, encrypted. Give the paper a plain name.",
                        document.name[:4] + "…",
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Create; the name that the paper bears is the contact's of this day."""
        documents = super().create(vals_list)
        for document in documents.filtered(lambda d: not d.name_on_paper):
            document.name_on_paper = document.entity_id.sudo().name
        return documents

    def write(self, vals):
        """A paper of somebody else bears another name."""
        if "entity_id" in vals and "name_on_paper" not in vals:
            entity = self.env["res.partner"].browse(vals["entity_id"])
            vals = {**vals, "name_on_paper": entity.sudo().name}
        return super().write(vals)

    def begin_upload(self, name, size):
        """Start to upload a new version.

        :param name: the file's name; only its ending is kept
        :param size: bytes
        :return: dict: ``id`` of the upload, ``part_bytes``, ``parts``
        :raises UserError: too large, or a paper that is never stored
        """
        self.ensure_one()
        self.check_access("write")
        return self.env["linkstar.document.file"]._begin(self, name, size)

    def file_list(self):
        """Versions for the web client, newest first, with what the reader may do."""
        self.ensure_one()
        self.check_access("read")
        return [
            {
                "id": file.id,
                "number": file.number,
                "kind": file.kind or "",
                "size": file.size_text,
                "pages": file.pages,
                "state": file.state,
                "by": file.uploaded_by_id.sudo().name,
                "at": fields.Datetime.to_string(file.uploaded_at),
                "may_open": file.may_open,
                "is_sensitive": file.is_sensitive,
            }
            for file in self.file_ids.sorted("number", reverse=True)
        ]

    def _file_arrived(self, file):
        """Another file is another paper: it is reviewed again everywhere."""
        self.sudo().requirement_ids._note_uploader(file.uploaded_by_id)
        self.sudo().requirement_ids._reopen_review()
        log = self.sudo()._linkstar_audit_append
        log([(self.id, "write", "file_ids", "", f"version {file.number}")])

    # -------------------------------------------------------------- retention

    @api.depends(
        "type_id.retention_days",
        "file_ids.state",
        "hold_reason",
        "requirement_ids.project_id.application_step",
    )
    def _compute_keep_until(self):
        for document in self:
            document.keep_until = document._destroy_on()

    def _destroy_on(self):
        """The day on which this paper's files go, by use, consent and its type."""
        self.ensure_one()
        paper = self.sudo()
        files = paper.file_ids.filtered(lambda f: f.state == "ready")
        if not files or paper.hold_reason:
            return None
        projects = paper.requirement_ids.project_id
        uses = [moment.date() for moment in files.mapped("uploaded_at") if moment]
        for step in projects.opening_step_ids:
            uses.append((step.left_at or step.entered_at).date())
        return retention.destroy_on(
            paper.type_id.retention_days,
            uses,
            any(project._needs_papers() for project in projects),
            self.env["linkstar.consent"].sudo()._withdrawn_on(paper),
        )

    @api.model
    @api.private
    def _destroy_due(self, limit=200):
        """Nightly: destroy files whose time is over; returns how many papers."""
        today = fields.Date.today()
        kept = self.sudo().search([("file_ids.state", "=", "ready")])
        due = kept.filtered(lambda d: (d._destroy_on() or today) < today)[:limit]
        for document in due:
            document._destroy_files(self.env._("Retention is over."))
        return len(due)

    def destroy_files(self, reason):
        """Destroy all files of these papers now: compliance only, with a reason.

        :raises AccessError: not of compliance
        :raises UserError: no reason, or an opening under way needs the paper
        """
        self.check_access("write")
        self.env["linkstar.destruction"]._check_keeper()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the files are destroyed."))
        for document in self:
            if document.sudo().hold_reason:
                raise UserError(
                    self.env._(
                        "%(document)s is kept because: %(reason)s. Clear that first.",
                        document=document.name,
                        reason=document.hold_reason,
                    )
                )
            document._destroy_files(reason.strip())
        return True

    def _destroy_files(self, reason):
        gone = self.sudo().file_ids._destroy_content()
        if gone:
            self.env["linkstar.destruction"].sudo()._certify(self, gone, reason)
            self.sudo().requirement_ids._reopen_review()
