"""A critical tie stops an opening until compliance has decided."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...engine import linkage
from .linkstar_asset_conflict import SEVERITIES

#: Steps that carry an application to the platform.
GUARDED_STEPS = ("ready", "submitted")


class ProjectProject(models.Model):
    _inherit = "project.project"

    linkage_level = fields.Selection(
        SEVERITIES, string="Linkage", compute="_compute_linkage"
    )
    linkage_note = fields.Char("Linkage note", compute="_compute_linkage")

    def _compute_linkage(self):
        """Severity and what to do, for every member; no value, no other shop."""
        openings = self.filtered(lambda p: p.linkstar_kind == "opening" and p.store_id)
        found = self.env["linkstar.asset.conflict"]._severities_by_store(
            openings.store_id.ids
        )
        labels = dict(self._fields["linkage_level"]._description_selection(self.env))
        for project in self:
            severities = found.get(project.store_id.id, [])
            level = linkage.worst(severities) if project in openings else None
            project.linkage_level = level or False
            project.linkage_note = False
            if level == linkage.CRITICAL:
                project.linkage_note = self.env._(
                    "This shop shares something critical with another shop. It cannot "
                    "be submitted until compliance has decided (Openings, Linkage "
                    "conflicts)."
                )
            elif level:
                project.linkage_note = self.env._(
                    "This shop shares %(count)s thing(s) with other shops; the worst "
                    "is “%(level)s”. Ask compliance before you submit.",
                    count=len(severities),
                    level=labels[level],
                )

    def _check_move(self, step):
        """Also refuse to go to the platform with an undecided critical tie."""
        result = super()._check_move(step)
        if step in GUARDED_STEPS:
            self._check_linkage()
        return result

    def _check_linkage(self):
        severities = self.env["linkstar.asset.conflict"]._severities_by_store(
            self.store_id.ids
        )
        if linkage.CRITICAL in severities.get(self.store_id.id, []):
            raise UserError(
                self.env._(
                    "%(opening)s shares something critical with another shop of this "
                    "platform. Platforms close both. Compliance decides under "
                    "Openings, Linkage conflicts; then submit again.",
                    opening=self.name,
                )
            )
