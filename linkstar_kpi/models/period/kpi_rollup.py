"""The rollup of facts that scores are computed from."""

from odoo import api, fields, models

from odoo.addons.linkstar_kpi.calculation import rollup


class LinkstarKpiRollupToken(models.Model):
    """Up to where the rollup follows the facts: one row, which is its lock too."""

    _name = "linkstar.kpi.rollup.token"
    _description = "KPI rollup token"
    _log_access = False

    token = fields.Integer(default=-1)

    _one_row = models.UniqueIndex("((TRUE))")


class LinkstarKpiRollup(models.Model):
    """One figure per store, metric and day; kept by :meth:`_refresh` only."""

    _name = "linkstar.kpi.rollup"
    _description = "KPI rollup"
    _log_access = False
    _order = "date desc, store_id, metric_id"

    store_id = fields.Many2one("linkstar.store", required=True, ondelete="cascade")
    metric_id = fields.Many2one("linkstar.metric", required=True, ondelete="cascade")
    date = fields.Date(required=True)
    value = fields.Float(required=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", ondelete="restrict")
    as_of = fields.Datetime()

    _key_uniq = models.UniqueIndex("(store_id, metric_id, date)")

    @api.model
    @api.private
    def _refresh(self):
        """Bring the rollup up to date; see ``calculation/rollup.py``.

        :return: number of rows inserted, changed or removed
        """
        return rollup.refresh(self.env)

    @api.model
    def _cron_refresh(self):
        """Nightly: keep the rollup warm, so that a close finds it ready."""
        self._refresh()
