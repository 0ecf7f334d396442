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

    def _led(self):
        """Those of stores that the caller leads."""
        user = self.env.user
        if self.env.su or user.has_group("linkstar_project.group_admin"):
            return self
        led = user._linkstar_lead_store_ids()
        return self.filtered(lambda project: project.sudo().store_id.id in led)

    def _linkstar_tell_leads(self, step, title):
        """Queue a message about this project for the leads of its store.

        :param step: tells this message from others about the project: each is sent
            to a person once
        """
        self.ensure_one()
        channel = self.env.ref("linkstar_project.channel_odoo", False)
        now = fields.Datetime.now()
        members = self.env["linkstar.store.member"].sudo()
        leads = members._leads(self.store_id.ids, now.date()).get(self.store_id.id, ())
        self.env["linkstar.notification"].sudo()._queue(
            [
                {
                    "res_model": self._name,
                    "res_id": self.id,
                    "step": step,
                    "user_id": lead.id,
                    "channel_id": channel.id,
                    "due_at": now,
                    "title": title,
                    "code": self.store_id.code,
                    "store_id": self.store_id.id,
                }
                for lead in leads
                if channel
            ]
        )
