"""The calibration page: a period's scores side by side, ranked by nobody."""

from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.linkstar_kpi.engine import calibration

BY = ("reviewer", "department", "scheme")
#: Periods offered on the page.
PERIODS = 12


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    @api.model
    def calibration_page(self, period_id=None, by="reviewer"):
        """Scores and adjustments of a period, by group and person.

        Groups and the whole are described over the cards that the caller may see;
        groups of fewer than three people show no figures.

        :param period_id: a period; else the newest one with cards to review
        :param by: ``reviewer``, ``department`` or ``scheme``
        :return: dict with ``periods``, ``period``, ``by``, ``whole``, ``groups``
            (each with its ``people``)
        :raise AccessError: for people who review nobody
        """
        self._check_calibrates()
        by = by if by in BY else "reviewer"
        periods = self._calibration_periods()
        period = periods.filtered(lambda item: item.id == period_id) or periods[:1]
        cards = self.search(
            [
                ("period_id", "=", period.id),
                ("is_scored", "=", True),
                ("state", "in", ("calculated", "review", "published", "appeal")),
            ],
            order="final_score desc, employee_id",
        )
        cards._log_view()
        labels = cards._calibration_groups(by)
        whole, groups = calibration.compare(
            [
                calibration.Card(labels[card.id][0], card.score, card.adjustment)
                for card in cards
            ]
        )
        return {
            "periods": [{"id": item.id, "name": item.name} for item in periods],
            "period": period.id,
            "by": by,
            "whole": self._calibration_row(whole, self.env._("Everybody")),
            "groups": [cards._calibration_group(group, labels) for group in groups],
        }

    def _check_calibrates(self):
        user = self.env.user
        groups = "linkstar_project.group_lead,linkstar_kpi.group_kpi_manager"
        if not user.has_groups(f"{groups},linkstar_project.group_auditor"):
            raise AccessError(
                self.env._("Scores are compared by leads and KPI managers only.")
            )

    def _calibration_periods(self):
        """Periods with scored cards that are not locked, newest first."""
        found = self._read_group(
            [
                ("is_scored", "=", True),
                ("state", "in", ("calculated", "review", "published", "appeal")),
            ],
            ["period_id"],
            [],
        )
        periods = self.env["linkstar.kpi.period"].union(*(row[0] for row in found))
        return periods.sorted("date_from", reverse=True)[:PERIODS]

    def _calibration_groups(self, by):
        """For each card ``(key, name)`` of its group."""
        nobody = self.env._("Nobody named")
        result = {}
        for card in self.sudo():
            if by == "department":
                group = card.department_id
            elif by == "scheme":
                group = card.scheme_id
            else:
                manager = card.employee_id.parent_id
                group = card.adjusted_by or card.scheme_id.reviewer_id
                group = group or manager.user_id or manager
            key = (group._name, group.id) if group else ("", 0)
            result[card.id] = (key, group.display_name if group else nobody)
        return result

    def _calibration_group(self, group, labels):
        members = self.filtered(lambda card: labels[card.id][0] == group.key)
        row = self._calibration_row(group, labels[members[:1].id][1])
        reviewable = members._reviewable()
        row["people"] = [
            {
                "id": card.id,
                "name": card.employee_id.name,
                "scheme": card.scheme_id.name,
                "score": card.score,
                "adjustment": card.adjustment,
                "reason": card.adjustment_reason or "",
                "final": card.final_score,
                "level": card.level or "",
                "can_adjust": card in reviewable
                and card.state in ("calculated", "review"),
            }
            for card in members
        ]
        return row

    @api.model
    def _calibration_row(self, group, name):
        texts = self._calibration_notes()
        known = group.median is not None
        return {
            "key": str(group.key),
            "name": name,
            "count": group.count,
            "known": known,
            "median": round(group.median, 2) if known else 0.0,
            "low": round(group.low, 2) if known else 0.0,
            "high": round(group.high, 2) if known else 0.0,
            "adjusted": group.adjusted or 0,
            "mean_adjustment": round(group.mean_adjustment, 2) if known else 0.0,
            "notes": [texts[code] for code in group.notes],
            "people": [],
        }

    @api.model
    def _calibration_notes(self):
        env = self.env
        return {
            "small": env._("Fewer than three people: no figures of the group."),
            "higher": env._("Scored 5 points or more above everybody's median."),
            "lower": env._("Scored 5 points or more below everybody's median."),
            "lenient": env._("Adjusted upwards more than others."),
            "strict": env._("Adjusted downwards more than others."),
            "narrow": env._("Everybody within one point: are differences seen?"),
        }
