"""Duties that come back: reports, renewals, certificates."""

from odoo import fields, models

from .evidence import EVIDENCE_GRADES


class LinkstarObligationType(models.Model):
    """A kind of recurring duty, with the rule of its due date in words."""

    _name = "linkstar.obligation.type"
    _description = "Obligation Type"
    _order = "name"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    applies_when = fields.Char(translate=True)
    frequency = fields.Char(translate=True)
    due_rule = fields.Char(translate=True)
    reminder_days = fields.Char(help="Days before the due date, e.g. 60,30,7")
    consequence = fields.Char("If missed", translate=True)
    evidence = fields.Selection(EVIDENCE_GRADES, string="Source grade")
    source = fields.Text()
    active = fields.Boolean(default=True)

    _code_unique = models.UniqueIndex("(code)", "This obligation code exists already.")
