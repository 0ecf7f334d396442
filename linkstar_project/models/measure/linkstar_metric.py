"""Metrics: what is measured, how it adds up, how it is computed."""

import re
from dataclasses import dataclass

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError

from ...engine import formula as engine_formula
from ...engine import metric_sql
from .metric_query import MetricQuery

CODE = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
RESERVED = {metric_sql.PERIOD_DAYS, "payload", "if", "min", "max", "abs", "round"}
RESERVED |= {"and", "or", "not", "in", "else", "is", "true", "false", "none"}


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """What a query needs to know of a metric; safe to keep in a cache."""

    id: int
    code: str
    is_money: bool
    is_cost: bool
    over_time: str
    tree: object  # expanded formula, None for a measure


class LinkstarMetric(models.Model):
    """A measure that sources report, or a formula over such measures."""

    _name = "linkstar.metric"
    _description = "Metric"
    _inherit = ["linkstar.audit.mixin"]
    _order = "category, sequence, code"
    _rec_names_search = ["name", "code"]
    _audit_fields = ("code", "name", "kind", "formula", "additivity", "is_cost")
    _audit_store_path = ""

    code = fields.Char(required=True, help="Used in formulas, imports and the API.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    category = fields.Selection(
        [
            ("1_sales", "Sales"),
            ("2_profit", "Profit and cost"),
            ("3_ads", "Advertising"),
            ("4_account", "Account health"),
            ("5_service", "Customer service"),
            ("6_stock", "Stock and supply"),
            ("7_content", "Listings and design"),
            ("8_work", "Tasks and people"),
            ("9_own", "Own metrics"),
        ],
        required=True,
        default="9_own",
    )
    kind = fields.Selection(
        [("measure", "Measure"), ("formula", "Formula")],
        required=True,
        default="measure",
        help="A measure is reported by a source, day by day. A formula is computed "
        "from measures: first they are summed, then the formula is applied.",
    )
    formula = fields.Char(
        help="For example: 100 * ad_spend / ad_sales. Allowed are the codes of other "
        "metrics, period_days, numbers, + - * /, comparisons, and, or, not, "
        "if(condition, a, b), min, max, abs and round.",
    )
    additivity = fields.Selection(
        [
            ("additive", "Adds up over days and stores"),
            ("ratio", "Ratio: sums are divided, ratios never averaged"),
            ("semi_additive", "State: adds up over stores, not over days"),
            ("snapshot", "Figure of the platform: never added up"),
        ],
        required=True,
        default="additive",
    )
    state_over_time = fields.Selection(
        [("last", "Last day's value"), ("average", "Average of the days")],
        default="last",
        required=True,
        help="How a state, such as stock, stands for a period.",
    )
    unit = fields.Selection(
        [
            ("currency", "Amount"),
            ("count", "Count"),
            ("percent", "%"),
            ("days", "Days"),
            ("hours", "Hours"),
            ("points", "Points"),
            ("number", "Number"),
        ],
        required=True,
        default="number",
    )
    direction = fields.Selection(
        [
            ("higher", "Higher is better"),
            ("lower", "Lower is better"),
            ("range", "Best within a range"),
            ("none", "Neither"),
        ],
        required=True,
        default="none",
    )
    denominator = fields.Char(
        help="Code of the measure a ratio divides by; see the smallest denominator."
    )
    min_denominator = fields.Float(
        string="Smallest denominator",
        help="Below this the ratio says little and should not be scored.",
    )
    available_after_h = fields.Integer(
        string="Available after (hours)",
        help="Hours after the end of a day until its figure first arrives.",
    )
    settled_after_d = fields.Integer(
        string="Settled after (days)",
        help="Days after which a figure is no longer restated by its source.",
    )
    is_cost = fields.Boolean(
        string="Reveals cost", help="Hidden from operators, with all formulas on it."
    )
    description = fields.Text(translate=True)
    source_grade = fields.Selection(
        [
            ("official", "Vendor of the data"),
            ("code", "Read in source code"),
            ("vendor", "Maker of a tool"),
            ("community", "Community"),
            ("weak", "Unverified page"),
            ("own", "Own judgement"),
        ],
        default="own",
        required=True,
        help="How far the definition can be trusted.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another metric has this code. Metric codes are unique."
    )

    # ------------------------------------------------------------------
    # Writing metrics
    # ------------------------------------------------------------------
    @api.constrains("code", "kind", "formula")
    def _check_definition(self):
        """Codes are names of the formula language; formulas are sound."""
        for metric in self:
            if not CODE.match(metric.code) or metric.code in RESERVED:
                raise ValidationError(
                    self.env._(
                        "%(code)s cannot be a metric's code. Use small letters, "
                        "digits and _, starting with a letter.",
                        code=metric.code,
                    )
                )
            if metric.kind == "formula" and not (metric.formula or "").strip():
                raise ValidationError(
                    self.env._("Metric %(name)s needs a formula.", name=metric.name)
                )
        self._check_formulas()

    def _check_formulas(self):
        """Raise ValidationError for the first formula that cannot be computed."""
        self.env.registry.clear_cache()
        everything = self.sudo().with_context(active_test=False).search([])
        known = {metric.code for metric in everything} | {metric_sql.PERIOD_DAYS}
        trees = {}
        for metric in everything.filtered(lambda m: m.kind == "formula"):
            try:
                trees[metric.code] = engine_formula.parse(metric.formula, known)
            except engine_formula.FormulaError as error:
                raise ValidationError(metric._formula_message(error)) from None
        for metric in everything.filtered(lambda m: m.code in trees):
            try:
                metric_sql.expand(metric.code, trees)
            except engine_formula.FormulaError as error:
                raise ValidationError(metric._formula_message(error)) from None

    def _formula_message(self, error):
        """What is wrong with this metric's formula, for its reader."""
        return self.env._(
            "The formula of %(name)s (%(code)s) cannot be used. %(reason)s",
            name=self.name,
            code=self.code,
            reason=self._formula_reason(error),
        )

    @api.model
    def _formula_reason(self, error):
        """Sentence for a FormulaError, with the position."""
        _ = self.env._
        sentences = {
            "too_long": _("It is longer than 2,000 characters."),
            "too_deep": _("It is too long or too deeply nested: split it up."),
            "empty": _("It is empty."),
            "syntax": _("It is incomplete or mistyped here."),
            "not_allowed": _("Not allowed here: %s", error.detail),
            "unknown_name": _("There is no metric with this code: %s", error.detail),
            "unknown_function": _(
                "Only if, min, max, abs and round can be called, not %s.", error.detail
            ),
            "arguments": _("Wrong number of values for %s.", error.detail),
            "digits": _("round takes 0 to 6 digits."),
            "chain": _("Write a < b and b < c instead of a < b < c."),
            "not_number": _("A number is expected here, not a comparison."),
            "not_truth": _("A comparison is expected here."),
            "not_comparable": _("These two cannot be compared."),
            "number_range": _("Numbers must lie between 1e-12 and 1e15."),
            "value_range": _("It multiplies too many metrics with each other."),
            "cycle": _("It needs itself: %s", error.detail),
        }
        sentence = sentences.get(error.code, error.code)
        return _(
            "Character %(position)s: %(sentence)s",
            position=error.position,
            sentence=sentence,
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Create metrics and forget the cached catalogue."""
        metrics = super().create(vals_list)
        self.env.registry.clear_cache()
        return metrics

    def write(self, vals):
        """Write; a metric that has facts keeps its code."""
        if "code" in vals:
            self._check_code_unused(vals["code"])
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def _check_code_unused(self, code):
        renamed = self.filtered(lambda metric: metric.code != code)
        facts = self.env["linkstar.fact"].sudo()
        if renamed and facts.search_count([("metric_id", "in", renamed.ids)], limit=1):
            raise ValidationError(
                self.env._(
                    "Metric %(name)s has figures under its code %(code)s. Create "
                    "another metric instead of changing the code.",
                    name=renamed[0].name,
                    code=renamed[0].code,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """A metric that a formula needs stays."""
        codes = set(self.mapped("code"))
        for spec in self._specs().values():
            if spec.tree is None or spec.code in codes:
                continue
            used = codes & metric_sql.measures_of(spec.tree)
            if used:
                raise ValidationError(
                    self.env._(
                        "Metric %(code)s is used by the formula of %(user)s. Change "
                        "that formula first, or archive the metric.",
                        code=min(used),
                        user=spec.code,
                    )
                )

    def unlink(self):
        """Delete metrics and forget the cached catalogue."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # ------------------------------------------------------------------
    # The catalogue, cached
    # ------------------------------------------------------------------
    @api.model
    @tools.ormcache()
    def _specs(self):
        """Mapping of code to :class:`MetricSpec`, archived metrics included."""
        metrics = self.sudo().with_context(active_test=False).search([])
        known = {metric.code for metric in metrics} | {metric_sql.PERIOD_DAYS}
        trees = {
            metric.code: engine_formula.parse(metric.formula, known)
            for metric in metrics
            if metric.kind == "formula"
        }
        open_trees = {code: metric_sql.expand(code, trees) for code in trees}
        costs = {metric.code for metric in metrics if metric.is_cost}
        specs = {}
        for metric in metrics:
            tree = open_trees.get(metric.code)
            needs = metric_sql.measures_of(tree) if tree else set()
            specs[metric.code] = MetricSpec(
                id=metric.id,
                code=metric.code,
                is_money=metric.unit == "currency",
                is_cost=metric.code in costs or not costs.isdisjoint(needs),
                over_time=metric._over_time(),
                tree=tree,
            )
        return specs

    def _over_time(self):
        """How figures reported under this metric's own code are put together."""
        if self.additivity == "semi_additive":
            return self.state_over_time
        # What a source reports for a ratio is a figure of the platform.
        return "sum" if self.additivity == "additive" else "snapshot"

    @api.model
    @tools.ormcache()
    def _cost_metric_ids(self):
        """Ids of the metrics that reveal cost."""
        return tuple(sorted(s.id for s in self._specs().values() if s.is_cost))

    @api.model
    def _ids_by_code(self):
        """Mapping of code to id, archived metrics included."""
        return {code: spec.id for code, spec in self._specs().items()}

    @api.model
    @tools.ormcache()
    def _currency_ids(self):
        """Mapping of three-letter currency code to id, inactive ones included."""
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        return {currency.name: currency.id for currency in currencies.search([])}

    # ------------------------------------------------------------------
    # Evaluating
    # ------------------------------------------------------------------
    @api.model
    def evaluate(self, codes, store_ids, date_from, date_to, sku=None, currency=None):
        """Values of metrics over stores and days.

        Measures are put together first (sums; states by their last day), then the
        formula is applied: a ratio is a sum over a sum. Where nothing was reported
        the value is None, never zero. Where a formula cannot be computed but a
        source reported its value, that figure stands (for one store only).

        :param codes: list of metric codes
        :param store_ids: list of ids of stores the caller is a member of
        :param date_from: first day, in each store's own calendar
        :param date_to: last day, included
        :param sku: figures of this MSKU instead of the whole stores
        :param currency: code or id of the currency of amounts; by default that of
            the stores if they share one, else that of the company
        :return: ``{code: float or None}``
        :raise AccessError: for stores of others, or metrics that reveal cost
        :raise UserError: unless stores are named
        :raise ValueError: for unknown codes
        """
        specs = self._check_codes(codes)
        self._check_stores_named(store_ids)
        self._check_evaluate_access(specs, store_ids)
        query = self._sql(
            codes,
            store_ids=store_ids,
            date_from=date_from,
            date_to=date_to,
            sku=sku,
            currency=currency,
        )
        self.env["linkstar.fact"].flush_model()
        (row,) = self.env.execute_query(query)
        return dict(zip(codes, row, strict=True))

    @api.model
    def _sql(
        self,
        codes,
        group_by=(),
        store_ids=None,
        date_from=None,
        date_to=None,
        sku=None,
        currency=None,
    ):
        """The same as :meth:`evaluate` as one SQL, grouped, without access checks.

        :param group_by: names out of ``store_id``, ``date``, ``month`` (first day of
            the month), ``listing_id``, ``employee_id``; the last two read figures
            reported per listing or per person only
        :param store_ids: ids, or None for every store
        :return: ``SQL`` of rows: the columns of ``group_by``, then one per code;
            one row if ``group_by`` is empty
        """
        return MetricQuery(
            self.env,
            self._check_codes(codes),
            group_by,
            store_ids=store_ids,
            date_from=date_from,
            date_to=date_to,
            sku=sku,
            currency=currency,
        ).sql()

    @api.model
    def _check_codes(self, codes):
        specs = self._specs()
        unknown = sorted(set(codes) - set(specs))
        if unknown:
            raise ValueError(
                self.env._("There is no metric %(codes)s.", codes=", ".join(unknown))
            )
        return [specs[code] for code in codes]

    @api.model
    def _check_stores_named(self, store_ids):
        """No stores would mean all of them, whoever asks: refused."""
        if (
            not isinstance(store_ids, list | tuple)
            or not store_ids
            or any(type(store_id) is not int for store_id in store_ids)
        ):
            raise UserError(
                self.env._("Name the stores to evaluate: a list of ids of stores.")
            )

    @api.model
    def _check_evaluate_access(self, specs, store_ids):
        if self.env.su:
            return
        self.check_access("read")
        self.env["linkstar.fact"].check_access("read")
        self.env["linkstar.store"].browse(store_ids)._check_member("read")
        secret = [spec.code for spec in specs if spec.is_cost]
        if secret and not self.env.user._linkstar_sees_cost():
            raise AccessError(
                self.env._(
                    "%(codes)s reveal cost, which is shown to leads only. Ask your "
                    "lead for the figure.",
                    codes=", ".join(secret),
                )
            )
