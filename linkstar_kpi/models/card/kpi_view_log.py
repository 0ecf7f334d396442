"""Who saw whose scorecard, and when."""

import re

from odoo import api, fields, models
from odoo.tools import SQL

#: Fields that say whose card it is, not what it says.
NAMES = {"id", "display_name"}
#: What a grouping may tell without being logged: how many there are.
COUNTS = {"__count", "id:count"}
#: Fields of these types tell a person's score or words when groups are made by them.
TELLING = {"float", "monetary", "integer", "char", "text"}


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

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Export, also as a part of others; taking colleagues' cards is logged."""
        self._log_reading()
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    @api.model
    def _log_grouping(self, domain, groupby, aggregates):
        """Log groups that tell more than their size: a group may be one person."""
        if self.env.su:
            return
        names = {re.split(r"[:.]", name)[0] for name in groupby}
        told = {name for name in names if self._fields[name].type in TELLING}
        if told or set(aggregates) - COUNTS:
            self.search(domain)._log_reading()

    @api.model
    @writing
    def formatted_read_group(self, domain, groupby=(), aggregates=(), *args, **options):
        """Group; scores of a person, or of a few, are logged."""
        self._log_grouping(domain, groupby, aggregates)
        return super().formatted_read_group(
            domain, groupby, aggregates, *args, **options
        )

    @api.model
    @writing
    def formatted_read_grouping_sets(
        self, domain, grouping_sets, aggregates=(), **options
    ):
        """Group as pivots do; see :meth:`formatted_read_group`."""
        names = [name for names in grouping_sets for name in names]
        self._log_grouping(domain, names, aggregates)
        return super().formatted_read_grouping_sets(
            domain, grouping_sets, aggregates, **options
        )

    @api.model
    @writing
    def read_group(self, domain, *args, **options):
        """Group the old way, which always adds figures up."""
        if not self.env.su:
            self.search(domain)._log_reading()
        return super().read_group(domain, *args, **options)


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
