"""Tiers and coefficients of bonus plans."""

from odoo import fields, models


class LinkstarKpiBonusTier(models.Model):
    """From this figure upwards, this rate."""

    _name = "linkstar.kpi.bonus.tier"
    _description = "Bonus tier"
    _order = "plan_id, lower"

    plan_id = fields.Many2one(
        "linkstar.kpi.bonus.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    lower = fields.Monetary(string="From")
    rate = fields.Float(string="Rate (%)", digits=(7, 4))


class LinkstarKpiBonusCoefficient(models.Model):
    """From this score upwards, this coefficient."""

    _name = "linkstar.kpi.bonus.coefficient"
    _description = "Bonus coefficient"
    _order = "plan_id, lower"

    plan_id = fields.Many2one(
        "linkstar.kpi.bonus.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    lower = fields.Float(string="From score")
    coefficient = fields.Float(digits=(7, 4))
