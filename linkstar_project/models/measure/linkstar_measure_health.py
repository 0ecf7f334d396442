"""Health of figures: stores whose figures stopped, or never came."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

#: Figures arrive a day or two late by nature; this late somebody must look.
STALE_DAYS = 4
HORIZON_DAYS = 90


class LinkstarMeasureHealth(models.AbstractModel):
    _name = "linkstar.measure.health"
    _description = "Health of figures"
    _inherit = "linkstar.health.provider"

    @api.model
    def _health_checks(self, now):
        """See ``linkstar.health.provider``; the reader's active stores only."""
        stores = self.env["linkstar.store"].search([("state", "=", "active")])
        last = self._last_days(stores, now.date())
        border = now.date() - timedelta(days=STALE_DAYS)
        stale = stores.filtered(lambda s: last.get(s.id) and last[s.id] < border)
        silent = stores.filtered(lambda s: s.id not in last)
        checks = []
        if stale:
            checks.append(
                {
                    "code": "figures_stale",
                    "area": "data",
                    "severity": "warning",
                    "title": self.env._("Figures of %s stores stopped", len(stale)),
                    "detail": ", ".join(
                        f"{store.code} ({last[store.id]})" for store in stale[:8]
                    ),
                    "next_step": self.env._(
                        "Look at the store's connection, or import the missing days "
                        "under Stores, Import figures."
                    ),
                    "res_model": "linkstar.store",
                    "domain": [("id", "in", stale.ids)],
                }
            )
        if silent:
            checks.append(
                {
                    "code": "figures_missing",
                    "area": "data",
                    "severity": "info",
                    "title": self.env._("%s stores have no figures", len(silent)),
                    "detail": ", ".join(silent[:8].mapped("code")),
                    "next_step": self.env._(
                        "Connect them, or import a daily sheet: triggers, gates and "
                        "scorecards wait for figures."
                    ),
                    "res_model": "linkstar.store",
                    "domain": [("id", "in", silent.ids)],
                }
            )
        return checks

    @api.model
    def _last_days(self, stores, today):
        """Mapping of store id to the last day with figures of the whole store.

        One index look-up a store, whatever the table holds.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id, (SELECT MAX(f.date) FROM linkstar_fact f
                               WHERE f.store_id = s.id AND f.listing_id IS NULL
                                 AND f.employee_id IS NULL
                                 AND f.date BETWEEN %s AND %s)
                  FROM unnest(%s::int[]) AS s(id)
                """,
                today - timedelta(days=HORIZON_DAYS),
                today,
                stores.ids,
            )
        )
        return {store_id: day for store_id, day in rows if day}
