"""The dashboard's levels of people: a person, a team, departments."""

from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.linkstar_kpi.engine import ladder, overview

from .kpi_dashboard import TREND

LINE_FIELDS = (
    "scorecard_id",
    "employee_id",
    "metric_id",
    "sequence",
    "outcome",
    "outcome_reason",
    "score_state",
    "is_hidden",
    "attainment",
    "points",
    "effective_weight",
)
SCORED = ("scored", "neutral", "bonus")


class LinkstarKpiDashboard(models.AbstractModel):
    _inherit = "linkstar.kpi.dashboard"

    def _load_people(self, level, period, subject_id):
        """Rows, heat map, trend and spread of people or departments."""
        cards = self._visible_cards(period)
        subjects = self._subjects(level, cards)
        subject_id = self._chosen_subject(level, subjects, subject_id)
        cards = self._cards_of(level, cards, subject_id)
        page = {"subjects": subjects, "subject": subject_id or False}
        if not cards:
            return page | {"reason": self._why_empty(period)}
        self.env["linkstar.kpi.view.log"]._note(cards)
        lines = self._lines(cards)
        metrics = self._metric_columns(lines)
        cells = self._cells(lines)
        rows = self._card_rows(period, cards, lines)
        people = cards.employee_id
        if level == "department":
            rows, cells = self._by_department(rows, cells)
        names = {metric["id"]: metric["name"] for metric in metrics}
        scores = {row["id"]: row["score"] for row in rows if row["score"] is not None}
        by_id = {row["id"]: row["name"] for row in rows}
        return page | {
            "rows": rows,
            "metrics": metrics,
            "cells": cells,
            "bars": self._bars(level, rows, metrics, cells),
            "trend": self._trend(period, people),
            "distribution": self._bands(
                card.final_score for card in cards if card.is_scored
            ),
            "bottlenecks": self._bottleneck_rows(cells, names),
            "leaders": [
                {"id": key, "name": by_id[key], "score": scores[key]}
                for key in overview.leaders(scores)
            ],
            "summary": self._summary(cards, rows),
        }

    # -- what is shown -------------------------------------------------------------

    def _visible_cards(self, period):
        """Cards of the period that the user may read; pilots have their own report."""
        return self.env["linkstar.kpi.scorecard"].search(
            [("period_id", "=", period.id), ("is_pilot", "=", False)]
        )

    def _why_empty(self, period):
        if period.sudo().scorecard_ids:
            return self.env._(
                "None of the cards of %s is open to you: people see their own, leads "
                "their team's.",
                period.name,
            )
        return self.env._(
            "Nobody has a card in %s yet. A KPI manager assigns people to a scheme and "
            "presses Calculate on the period.",
            period.name,
        )

    def _subjects(self, level, cards):
        """Whom one may look at on this level, each out of the visible cards."""
        people = cards.employee_id.sudo()
        if level == "person":
            found = people
        elif level == "team":
            found = people.parent_id
        else:
            found = cards.department_id.sudo()
        return [{"id": x.id, "name": x.name} for x in found.sorted("name")]

    def _chosen_subject(self, level, subjects, subject_id):
        known = {subject["id"] for subject in subjects}
        if subject_id:
            if subject_id not in known:
                raise AccessError(
                    self.env._("These scores are not open to you, or do not exist.")
                )
            return subject_id
        if level != "person" or not subjects:
            return None
        own = [x for x in self.env.user._linkstar_kpi_own_ids() if x in known]
        return own[0] if own else subjects[0]["id"]

    def _cards_of(self, level, cards, subject_id):
        if not subject_id:
            return cards
        if level == "person":
            return cards.filtered(lambda card: card.employee_id.id == subject_id)
        if level == "team":
            return cards.filtered(
                lambda card: card.employee_id.sudo().parent_id.id == subject_id
            )
        return cards.filtered(lambda card: card.department_id.id == subject_id)

    def _lines(self, cards):
        """Lines of the cards, with hidden attainments where the user sees cost."""
        lines = self.env["linkstar.kpi.scorecard.line"].search_fetch(
            [("scorecard_id", "in", cards.ids)], LINE_FIELDS, order="sequence, id"
        )
        if lines[:1]._sees_cost():
            lines.filtered("is_hidden").sudo().fetch(["cost_figures"])
        return lines

    def _attainment(self, line):
        """Share of the target reached, None where it says nothing or is hidden."""
        if line.outcome != "measured":
            return None
        if not line.is_hidden:
            return line.attainment or None
        if not line._sees_cost():
            return None
        return (line.sudo().cost_figures or {}).get("attainment") or None

    def _metric_columns(self, lines):
        order = {}
        for line in lines:
            order.setdefault(line.metric_id, len(order))
        return [
            {"id": metric.id, "name": metric.name, "code": metric.code}
            for metric in order
        ]

    def _cells(self, lines):
        """Heat map: employee → metric → points and why there are none."""
        cells = defaultdict(dict)
        for line in lines:
            scored = line.outcome == "measured" and line.score_state in SCORED
            measured = line.outcome == "measured"
            cells[line.employee_id.id][line.metric_id.id] = {
                "points": line.points if scored else None,
                "attainment": self._attainment(line),
                "weight": line.effective_weight,
                "note": "" if measured else line._outcome_text(),
                "outcome": line.outcome,
            }
        return dict(cells)

    def _card_rows(self, period, cards, lines):
        """One row a person, best first, those without a score last."""
        before = self._scores_before(period, cards)
        weights = defaultdict(list)
        for line in lines:
            pair = (self._attainment(line), line.effective_weight)
            weights[line.scorecard_id.id].append(pair)
        states = dict(cards._fields["state"]._description_selection(self.env))
        rows = []
        for card in cards.sudo():
            score = card.final_score if card.is_scored else None
            previous = before.get(card.employee_id.id)
            known = score is not None and previous is not None
            levels = [(x.lower, x.name) for x in card.scheme_version_id.level_ids]
            rows.append(
                {
                    "id": card.employee_id.id,
                    "card_id": card.id,
                    "name": card.employee_id.name,
                    "department_id": card.department_id.id,
                    "department": card.department_id.name or "",
                    "score": score,
                    "level": ladder.level_of(score, levels)[0] or "",
                    "attainment": overview.weighted(weights[card.id]),
                    "change": round(score - previous, 2) if known else None,
                    "state": states[card.state],
                    "is_final": card.is_final,
                    "people": 1,
                }
            )
        return sorted(
            rows, key=lambda row: (row["score"] is None, -(row["score"] or 0))
        )

    def _scores_before(self, period, cards):
        """Final scores of the same people in the period before."""
        earlier = self.env["linkstar.kpi.period"].search(
            [
                ("company_id", "=", period.company_id.id),
                ("kind", "=", period.kind),
                ("date_from", "<", period.date_from),
            ],
            order="date_from desc",
            limit=1,
        )
        found = self.env["linkstar.kpi.scorecard"].search_fetch(
            [
                ("period_id", "=", earlier.id),
                ("employee_id", "in", cards.employee_id.ids),
                ("is_scored", "=", True),
                ("is_pilot", "=", False),
            ],
            ["employee_id", "final_score"],
        )
        return {card.employee_id.id: card.final_score for card in found}

    def _by_department(self, rows, cells):
        """Rows and cells of departments: means over the people one may see."""
        members = defaultdict(list)
        for row in rows:
            members[row["department_id"] or 0].append(row)
        grouped, merged = [], {}
        for key, people in members.items():
            name = people[0]["department"] or self.env._("Without a department")
            grouped.append(
                {
                    "id": key,
                    "card_id": False,
                    "name": name,
                    "department_id": key,
                    "department": name,
                    "score": overview.mean(row["score"] for row in people),
                    "level": "",
                    "attainment": overview.mean(row["attainment"] for row in people),
                    "change": overview.mean(row["change"] for row in people),
                    "state": "",
                    "is_final": all(row["is_final"] for row in people),
                    "people": len(people),
                }
            )
            merged[key] = self._mean_cells([cells.get(row["id"], {}) for row in people])
        grouped.sort(key=lambda row: (row["score"] is None, -(row["score"] or 0)))
        return grouped, merged

    def _mean_cells(self, columns):
        by_metric = defaultdict(list)
        for cells in columns:
            for metric, cell in cells.items():
                by_metric[metric].append(cell)
        return {
            metric: {
                "points": overview.mean(cell["points"] for cell in found),
                "attainment": overview.mean(cell["attainment"] for cell in found),
                "weight": 0.0,
                "note": next((cell["note"] for cell in found if cell["note"]), ""),
                "outcome": found[0]["outcome"],
            }
            for metric, found in by_metric.items()
        }

    def _bars(self, level, rows, metrics, cells):
        """Attainment in per cent: of a person by metric, else by person."""
        if level != "person":
            return [
                {"name": row["name"], "value": _percent(row["attainment"])}
                for row in rows
                if row["attainment"] is not None
            ]
        own = cells.get(rows[0]["id"], {})
        return [
            {
                "name": metric["name"],
                "value": _percent(own[metric["id"]]["attainment"]),
            }
            for metric in metrics
            if own.get(metric["id"], {}).get("attainment") is not None
        ]

    def _trend(self, period, people):
        """Mean score of these people over the kind's last periods, oldest first."""
        domain = (
            Domain("employee_id", "in", people.ids)
            & Domain("is_scored", "=", True)
            & Domain("is_pilot", "=", False)
            & Domain("period_id.kind", "=", period.kind)
            & Domain("date_from", "<=", period.date_from)
        )
        found = self.env["linkstar.kpi.scorecard"]._read_group(
            domain,
            ["period_id"],
            ["final_score:avg", "__count"],
            order="period_id desc",
            limit=TREND,
        )
        points = [
            {
                "day": fields.Date.to_string(item.date_from),
                "name": self._trend_name(item),
                "value": round(score, 2),
                "count": count,
                "is_past": False,
            }
            for item, score, count in found
        ]
        known = {point["day"] for point in points}
        points += [
            past
            for past in self._past_points(period, people)
            if past["day"] not in known
        ]
        return sorted(points, key=lambda point: point["day"])[-TREND:]

    def _past_points(self, period, people):
        """Points of the trend from before the first card; see past scores."""
        return []

    def _trend_name(self, period):
        """A period's name; one that still runs is no month to compare with."""
        if period.date_to < fields.Date.today():
            return period.name
        return self.env._("%s (running)", period.name)

    def _summary(self, cards, rows):
        scored = [card.final_score for card in cards if card.is_scored]
        return {
            "people": len(cards.employee_id),
            "average": overview.mean(scored),
            "weak": sum(score < overview.WEAK for score in scored),
            "good": sum(score >= overview.GOOD for score in scored),
            "waiting": sum(not card.is_final for card in cards),
            "attainment": overview.mean(row["attainment"] for row in rows),
        }


def _percent(share):
    return round(share * 100, 1)
