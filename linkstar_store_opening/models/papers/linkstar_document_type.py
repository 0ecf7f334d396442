"""What a file of a kind of paper may be, and how long it is kept."""

from odoo import api, fields, models

from ...engine import file_check

#: The largest file that any type may allow (MB).
LARGEST_MB = 512


class LinkstarDocumentType(models.Model):
    _inherit = "linkstar.document.type"

    max_size_mb = fields.Integer(
        "Largest file (MB)", default=20, help="A larger file is refused at upload."
    )
    max_pages = fields.Integer("Most pages", help="0: any number.")
    retention_days = fields.Integer(
        "Keep (days after the last use)",
        help="Its file is destroyed so many days after the last opening needed it. "
        "Papers of open shops stay. 0 keeps without end.",
    )
    is_live_only = fields.Boolean(compute="_compute_is_live_only")
    needs_file = fields.Boolean(
        "Needs a file",
        compute="_compute_needs_file",
        store=True,
        precompute=True,
        readonly=False,
        help="A required paper without a file holds the submission. Off for what is "
        "shown live, entered by hand, or never stored, such as a card.",
    )

    _size_range = models.Constraint(
        f"CHECK (max_size_mb BETWEEN 1 AND {LARGEST_MB})",
        f"The largest file is between 1 and {LARGEST_MB} MB.",
    )
    _retention_positive = models.Constraint(
        "CHECK (retention_days >= 0 AND max_pages >= 0)",
        "Days and pages are not negative.",
    )

    @api.depends("validity_kind")
    def _compute_is_live_only(self):
        for kind in self:
            kind.is_live_only = kind.validity_kind == "live_show_only"

    @api.depends("formats", "validity_kind")
    def _compute_needs_file(self):
        for kind in self:
            no_file = kind.validity_kind in ("live_show_only", "event_date")
            kind.needs_file = bool(kind.formats) and not no_file

    def _file_limits(self):
        """Limits of a file as a value of the engine.

        A recording is taken only of types that are neither personal nor sensitive:
        the product never keeps recordings of faces.
        """
        self.ensure_one()
        formats = file_check.allowed_formats(self.formats)
        return file_check.Limits(
            formats=formats,
            max_bytes=self.max_size_mb * 1024 * 1024,
            max_pages=self.max_pages,
            allows_video="mp4" in formats
            and self.holder != "person"
            and self.sensitive_level in ("1", "2"),
        )
