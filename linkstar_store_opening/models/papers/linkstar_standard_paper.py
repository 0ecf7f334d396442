"""The library of standard papers: letters and declarations with gaps."""

from markupsafe import escape

from odoo import api, fields, models

from ...engine import fill


class LinkstarStandardPaper(models.Model):
    """A text that an opening fills: authorisation letter, declaration, consent."""

    _name = "linkstar.standard.paper"
    _description = "Standard Paper"
    _inherit = ["linkstar.audit.mixin"]
    _order = "name, id"
    _audit_fields = ("name", "body", "review_date", "active")
    _audit_store_path = False

    name = fields.Char(required=True, translate=True)
    type_id = fields.Many2one(
        "linkstar.document.type", help="The kind of paper it becomes once signed."
    )
    platform_id = fields.Many2one(
        "linkstar.platform", help="Empty: good for every platform."
    )
    body = fields.Html(
        required=True,
        translate=True,
        sanitize_attributes=True,
        help="Gaps stand in double braces: {{entity_name}}, {{entity_address}}, "
        "{{representative_name}}, {{shop_name}}, {{platform}}, {{today}}.",
    )
    review_date = fields.Date(
        "Review by", help="Until then somebody reads the text again."
    )
    is_stale = fields.Boolean(
        "Review is due", compute="_compute_is_stale", search="_search_is_stale"
    )
    active = fields.Boolean(default=True)

    @api.depends("review_date")
    def _compute_is_stale(self):
        today = fields.Date.context_today(self)
        for paper in self:
            paper.is_stale = bool(paper.review_date and paper.review_date < today)

    @api.model
    def _search_is_stale(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        stale = [("review_date", "<", fields.Date.context_today(self))]
        wanted = (True in value) == (operator == "in")
        return stale if wanted else ["!", *stale]

    def _filled(self, project):
        """``(HTML, names left blank)`` for one opening."""
        self.ensure_one()
        names = fill.gaps(self.body)
        values = {name: project._sheet_value(name) for name in names}
        return fill.fill(str(self.body), values, escape)


class LinkstarStandardPaperFill(models.TransientModel):
    """Choose a standard paper for an opening, look at it, print it."""

    _name = "linkstar.standard.paper.fill"
    _description = "Fill a Standard Paper"

    project_id = fields.Many2one("project.project", "Opening", required=True)
    platform_id = fields.Many2one(related="project_id.store_id.platform_id")
    paper_id = fields.Many2one(
        "linkstar.standard.paper",
        required=True,
        domain="['|', ('platform_id', '=', False), ('platform_id', '=', platform_id)]",
    )
    body = fields.Html(compute="_compute_body", sanitize=True)
    blanks = fields.Char(compute="_compute_body")
    is_stale = fields.Boolean(related="paper_id.is_stale")

    @api.depends("paper_id", "project_id")
    def _compute_body(self):
        for wizard in self:
            wizard.body, wizard.blanks = False, False
            if wizard.paper_id and wizard.project_id:
                wizard.project_id.check_access("read")
                body, blanks = wizard.paper_id._filled(wizard.project_id)
                wizard.body = body
                wizard.blanks = ", ".join(blanks)

    def action_print(self):
        """Open the filled paper for printing."""
        self.ensure_one()
        self.project_id.check_access("read")
        report = "linkstar_store_opening.standard_paper_report"
        return self.env.ref(report).report_action(self)
