"""The step lists of platforms are built-in templates too: newer ones are offered."""

import json

from odoo import api, models
from odoo.tools import file_open

from ..engine import sop_template
from .linkstar_sop import VERIFY_NOTE, category_steps, checklists_zh


class ProjectProject(models.Model):
    _inherit = "project.project"

    @api.model
    @api.private
    def _builtin_entries(self):
        """Add the step lists that come with this addon."""
        with file_open("linkstar_store_opening/data/sops.json") as handle:
            sops = json.load(handle)["sops"]
        chinese, categories = checklists_zh(), category_steps()
        entries = [
            sop_template.template_data(sop, VERIFY_NOTE, chinese, categories)
            for sop in sops
            if not sop["closed"]
        ]
        with file_open("linkstar_store_opening/data/account_cases.json") as handle:
            entries += json.load(handle)
        return {
            **super()._builtin_entries(),
            **{entry["code"]: entry for entry in entries},
        }

    @api.model
    @api.private
    def _load_account_cases(self):
        """Load the templates for accounts in use: suspension to handover."""
        with file_open("linkstar_store_opening/data/account_cases.json") as handle:
            return bool(
                self._load_builtin(json.load(handle), module="linkstar_store_opening")
            )
