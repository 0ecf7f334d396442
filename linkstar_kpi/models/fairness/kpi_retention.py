"""Cards go when the time has passed that each card names to its person."""

from odoo import api, fields, models
from odoo.tools import SQL

#: Cards deleted in one step of the nightly run.
PURGE_BATCH = 500


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    @api.model
    def _cron_retention(self):
        """Daily: delete locked cards whose months of retention are over."""
        cron = self.env["ir.cron"]
        while True:
            done = self._purge_due(fields.Datetime.now(), PURGE_BATCH)
            if not cron._commit_progress(done) or done < PURGE_BATCH:
                return

    @api.model
    @api.private
    def _purge_due(self, now, limit):
        """Delete a batch of cards whose time is over.

        What was paid stays with payroll, without the card it was computed from. An
        entry of the trail says that the card is gone, not what it said.

        :param now: naive UTC datetime
        :return: how many cards were deleted
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id
                  FROM linkstar_kpi_scorecard c
                  JOIN linkstar_kpi_scheme_version v ON v.id = c.scheme_version_id
                 WHERE c.state = 'locked' AND v.retention_months > 0
                   AND c.locked_at
                       + v.retention_months * interval '1 month' < %(now)s
                 ORDER BY c.id LIMIT %(limit)s
                """,
                now=now,
                limit=limit,
            )
        )
        cards = self.sudo().browse([row[0] for row in rows])
        if not cards:
            return 0
        for card in cards:
            card._linkstar_audit_log(
                "purge",
                self.env._(
                    "Kept for %s months after it was locked.",
                    card.scheme_version_id.retention_months,
                ),
            )
        self.env.flush_all()
        # Past the ORM: a locked card cannot be deleted by anything else.
        for statement in (
            "UPDATE linkstar_kpi_bonus_line SET scorecard_id = NULL"
            " WHERE scorecard_id = ANY(%s)",
            "DELETE FROM linkstar_kpi_appeal WHERE scorecard_id = ANY(%s)",
            "DELETE FROM linkstar_kpi_scorecard WHERE id = ANY(%s)",
        ):
            self.env.cr.execute(SQL(statement, cards.ids))
        self.env.invalidate_all()
        return len(rows)
