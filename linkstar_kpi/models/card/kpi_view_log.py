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


def writing(method):
    """Have clients' calls of a reading method run where the log can be written.

    Core serves reading methods on a connection that refuses to write.
    """
    method._readonly = False
    return method


class LinkstarKpiViewLogged(models.AbstractModel):
    """Reading by a client leaves a row in the log; what the system reads does not."""

    _name = "linkstar.kpi.view.logged"
    _description = "Reading is logged"

    def _logged_cards(self):
        """The scorecards that these records show."""
        raise NotImplementedError

    def _log_reading(self):
        if self and not self.env.su:
            self.check_access("read")
            self._logged_cards()._log_view()

    @writing
    def web_read(self, specification):
        """Read for a screen; looking at colleagues' cards is logged."""
        if set(specification) - NAMES:
            self._log_reading()
        return super().web_read(specification)

    @api.model
    @writing
    def web_search_read(self, *args, **kwargs):
        """Search and read for a screen; see :meth:`web_read`."""
        return super().web_search_read(*args, **kwargs)

    @api.model
    @writing
    def web_read_group(self, *args, **kwargs):
        """Group for a screen, which may show groups opened; see :meth:`web_read`."""
        return super().web_read_group(*args, **kwargs)

    @writing
    def read(self, fields=None, load="_classic_read"):
        """Read; looking at colleagues' cards is logged."""
        if fields is None or set(fields) - NAMES:
            self._log_reading()
        return super().read(fields, load)

    @api.model
    @writing
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


class LinkstarKpiScorecard(models.Model):
    _name = "linkstar.kpi.scorecard"
    _inherit = ["linkstar.kpi.scorecard", "linkstar.kpi.view.logged"]

    def _logged_cards(self):
        return self

    def _log_view(self):
        self.env["linkstar.kpi.view.log"]._note(self)


class LinkstarKpiScorecardLine(models.Model):
    _name = "linkstar.kpi.scorecard.line"
    _inherit = ["linkstar.kpi.scorecard.line", "linkstar.kpi.view.logged"]

    def _logged_cards(self):
        return self.scorecard_id
