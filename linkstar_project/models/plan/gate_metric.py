"""Gates that open when a figure reaches its threshold."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ...engine import gate_rules, metric_sql
from ...engine.age import age
from ..measure.store_window import store_values


class LinkstarGate(models.Model):
    _inherit = "linkstar.gate"

    metric_id = fields.Many2one("linkstar.metric", ondelete="restrict", index=True)
    comparison = fields.Selection(
        [
            (">=", "is at least"),
            (">", "is more than"),
            ("<=", "is at most"),
            ("<", "is less than"),
            ("=", "equals"),
        ],
        default=">=",
    )
    threshold = fields.Float(digits=(16, 4))
    window_days = fields.Integer(
        default=7, help="Over how many days, today included, the figure is taken."
    )
    scope = fields.Selection(
        [("store", "Whole store"), ("listing", "The project's SKU")],
        default="store",
    )

    @api.constrains("kind", "metric_id", "comparison", "window_days")
    def _check_metric(self):
        for gate in self.filtered(lambda gate: gate.kind == "metric"):
            if not gate.metric_id or not gate.comparison or gate.window_days < 1:
                raise ValidationError(
                    self.env._(
                        "A gate on a figure needs a metric, a comparison and a window "
                        "of at least one day."
                    )
                )

    @api.model
    def _open_by_facts(self, keys):
        """Evaluate once the closed gates that new facts may open.

        :param keys: iterable of ``(store_id, metric_id, listing_id or False)``
        :return: the gates that opened
        """
        stores = {key[0] for key in keys}
        if not stores:
            return self.browse()
        metric_ids = self._metrics_fed_by({key[1] for key in keys})
        gates = self._live_gates(
            [
                ("kind", "=", "metric"),
                ("store_id", "in", list(stores)),
                ("metric_id", "in", list(metric_ids)),
            ]
        )
        return gates._refresh() if gates else gates

    @api.model
    def _metrics_fed_by(self, metric_ids):
        """These metrics and the formulas that use them."""
        specs = self.env["linkstar.metric"]._specs()
        codes = {spec.code for spec in specs.values() if spec.id in metric_ids}
        fed = set(metric_ids)
        for spec in specs.values():
            if spec.tree is not None and codes & metric_sql.measures_of(spec.tree):
                fed.add(spec.id)
        return fed

    @api.model
    def _evaluate_metric(self, gates, now):
        """One statement for each scope, window, currency and day of the stores.

        Figures that reveal cost are judged, but not kept where operators read.
        """
        secret = set(self.env["linkstar.metric"]._cost_metric_ids())
        batches = defaultdict(self.browse)
        for gate in gates.sudo():
            listing = gate.task_id.subject_listing_id
            per_listing = gate.scope == "listing" and bool(listing)
            batches[per_listing, gate.window_days] |= gate
        result = {}
        for (per_listing, window), group in batches.items():
            codes = sorted(set(group.metric_id.mapped("code")))
            values = store_values(group.store_id, codes, window, now, per_listing)
            ages = self._metric_ages(group, per_listing)
            for gate in group:
                code = gate.metric_id.code
                key = gate._metric_key(per_listing)
                value = values.get(key, {}).get(code)
                is_open, reason = gate_rules.judge_metric(
                    value, gate.comparison, gate.threshold
                )
                day, as_of = ages.get((*key, code), (None, None))
                shown = None if gate.metric_id.id in secret else value
                result[gate.id] = (
                    is_open,
                    reason,
                    {"value": shown, "date": day, "as_of": as_of},
                )
        return result

    def _metric_key(self, per_listing):
        listing = self.task_id.subject_listing_id.id if per_listing else False
        return self.store_id.id, listing

    def _metric_ages(self, gates, per_listing):
        """``{(store, listing, code): (last date, as of)}`` as ISO strings."""
        specs = self.env["linkstar.metric"]._specs()
        feeds = defaultdict(set)
        for code in set(gates.metric_id.mapped("code")):
            spec = specs[code]
            tree = spec.tree
            for name in metric_sql.measures_of(tree) if tree is not None else [code]:
                feeds[specs[name].id].add(code)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT store_id, listing_id, metric_id, MAX(date), MAX(as_of)
                  FROM linkstar_fact
                 WHERE store_id = ANY(%s) AND metric_id = ANY(%s)
                   AND employee_id IS NULL AND %s
                 GROUP BY store_id, listing_id, metric_id
                """,
                gates.store_id.ids,
                list(feeds),
                SQL("listing_id = ANY(%s)", gates.task_id.subject_listing_id.ids)
                if per_listing
                else SQL("listing_id IS NULL"),
            )
        )
        ages = {}
        for store, listing, metric, day, as_of in rows:
            for code in feeds[metric]:
                found = (day.isoformat(), as_of and as_of.isoformat(sep=" "))
                key = (store, listing or False, code)
                # A formula is as old as the oldest figure it is made of.
                ages[key] = min(ages.get(key, found), found, key=lambda f: f[0])
        return ages

    def _explain_metric(self, now):
        """The figure, its threshold, how old the data is, what opens the gate."""
        args = self.reason_args or {}
        what = self.env._(
            "Needed: %(metric)s (%(scope)s, last %(days)s days) %(comparison)s "
            "%(threshold)s",
            metric=self.metric_id.name,
            scope=self.task_id.subject_listing_id.sku
            if self.scope == "listing" and self.task_id.subject_listing_id
            else self.store_id.code,
            days=self.window_days,
            comparison=self._comparison_words(),
            threshold=self._number(self.threshold),
        )
        date = format_date(self.env, args["date"]) if args.get("date") else "?"
        if self.metric_id.id in self.env["linkstar.metric"]._cost_metric_ids():
            if self.reason_code == "figure_short":
                return self.env._(
                    "%(what)s; data of %(date)s (%(age)s) does not reach it. It opens "
                    "by itself when a new figure does.",
                    what=what,
                    date=date,
                    age=self._age_words(now, args.get("as_of")),
                )
            args = {}
        if args.get("value") is None:
            return self.env._(
                "%(what)s; there is no figure yet. It opens by itself when the data "
                "arrives.",
                what=what,
            )
        return self.env._(
            "%(what)s; it is %(value)s, data of %(date)s (%(age)s). It opens by "
            "itself when a new figure reaches it.",
            what=what,
            value=self._number(args["value"]),
            date=date,
            age=self._age_words(now, args.get("as_of")),
        )

    def _comparison_words(self):
        selection = self._fields["comparison"]._description_selection(self.env)
        return dict(selection)[self.comparison]

    @staticmethod
    def _number(value):
        return f"{value:,.2f}".rstrip("0").rstrip(".")

    def _age_words(self, now, as_of):
        """How old the data is, in words."""
        if not as_of:
            return self.env._("age unknown")
        count, unit = age(now - fields.Datetime.to_datetime(as_of))
        words = {
            "minutes": self.env._("%s minutes old", count),
            "hours": self.env._("%s hours old", count),
            "days": self.env._("%s days old", count),
        }
        return words[unit]

    # -- snapshots ---------------------------------------------------------------

    def _to_snapshot(self):
        values = super()._to_snapshot()
        if self.kind == "metric":
            values.update(
                metric=self.metric_id.code,
                comparison=self.comparison,
                threshold=self.threshold,
                window_days=self.window_days,
                scope=self.scope,
            )
        return values

    @api.model
    def _snapshot_refs(self, gates):
        refs = super()._snapshot_refs(gates)
        codes = [gate.get("metric") for gate in gates]
        refs["metric"] = self._codes_to_ids("linkstar.metric", codes)
        return refs

    @api.model
    def _from_snapshot(self, gate, refs, lang):
        values = super()._from_snapshot(gate, refs, lang)
        if gate["kind"] == "metric":
            values.update(
                metric_id=refs["metric"][gate["metric"]],
                comparison=gate.get("comparison", ">="),
                threshold=gate.get("threshold", 0.0),
                window_days=gate.get("window_days", 7),
                scope=gate.get("scope", "store"),
            )
        return values
