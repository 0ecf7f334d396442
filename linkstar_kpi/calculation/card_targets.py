"""What a line is measured against: own, inherited and prorated targets."""

from ..engine import attribution, proration, spans
from ..engine import period as calendar

#: Scopes of whole stores, whose targets come down by share and days.
SCOPES_OF_STORES = ("share", "stores", "team", "group")


class TargetRules:
    """Targets of a card's lines; mixed into the calculator, which has read all.

    Uses ``self.holdings``, ``self.portions``, ``self.scopes``, ``self.stores`` and
    ``self.terms``.
    """

    def _apply_target(self, card, line, result, segments):
        """Target of the person, prorated to the days that count if additive."""
        additive = line.metric_id.additivity == "additive"
        own = self._retarget(card, line, result)
        if not own and additive and line.scope in SCOPES_OF_STORES:
            own = self._from_stores(card, line, result, segments)
            if own:
                return
        if not additive:
            return
        fraction = spans.days(card.span) / spans.days(card.period)
        if line.scope != "person":
            total, counted = self._share_days(segments)
            fraction *= counted / total if total else 1.0
        result.fraction = fraction
        result.rule = proration.shrink(result.rule, fraction)

    def _share_days(self, segments):
        return self._once(
            "share_days",
            segments,
            lambda: attribution.share_days(segments, self.holdings, self.portions),
        )

    def _retarget(self, card, line, result):
        """Use the person's own target and the newcomer ramp; True if their own."""
        category = line.category
        target = card.targets.get((line.metric_id.id, category))
        if target:
            result.rule = proration.retarget(
                result.rule,
                target.value,
                target.floor if target.use_limits else None,
                target.stretch if target.use_limits else None,
            )
        ramp = self.terms[card.version].ramp
        if ramp and card.joined_on and line.metric_id.additivity == "additive":
            months = calendar.months_between(card.joined_on, card.period[0])
            result.ramp = proration.ramp_factor(months, ramp)
            result.rule = proration.shrink(result.rule, result.ramp)
        return bool(target)

    def _from_stores(self, card, line, result, segments):
        """Derive the target from those of the stores, by share and days."""
        days = spans.days(card.period)
        category = line.category
        if category:
            whole = self.scopes.segments(card, line.where.base)
            segments = self.scopes.filtered(line, whole, self.stores)
        total, found = 0.0, False
        for segment in segments:
            key = (segment.store, line.metric_id.id, category)
            target = card.store_targets.get(key)
            if target is None or segment.listing:
                continue
            found = True
            _all, counted = attribution.share_days(
                [segment], self.holdings, self.portions
            )
            total += target.value * counted / days
        if found:
            result.rule = proration.retarget(result.rule, total)
        return found
