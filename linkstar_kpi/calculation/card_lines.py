"""Lines of scorecards: outcomes, targets and points, for many cards at once."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

from odoo.addons.linkstar_project.engine import formula, metric_sql

from ..engine import attribution, outcomes, scoring, spans
from ..engine import period as calendar
from .card_data import CardInput, LineResult, plain_stores, terms_of  # noqa: F401
from .card_parts import FigureParts
from .card_targets import TargetRules
from .card_tasks import TaskLines
from .fact_sums import OVER_TIME_SUM, FactSums, Request
from .holdings import read_holdings
from .scopes import Scopes
from .task_sums import TASK_METRICS

SNAPSHOT = "snapshot"


def unscaled(tree):
    """A numerator without its constant factor: people read ad spend, not 100 × it.

    >>> tree = formula.parse("100 * ad_spend / gmv")
    >>> unscaled(tree.left) == formula.parse("ad_spend")
    True
    """
    if isinstance(tree, formula.Arithmetic) and tree.op == "*":
        if isinstance(tree.left, formula.Number):
            return tree.right
        if isinstance(tree.right, formula.Number):
            return tree.left
    return tree


class CardCalculator(TargetRules, TaskLines, FigureParts):
    """Computes cards of one or more periods with a handful of statements."""

    def __init__(self, env, cards, now):
        """Prepare; ``env`` must be superuser's, callers check access."""
        self.env = env
        self.cards = cards
        self.now = now
        self.specs = env["linkstar.metric"]._specs()
        self.codes = {spec.id: spec.code for spec in self.specs.values()}
        self.functions = {}
        self.needs = {}
        self.measure_ids = {}
        self.needed = {}
        self.stores = {}
        self.portions = {}
        self.terms = {}
        self.known = {}

    def compute(self):
        """Compute all cards.

        :return: dict of card key → (list of LineResult, CardScore)
        """
        if not self.cards:
            return {}
        self._prepare()
        self.task_sums = self._read_tasks()
        results = {}
        by_version = defaultdict(list)
        for card in self.cards:
            by_version[card.version].append(card)
        for version, cards in by_version.items():
            sums = self._read_facts(version, cards)
            for card in cards:
                results[card.key] = self._card(card, sums)
        return results

    # -- reading -------------------------------------------------------------------

    def _prepare(self):
        """Read what all cards need: shares, scopes, stores, terms."""
        first = min(card.span[0] for card in self.cards)
        last = max(card.span[1] for card in self.cards)
        self.holdings = read_holdings(self.env, first, last)
        self.scopes = Scopes(self.env, self.cards, self.holdings, first, last)
        self.stores = plain_stores(self.env)
        self.terms = {
            version: terms_of(version)
            for version in {card.version for card in self.cards}
        }
        self._read_portions(first)

    def _read_portions(self, first):
        """What part of a store an excluded listing usually makes (28 days)."""
        wanted = [
            (item.store, item.listing)
            for items in self.holdings.listing_exclusions.values()
            for item in items
        ]
        if not wanted:
            return
        metric = self.specs.get("gmv") or self.specs.get("units_ordered")
        if not metric:
            return
        before = (first - timedelta(days=28), first - timedelta(days=1))
        requests = []
        for store, listing in wanted:
            for cell in (listing, None):
                part = attribution.Part(store, cell, *before, 1.0)
                requests.append(Request([part], before[1]))
        currency = self.env.company.currency_id
        sums = FactSums(self.env, [metric], currency, "day", {}, self.env.company)
        answers = [
            next(iter(answer.values())).value if answer else 0.0
            for answer in sums.read(requests)
        ]
        for number, key in enumerate(wanted):
            own, whole = answers[2 * number], answers[2 * number + 1]
            if whole and own is not None:
                self.portions[key] = min(max((own or 0.0) / whole, 0.0), 1.0)

    def _read_facts(self, version, cards):
        """Sums of the version's measures by card and scope."""
        measures = set()
        lines = self.terms[version].lines
        for line in lines:
            measures |= self._measures(line.metric_id.code)
        specs = [self.specs[code] for code in sorted(measures)]
        scopes = {line.where for line in lines}
        scopes |= {scope.base for scope in scopes}
        keys, requests = [], []
        at_end = version.rate_rule == "period_end"
        for card in cards:
            for scope in scopes:
                keys.append((card.key, scope))
                requests.append(self._request(card, scope, at_end))
        reader = self._reader(version, specs)
        return dict(zip(keys, reader.read(requests), strict=True))

    def _measures(self, code):
        """Codes of the measures that a metric is computed from."""
        if code not in self.needs:
            tree = self.specs[code].tree
            needs = metric_sql.measures_of(tree) if tree is not None else set()
            self.needs[code] = set() if code in TASK_METRICS else needs | {code}
        return self.needs[code]

    def _measure_ids(self, code):
        """Ids of the measures that a metric is computed from."""
        if code not in self.measure_ids:
            codes = self._measures(code)
            self.measure_ids[code] = {self.specs[item].id for item in codes}
        return self.measure_ids[code]

    def _evaluate(self, tree, names):
        """Value of a formula; each tree is compiled once."""
        if tree not in self.functions:
            self.functions[tree] = formula.compile_python(tree)
        return self.functions[tree](names)

    def _request(self, card, scope, at_end):
        rate_day = card.period[1] if at_end else None
        request = Request(last_day=card.span[1], rate_day=rate_day)
        if scope.kind == "person":
            request.employee = card.employee.id
            request.parts = [attribution.Part(0, None, *card.span, 1.0)]
        else:
            request.parts = attribution.parts_of(
                self.scopes.segments(card, scope), self.holdings
            )
        return request

    # -- one card ------------------------------------------------------------------

    def _card(self, card, sums):
        results, terms = {}, self.terms[card.version]
        self.known.clear()
        for line in terms.lines:
            scope = line.where
            cells = sums[card.key, scope]
            if scope.category:
                whole = sums[card.key, scope.base]
                cells = self._with_zeros(cells, whole)
            results[line.id] = self._line(card, line, cells)
        score = scoring.score_card(
            {key: (result.rule, result.outcome) for key, result in results.items()},
            bonus_cap=terms.bonus_cap,
            veto_limit=terms.veto_limit,
        )
        for key, result in results.items():
            result.score = score.lines[key]
            result.line = result.line.record
        return list(results.values()), score

    def _once(self, what, segments, work):
        """The answer for these segments; lines of a card mostly share them.

        Kept with the segments themselves until the next card, so that no other list
        can stand at their place in memory.
        """
        key = (what, id(segments))
        if key not in self.known:
            self.known[key] = (segments, work())
        return self.known[key][1]

    def _line(self, card, line, cells):
        rule = line.rule
        if line.id in card.waived:
            return LineResult(line, rule, outcomes.NotApplicable("waived"))
        if line.metric_id.code in TASK_METRICS:
            return self._task_line(card, line, rule)
        segments = self._line_segments(card, line)
        if line.scope != "person" and not segments:
            return LineResult(line, rule, outcomes.NotApplicable("no_store"))
        result = self._fact_line(card, line, rule, cells, segments)
        self._apply_target(card, line, result, segments)
        return result

    def _line_segments(self, card, line):
        if line.scope == "person":
            return []
        segments = self.scopes.segments(card, line.where)
        return self.scopes.filtered(line, segments, self.stores)

    def _with_zeros(self, cells, whole):
        """Cells of a category, as far as those of the whole stores reach.

        Goods that did not sell have no rows: where a source reports a measure by
        listing and the store's day is in, nothing means zero.
        """
        found = {}
        for key, cell in whole.items():
            own = cells.get(key)
            if own:
                found[key] = replace(own, last_day=max(own.last_day, cell.last_day))
            elif key in self.scopes.by_listing and self._adds_up(key[1]):
                found[key] = replace(cell, value=0.0)
        return cells | found

    def _adds_up(self, metric_id):
        return self.specs[self.codes[metric_id]].over_time == OVER_TIME_SUM

    def _fact_line(self, card, line, rule, cells, segments):
        spec = self.specs[line.metric_id.code]
        wanted = self._measure_ids(spec.code)
        held = self._once(
            "held", segments, lambda: {item.store for item in segments} or {0}
        )
        cells = {
            key: cell
            for key, cell in cells.items()
            if key[0] in held and key[1] in wanted
        }
        result = LineResult(line, rule, None)
        result.as_of = max((c.as_of for c in cells.values() if c.as_of), default=None)
        if any(cell.without_rate for cell in cells.values()):
            result.outcome = outcomes.Faulty("no_rate")
            return result
        self._value(card, spec, cells, result)
        self._by_store(spec, cells, result)
        late = self._late(card, line, cells, segments, wanted)
        if late and isinstance(result.outcome, outcomes.Measured | outcomes.Late):
            result.outcome = late
        result.excluded = self._once(
            "excluded", segments, lambda: self._excluded(segments)
        )
        return result

    def _value(self, card, spec, cells, result):
        """Outcome of the metric over all the line's stores."""
        totals = self._totals(cells)
        days = float((card.span[1] - card.span[0]).days + 1)
        names = {self.codes[metric]: value for metric, value in totals.items()}
        names[metric_sql.PERIOD_DAYS] = days
        if spec.tree is None:
            result.outcome = outcomes.finite(totals.get(spec.id))
            return
        top = spec.tree
        if isinstance(top, formula.Arithmetic) and top.op == "/":
            scaled = self._evaluate(top.left, names)
            denominator = self._evaluate(top.right, names)
            result.numerator = self._evaluate(unscaled(top.left), names)
            result.outcome = outcomes.ratio(scaled, denominator)
        else:
            result.outcome = outcomes.finite(self._evaluate(top, names))
        reported = totals.get(spec.id)
        if isinstance(result.outcome, outcomes.Late) and reported is not None:
            result.outcome = outcomes.finite(reported)

    def _totals(self, cells):
        """Measures over stores: summed; of a platform's own figures the worst."""
        totals, by_metric = {}, defaultdict(list)
        for (_store, metric), cell in cells.items():
            by_metric[metric].append(cell.value)
        for metric, values in by_metric.items():
            values = [value for value in values if value is not None]
            if not values:
                continue
            if self.specs[self.codes[metric]].over_time == SNAPSHOT:
                totals[metric] = self._worst(metric, values)
            else:
                totals[metric] = sum(values)
        return totals

    def _worst(self, metric_id, values):
        metric = self.env["linkstar.metric"].browse(metric_id)
        return max(values) if metric.direction == "lower" else min(values)

    def _by_store(self, spec, cells, result):
        """Each store's own part, for the explanation; sums only for sums."""
        last_days, values = {}, {}
        for (store, metric), cell in cells.items():
            if store not in last_days or last_days[store] < cell.last_day:
                last_days[store] = cell.last_day
            if metric == spec.id and cell.value is not None:
                values[store] = cell.value
        for store in sorted(last_days):
            if not store:
                continue
            row = {"store": store, "code": self.stores[store].code}
            if store in values:
                row["value"] = values[store]
            row["last_day"] = last_days[store].isoformat()
            result.stores.append(row)

    def _late(self, card, line, cells, segments, wanted):
        """A Late outcome if figures of a store are still to come, else None."""
        if line.scope == "person" or card.estimate:
            return None
        last_needed = self._last_needed(card.period[1], line.metric_id.settled_after_d)
        reached = {}
        for (store, _metric), cell in cells.items():
            if store not in reached or reached[store] < cell.last_day:
                reached[store] = cell.last_day
        ends = self._once("ends", segments, lambda: self._last_counted_days(segments))
        # A shop that is not open yet sells nothing: nobody waits for its figures.
        ends = {
            store: end
            for store, end in ends.items()
            if store in reached or not self.stores[store].opening
        }
        missing = [store for store in ends if store not in reached]
        if missing:
            return outcomes.Late("no_data:" + self._codes(missing))
        if last_needed:
            behind = [
                store
                for store, end in ends.items()
                if reached[store] < min(end, last_needed)
            ]
            if behind:
                return outcomes.Late("until:" + self._codes(behind))
        return None

    def _last_needed(self, end, settled_after_d):
        """Day up to which figures have to be in; None once the period has settled."""
        key = (end, settled_after_d)
        if key not in self.needed:
            today = self.now.date()
            settled = today >= calendar.settles_on(end, [max(settled_after_d, 0)])
            self.needed[key] = None if settled else min(end, today - timedelta(days=1))
        return self.needed[key]

    def _last_counted_days(self, segments):
        ends = {}
        for segment in segments:
            gone = self.holdings.excluded_days(segment)
            for _first, last in spans.subtract(segment.span, gone)[-1:]:
                ends[segment.store] = max(ends.get(segment.store, date.min), last)
        return ends

    def _codes(self, store_ids):
        return ", ".join(sorted(self.stores[store].code for store in store_ids))

    def _excluded(self, segments):
        """Exclusions that took days out, with how many; a day counts once."""
        gone = defaultdict(list)
        for segment in segments:
            items = list(self.holdings.store_exclusions.get(segment.store, ()))
            items += self.holdings.listing_exclusions.get(segment.store, ())
            for item in items:
                span = spans.intersect(item.span, segment.span)
                concerns = not segment.listing or item.listing in (
                    None,
                    segment.listing,
                )
                if span and concerns and item.caused_by != segment.employee:
                    gone[item.key].append(span)
        return [
            {"id": key, "days": sum(map(spans.days, spans.union(found)))}
            for key, found in sorted(gone.items())
        ]
