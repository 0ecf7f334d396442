"""Roles of core, with a code that data and imports refer to."""

from odoo import fields, models


class ProjectRole(models.Model):
    _inherit = "project.role"

    code = fields.Char(
        copy=False, help="Short name used by templates and imports, such as operator."
    )

    _linkstar_code_uniq = models.Constraint(
        "UNIQUE(code)", "Another role has this code. Role codes are unique."
    )
