"""Who saw whose scorecard, and when."""

from odoo import api, fields, models
from odoo.tools import SQL


class LinkstarKpiViewLog(models.Model):
    """One row a reader, card and day; the person assessed may read theirs."""

    _name = "linkstar.kpi.view.log"
    _description = "Scorecard view"
    _log_access = False
    _order = "day desc, id desc"

    scorecard_id = fields.Many2one(
        "linkstar.kpi.scorecard", required=True, index=True, ondelete="cascade"
    )
    employee_id = fields.Many2one("hr.employee", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    day = fields.Date(required=True)

    _once = models.UniqueIndex("(scorecard_id, user_id, day)")

    @api.model
    @api.private
    def _note(self, cards):
        """Note that the user looked at cards of other people, once a day each."""
        others = [
            (card.id, card.employee_id.id)
            for card in cards.sudo()
            if card.employee_id.user_id != self.env.user
        ]
        if not others:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO linkstar_kpi_view_log
                       (scorecard_id, employee_id, user_id, day)
                SELECT c.card, c.employee, %s, %s
                  FROM unnest(%s::int[], %s::int[]) AS c(card, employee)
                    ON CONFLICT DO NOTHING
                """,
                self.env.uid,
                fields.Date.today(),
                [card for card, _employee in others],
                [employee for _card, employee in others],
            )
        )


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    def _log_view(self):
        self.env["linkstar.kpi.view.log"]._note(self)

    def web_read(self, specification):
        """Read for a screen; looking at a colleague's card is logged."""
        if len(self) == 1 and not self.env.su:
            self.check_access("read")
            self._log_view()
        return super().web_read(specification)
