"""Papers and duties of openings go to a successor like any other work."""

from odoo import api, models

from odoo.addons.linkstar_project.models.handover.holdings import Kind

OPEN_PAPERS = [("decision", "!=", "accepted"), ("project_id.outcome", "=", False)]


class LinkstarHandover(models.Model):
    _inherit = "linkstar.handover"

    @api.model
    @api.private
    def _kinds(self):
        """Add papers to bring or review, and obligations not yet fulfilled."""
        return {
            **super()._kinds(),
            "requirement": Kind("linkstar.requirement", "user_id", OPEN_PAPERS),
            "review": Kind("linkstar.requirement", "reviewer_id", OPEN_PAPERS),
            "obligation": Kind(
                "linkstar.obligation", "user_id", [("done_date", "=", False)]
            ),
        }

    @api.model
    @api.private
    def _kind_words(self):
        """Name the kinds of openings."""
        return {
            **super()._kind_words(),
            "requirement": self.env._("Papers to bring"),
            "review": self.env._("Papers to review"),
            "obligation": self.env._("Obligations"),
        }
