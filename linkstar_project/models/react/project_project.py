"""Projects that count back from a promotion."""

from odoo import fields, models

from .linkstar_promotion import MILESTONES


class ProjectProject(models.Model):
    _inherit = "project.project"

    promotion_id = fields.Many2one(
        "linkstar.promotion",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
    )
    promotion_milestone = fields.Selection(MILESTONES, readonly=True, copy=False)

    def _linkstar_join_promotion(self, promotion_id, milestone):
        """Note from which date of which promotion these projects count back."""
        self.sudo().write(
            {"promotion_id": promotion_id, "promotion_milestone": milestone}
        )

    def _linkstar_join_subject(self, subject_key):
        """The same from the subject of a trigger's launch, if it is a promotion's.

        :param subject_key: such as ``promotion:7/stock_deadline``; others pass
        """
        kind, _sep, rest = (subject_key or "").partition(":")
        number, _sep, milestone = rest.partition("/")
        if (
            kind == "promotion"
            and number.isdecimal()
            and milestone in dict(MILESTONES)
            and self.env["linkstar.promotion"].sudo().browse(int(number)).exists()
        ):
            self._linkstar_join_promotion(int(number), milestone)
