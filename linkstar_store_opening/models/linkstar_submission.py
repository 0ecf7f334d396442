"""Rounds of an application: what was sent and what came back."""

from odoo import fields, models
from odoo.exceptions import UserError


class LinkstarSubmission(models.Model):
    """One round: sent papers (frozen), decision, reasons and the original notice."""

    _name = "linkstar.submission"
    _description = "Submission Round"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "project_id, number desc"
    _system_fields = frozenset(
        {"project_id", "number", "sent_at", "sent_by_id", "papers", "decision"}
        | {"decided_at", "decided_by_id"}
    )
    _audit_fields = ("number", "reference", "decision", "notice", "reason_ids")

    project_id = fields.Many2one(
        "project.project",
        string="Opening",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    store_id = fields.Many2one(
        "linkstar.store", related="project_id.store_id", store=True, index=True
    )
    number = fields.Integer("Round", required=True, readonly=True)
    sent_at = fields.Datetime(readonly=True)
    sent_by_id = fields.Many2one("res.users", readonly=True)
    reference = fields.Char(help="The platform's case or application number.")
    papers = fields.Json(readonly=True, help="Papers as they stood when sent.")
    decision = fields.Selection(
        [
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        readonly=True,
    )
    decided_at = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", "Entered by", readonly=True)
    reason_ids = fields.Many2many("linkstar.rejection.reason")
    notice = fields.Text(
        "Platform's notice", help="The platform's own words, pasted as they came."
    )

    _once = models.UniqueIndex(
        "(project_id, number)", "This round stands already. Reload the page."
    )

    def _compute_display_name(self):
        for submission in self:
            submission.display_name = self.env._("Round %s", submission.number)

    def write(self, vals):
        """A decided round stays as it was entered.

        An approval is entered with one button: its notice may follow, once.
        """
        decided = self.sudo().filtered("decision")
        if set(vals) == {"notice"}:
            decided = decided.filtered(lambda r: r.notice or r.decision != "approved")
        if not self.env.su and decided:
            raise UserError(
                self.env._(
                    "This round is decided: what was sent and what the platform "
                    "answered stay as they are. Write into the opening's chatter."
                )
            )
        return super().write(vals)
