"""The parts of a line's figure: which share of which store on which days gave what."""

from ..engine import attribution
from .fact_sums import OVER_TIME_SUM, FactSums, Request


class FigureParts:
    """Takes a figure apart again; mixed into the calculator.

    Uses what the calculator reads, so that parts and figure follow the same rules.
    """

    def parts_of_line(self, card, line):
        """Parts whose sums are the line's measures, by today's figures.

        States and figures of the platform do not add up: they have no parts.

        :param card: the ``CardInput``, one of this calculator's cards
        :param line: the scheme line (record)
        :return: list of dicts ``store`` (id), ``listing`` (id or None), ``date_from``,
            ``date_to``, ``share`` (negative where somebody narrower or an exclusion
            takes a listing out), ``metric`` (code), ``whole`` and ``counted`` (in the
            scheme's currency)
        """
        self._prepare()
        version = card.version
        plain = next(x for x in self.terms[version].lines if x.id == line.id)
        specs = [
            self.specs[code]
            for code in sorted(self._measures(plain.metric_id.code))
            if self.specs[code].over_time == OVER_TIME_SUM
        ]
        parts = attribution.parts_of(self._line_segments(card, plain), self.holdings)
        rate_day = card.period[1] if version.rate_rule == "period_end" else None
        requests = [Request([part], card.span[1], rate_day) for part in parts]
        answers = self._reader(version, specs).read(requests)
        rows = []
        for part, cells in zip(parts, answers, strict=True):
            for (_store, metric), cell in sorted(cells.items()):
                if cell.value is not None and part.weight:
                    rows.append(self._part_row(part, metric, cell))
        return rows

    def _part_row(self, part, metric, cell):
        return {
            "store": part.store,
            "listing": part.listing,
            "date_from": part.date_from,
            "date_to": part.date_to,
            "share": part.weight,
            "metric": self.codes[metric],
            "whole": cell.value / part.weight,
            "counted": cell.value,
        }

    def _reader(self, version, specs):
        """Sums of measures, converted as the scheme version says."""
        return FactSums(
            self.env,
            specs,
            version.currency_id,
            version.rate_rule,
            {rate.currency_id.id: rate.rate for rate in version.rate_ids},
            version.company_id,
        )
