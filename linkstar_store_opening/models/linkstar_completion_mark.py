"""What makes a shop ready to sell after its approval."""

from odoo import fields, models

from .evidence import EVIDENCE_GRADES


class LinkstarCompletionMark(models.Model):
    """A completion mark (完成标志): payout bound, two-step verification on, …"""

    _name = "linkstar.completion.mark"
    _description = "Completion Mark"
    _order = "name"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    evidence = fields.Selection(EVIDENCE_GRADES, string="Source grade")
    source = fields.Text()
    active = fields.Boolean(default=True)

    _code_unique = models.UniqueIndex("(code)", "This mark code exists already.")
