"""Why platforms refuse, and whether a refusal can be mended."""

from odoo import fields, models

from .evidence import EVIDENCE_GRADES


class LinkstarRejectionReason(models.Model):
    """A reason of refusal with what to do about it."""

    _name = "linkstar.rejection.reason"
    _description = "Rejection Reason"
    _order = "name"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    advice = fields.Text(translate=True)
    permanence = fields.Selection(
        [
            ("fixable", "Can be fixed"),
            ("wait_then_retry", "Wait, then try again"),
            ("appeal", "Appeal"),
            ("often_final", "Often final"),
            ("final", "Final"),
        ],
        required=True,
        default="fixable",
    )
    wait_days = fields.Integer(help="Days to wait before the next try.")
    evidence = fields.Selection(EVIDENCE_GRADES, string="Source grade")
    source = fields.Text()
    active = fields.Boolean(default=True)

    _code_unique = models.UniqueIndex("(code)", "This reason code exists already.")
