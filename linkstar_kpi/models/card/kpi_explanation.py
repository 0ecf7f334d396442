"""Explanations: every line in sentences, in the reader's language."""

from odoo import models
from odoo.tools import format_datetime, formatLang

from odoo.addons.linkstar_kpi.calculation.task_sums import ROUND_METRIC


class LinkstarKpiScorecardLine(models.Model):
    _inherit = "linkstar.kpi.scorecard.line"

    def _sentences(self):
        """Why the line is what it is: value, origin, what was left out, points."""
        self.ensure_one()
        sentences = [self._value_sentence()]
        sentences += self._store_sentences()
        sentences += self._excluded_sentences()
        sentences += self._target_sentences()
        sentences.append(self._points_sentence())
        if self.as_of:
            stamp = format_datetime(self.env, self.as_of, dt_format="short")
            sentences.append(self.env._("Figures as of %s.", stamp))
        if self.is_waived:
            sentences.append(
                self.env._(
                    "Set aside by %(user)s: %(reason)s",
                    user=self.sudo().waived_by.name,
                    reason=self.waive_reason,
                )
            )
        return [sentence for sentence in sentences if sentence]

    def _value_sentence(self):
        name = self.metric_id.name
        if self.outcome != "measured":
            return f"{name}: {self._outcome_text()}"
        figures = self._figures()
        if not figures:
            return self.env._("%s: its value reveals cost and is not shown.", name)
        value = self._format(figures["value"])
        if figures.get("denominator"):
            return self.env._(
                "%(metric)s %(value)s: %(numerator)s of %(denominator)s.",
                metric=name,
                value=value,
                numerator=self._plain(figures["numerator"]),
                denominator=self._plain(figures["denominator"]),
            )
        return f"{name} {value}."

    def _outcome_text(self):
        """Why there is no value."""
        code, _sep, detail = (self.outcome_reason or "").partition(":")
        env = self.env
        texts = {
            "no_data": env._("no figures have arrived yet (%s).", detail or "–"),
            "until": env._("figures are still to come from %s.", detail),
            "no_store": env._("not applicable: no store in this role."),
            "no_tasks": env._("not applicable: no task was due."),
            "no_rounds": env._("not applicable: no store round was due."),
            "no_user": env._("not applicable: the person has no login."),
            "waived": env._("set aside for this card."),
            "zero_denominator": env._("not applicable: nothing happened to measure."),
            "division_by_zero": env._("cannot be computed: it divides by zero."),
            "not_finite": env._("cannot be computed from these figures."),
            "no_rate": env._("an exchange rate is missing."),
        }
        return texts.get(code, self.outcome_reason or "")

    def _store_sentences(self):
        detail = self.detail or {}
        if detail.get("tasks") == 0:
            return []
        if detail.get("tasks") and self.metric_id.code == ROUND_METRIC:
            return [self.env._("Counted over %s checks of rounds.", detail["tasks"])]
        if detail.get("tasks"):
            return [self.env._("Counted over %s tasks.", detail["tasks"])]
        stores = self._figures().get("stores") or []
        shown = [
            f"{row['code']} {self._format(row['value'])}"
            for row in stores
            if "value" in row
        ]
        if not stores:
            return []
        codes = ", ".join(shown or [row["code"] for row in stores])
        if self.scheme_line_id.scope in ("share", "department", "shift"):
            return [
                self.env._(
                    "From %(count)s stores, by share: %(stores)s.",
                    count=len(stores),
                    stores=codes,
                )
            ]
        return [
            self.env._(
                "From %(count)s stores: %(stores)s.", count=len(stores), stores=codes
            )
        ]

    def _excluded_sentences(self):
        rows = (self.detail or {}).get("excluded") or []
        items = self.env["linkstar.kpi.exclusion"].sudo()
        labels = dict(items._fields["cause"]._description_selection(self.env))
        sentences = []
        for row in rows:
            item = items.browse(row["id"]).exists()
            if item:
                sentences.append(
                    self.env._(
                        "%(days)s days excluded: %(cause)s %(subject)s.",
                        days=row["days"],
                        cause=labels[item.cause],
                        subject=item.listing_id.sku or item.store_id.code,
                    )
                )
        return sentences

    def _target_sentences(self):
        detail = self.detail or {}
        sentences = []
        if detail.get("fraction", 1.0) != 1.0:
            sentences.append(
                self.env._(
                    "The target counts for %s of the period.",
                    self._percent(detail["fraction"]),
                )
            )
        if detail.get("ramp", 1.0) != 1.0:
            sentences.append(
                self.env._(
                    "Newcomer: %s of the full target.", self._percent(detail["ramp"])
                )
            )
        return sentences

    def _points_sentence(self):
        if self.score_state == "neutral":
            return self.env._(
                "Too few to judge (least %(least)s): full points, weight %(weight)s.",
                least=self._plain(self.scheme_line_id.min_denominator),
                weight=self._plain(self.effective_weight),
            )
        if self.score_state == "scored":
            return self.env._(
                "%(points)s points at target %(target)s × weight %(weight)s %% = "
                "%(contribution)s.",
                points=self._plain(self.points),
                target=self._format(self.target),
                weight=self._plain(self.effective_weight),
                contribution=self._plain(self.contribution),
            )
        if self.score_state == "bonus":
            return self.env._("Adds %s points.", self._plain(self.contribution))
        if self.score_state == "veto_proposed":
            return self.env._("Veto item breached: a person decides what follows.")
        if self.score_state == "veto_clear":
            return self.env._("Veto item kept.")
        if self.score_state == "not_applicable" and self.weight:
            return self.env._(
                "Its weight of %s is shared out among the other lines.",
                self._plain(self.weight),
            )
        return ""

    def _format(self, value):
        """A number with its unit, in the reader's format."""
        if self.unit == "currency":
            return formatLang(self.env, value, currency_obj=self.currency_id)
        text = self._plain(value)
        return f"{text} %" if self.unit == "percent" else text

    def _plain(self, value):
        digits = 0 if float(value or 0).is_integer() else 2
        return formatLang(self.env, value or 0.0, digits=digits)

    def _percent(self, fraction):
        return f"{self._plain(round(fraction * 100, 1))} %"


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    def explain(self):
        """Explain these cards line by line, in the reader's language.

        :return: list with one dict a line: ``scorecard_id``, ``line_id``,
            ``metric`` (code), ``name``, ``value`` (number or False),
            ``numerator``, ``denominator``, ``target``, ``points``, ``weight``,
            ``contribution``, ``outcome``, ``stores`` (each one's part), ``text``
            (the sentences)
        """
        self.check_access("read")
        self._log_view()
        rows = []
        for line in self.line_ids:
            figures = line._figures()
            measured = line.outcome == "measured" and figures
            rows.append(
                {
                    "scorecard_id": line.scorecard_id.id,
                    "line_id": line.id,
                    "metric": line.metric_id.code,
                    "name": line.metric_id.name,
                    "outcome": line.outcome,
                    "value": figures["value"] if measured else False,
                    "numerator": figures["numerator"] if measured else False,
                    "denominator": figures["denominator"] if measured else False,
                    "target": line.target,
                    "points": line.points,
                    "weight": line.effective_weight,
                    "contribution": line.contribution,
                    "stores": figures.get("stores") or [],
                    "text": "\n".join(line._sentences()),
                }
            )
        return rows
