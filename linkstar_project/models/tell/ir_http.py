"""The web client knows from its first page whether reminders go out."""

from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Add what the banner shows; see ``linkstar_scheduler_late``."""
        info = super().session_info()
        health = self.env["linkstar.health.provider"]
        info["linkstar_scheduler_late"] = health.linkstar_scheduler_late()
        return info
