"""The rollup of facts that scores are computed from."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.linkstar_kpi.calculation import rollup


class LinkstarKpiRollupToken(models.Model):
    """Up to where the rollup follows the facts: one row, which is its lock too."""

    _name = "linkstar.kpi.rollup.token"
    _description = "KPI rollup token"
    _log_access = False

    token = fields.Integer(default=-1)

    _one_row = models.UniqueIndex("((TRUE))")


class Derived(fields.Many2one):
    """A reference that the database does not check row by row.

    The rollup repeats what facts refer to, and those are checked; checking again takes
    three quarters of the time that writing the rollup takes.
    """

    def update_db_foreign_key(self, model, column):
        """Make no foreign key."""


class LinkstarKpiRollup(models.Model):
    """One figure per store, metric and day; kept by :meth:`_refresh` only."""

    _name = "linkstar.kpi.rollup"
    _description = "KPI rollup"
    _log_access = False
    _order = "date desc, store_id, metric_id"

    store_id = Derived("linkstar.store", required=True, ondelete="cascade")
    metric_id = Derived("linkstar.metric", required=True, ondelete="cascade")
    date = fields.Date(required=True)
    value = fields.Float(required=True, aggregator=None)
    currency_id = Derived("res.currency", ondelete="restrict")
    as_of = fields.Datetime()

    _key_uniq = models.UniqueIndex("(store_id, metric_id, date)")

    def init(self):
        """Drop the foreign keys of earlier installations."""
        for name in ("store_id", "metric_id", "currency_id"):
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s",
                    SQL.identifier(self._table),
                    SQL.identifier(f"{self._table}_{name}_fkey"),
                )
            )

    @api.model
    @api.private
    def _refresh(self):
        """Bring the rollup up to date; see ``calculation/rollup.py``.

        :return: number of rows inserted, changed or removed
        """
        return rollup.refresh(self.env)

    @api.model
    def _cron_refresh(self):
        """Nightly: keep the rollup warm, so that a close finds it ready.

        Stores and metrics that were deleted, with their facts before them, leave it.
        """
        self._refresh()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM linkstar_kpi_rollup r
                 WHERE NOT EXISTS (SELECT FROM linkstar_store s WHERE s.id = r.store_id)
                    OR NOT EXISTS (
                        SELECT FROM linkstar_metric m WHERE m.id = r.metric_id)
                """
            )
        )
        self.invalidate_model()
