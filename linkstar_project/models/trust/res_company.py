"""Every company has a retention from the day it is created."""

from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        """Create companies, each with the usual retention."""
        companies = super().create(vals_list)
        self.env["linkstar.retention"]._ensure()
        return companies
