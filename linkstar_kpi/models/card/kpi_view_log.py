"""Who saw whose scorecard, and when."""

from odoo import api, fields, models
from odoo.tools import SQL

#: Fields that say whose card it is, not what it says.
NAMES = {"id", "display_name"}


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

    def _log_reading(self):
        """Note a reading by a client; what the system reads for itself is none."""
        if self and not self.env.su:
            self.check_access("read")
            self._log_view()

    def web_read(self, specification):
        """Read for a screen; looking at colleagues' cards is logged."""
        if set(specification) - NAMES:
            self._log_reading()
        return super().web_read(specification)

    def read(self, fields=None, load="_classic_read"):
        """Read; looking at colleagues' cards is logged."""
        if fields is None or set(fields) - NAMES:
            self._log_reading()
        return super().read(fields, load)

    @api.model
    def search_read(
        self, domain=None, fields=None, offset=0, limit=None, order=None, **options
    ):
        """Search and read; looking at colleagues' cards is logged."""
        rows = super().search_read(domain, fields, offset, limit, order, **options)
        self.browse([row["id"] for row in rows])._log_reading()
        return rows

    def export_data(self, fields_to_export):
        """Export; taking colleagues' cards along is logged."""
        self._log_reading()
        return super().export_data(fields_to_export)


class LinkstarKpiScorecardLine(models.Model):
    _inherit = "linkstar.kpi.scorecard.line"

    def web_read(self, specification):
        """Read for a screen; looking at colleagues' figures is logged."""
        if set(specification) - NAMES and not self.env.su:
            self.check_access("read")
            self.scorecard_id._log_reading()
        return super().web_read(specification)
