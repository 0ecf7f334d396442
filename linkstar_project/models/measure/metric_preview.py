"""A formula while it is typed: is it sound, and what does it give?"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...engine import formula as engine_formula
from ...engine import metric_sql
from .linkstar_metric import MetricSpec
from .metric_query import MetricQuery

#: Stores whose values the preview shows, and days that it looks back.
SHOWN_STORES, PREVIEW_DAYS = 5, 30


class LinkstarMetric(models.Model):
    _inherit = "linkstar.metric"

    @api.model
    def preview_formula(self, formula, code=""):
        """Judge a formula and compute it for the caller's stores, writing nothing.

        :param formula: text as typed
        :param code: code of the metric it will define, to find loops
        :return: ``{"ok", "message", "position", "values": [{"store", "value"}],
            "period"}``; ``position`` counts characters from 1, 0 if there is none;
            ``value`` is None where figures are missing
        """
        self._check_previewer()
        if not isinstance(formula, str) or not isinstance(code or "", str):
            raise UserError(self.env._("A formula is a text."))
        answer = {"ok": True, "message": "", "position": 0, "values": [], "period": ""}
        try:
            tree = self._preview_tree(formula, code or "")
        except engine_formula.FormulaError as error:
            return answer | {
                "ok": False,
                "message": self._formula_reason(error),
                "position": error.position or 0,
            }
        return answer | self._preview_values(tree)

    def _check_previewer(self):
        """Those who may define metrics may try one."""
        if not self.has_access("create"):
            raise AccessError(
                self.env._("Only those who define metrics try formulas: ask your lead.")
            )

    def _preview_tree(self, formula, code):
        """The formula with the formulas it needs put in."""
        specs = self._specs()
        known = set(specs) | {metric_sql.PERIOD_DAYS}
        tree = engine_formula.parse(formula, known)
        name = code if code in specs else "_preview"
        trees = {
            metric.code: engine_formula.parse(metric.formula, known)
            for metric in self.sudo()
            .with_context(active_test=False)
            .search([("kind", "=", "formula"), ("code", "!=", name)])
        }
        return metric_sql.expand(name, trees | {name: tree})

    def _preview_values(self, tree):
        """Values of the last days, store by store, of stores the caller may read."""
        today = fields.Date.today()
        first, last = today - timedelta(days=PREVIEW_DAYS), today - timedelta(days=1)
        stores = self.env["linkstar.store"].search(
            [("state", "=", "active")], limit=SHOWN_STORES
        )
        specs = self._specs()
        costs = {code for code, spec in specs.items() if spec.is_cost}
        secret = not costs.isdisjoint(metric_sql.measures_of(tree))
        if not stores or (secret and not self.env.user._linkstar_sees_cost()):
            return {}
        spec = MetricSpec(0, "_preview", False, secret, "snapshot", tree)
        self.env["linkstar.fact"].flush_model()
        rows = self.env.execute_query(
            MetricQuery(
                self.env,
                [spec],
                ("store_id",),
                store_ids=stores.ids,
                date_from=first,
                date_to=last,
                sku=None,
                currency=None,
            ).sql()
        )
        values = dict(rows)
        return {
            "values": [
                {"store": store.code, "value": values.get(store.id)} for store in stores
            ],
            "period": f"{format_date(self.env, first)} – {format_date(self.env, last)}",
        }
