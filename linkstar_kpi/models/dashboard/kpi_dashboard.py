"""The KPI dashboard: one call gives one level of one period."""

from odoo import api, fields, models

from odoo.addons.linkstar_kpi.engine import overview

LEVELS = ("person", "team", "department", "store")
PERIODS = 36
TREND = 12


class LinkstarKpiDashboard(models.AbstractModel):
    """What the dashboard shows, read with the reader's own rights.

    Nothing here is stored and nothing is filtered by the browser: cards, lines,
    targets and stores are searched as the user, so that people get their own card,
    leads their team's and KPI managers all of them.
    """

    _name = "linkstar.kpi.dashboard"
    _description = "KPI dashboard"

    @api.model
    def load(self, level=None, period_id=None, subject_id=None):
        """Everything that one view of the dashboard shows.

        :param level: person, team, department or store; by default the widest of
            the first two that the user has
        :param period_id: a period; by default the newest with cards to see
        :param subject_id: an employee (person), a lead's employee (team), a
            department (department); None for all, or for oneself
        :return: dict, see the keys below; ``reason`` says why it is empty
        """
        self._check_reader()
        levels = self._levels()
        level = level if level in levels else self._default_level(levels)
        periods = self._periods()
        period = self._chosen_period(periods, period_id)
        page = self._head(levels, level, periods, period)
        if not period:
            page["reason"] = self.env._(
                "There is no period yet. A KPI manager opens one under KPI, Periods."
            )
            return page
        if level == "store":
            page |= self._load_stores(period, subject_id)
        else:
            page |= self._load_people(level, period, subject_id)
        page["freshness"] = self._freshness(period, page["metrics"])
        return page

    def _check_reader(self):
        self.env["linkstar.kpi.scorecard"].check_access("read")
        self.env["linkstar.kpi.period"].check_access("read")

    def _head(self, levels, level, periods, period):
        names = {
            "person": self.env._("Person"),
            "team": self.env._("Team"),
            "department": self.env._("Department"),
            "store": self.env._("Store"),
        }
        states = dict(
            periods._fields["state"]._description_selection(self.env)  # translated
        )
        return {
            "levels": [{"id": name, "name": names[name]} for name in levels],
            "level": level,
            "periods": [{"id": x.id, "name": x.name} for x in periods],
            "period": {
                "id": period.id,
                "name": period.name,
                "state": states.get(period.state, ""),
                "date_from": fields.Date.to_string(period.date_from),
                "date_to": fields.Date.to_string(period.date_to),
                "is_estimate": period.is_estimate,
            }
            if period
            else False,
            "subjects": [],
            "subject": False,
            "rows": [],
            "metrics": [],
            "cells": {},
            "bars": [],
            "trend": [],
            "distribution": [],
            "bottlenecks": [],
            "leaders": [],
            "freshness": [],
            "summary": {},
            "reason": "",
        }

    def _levels(self):
        """Levels that the user has something to see on."""
        user = self.env.user
        wide = user._linkstar_sees_all_scores() or user._linkstar_kpi_team_ids()
        levels = ["person"]
        if wide:
            levels += ["team", "department"]
        if self.env["linkstar.store"].has_access("read"):
            levels.append("store")
        return levels

    def _default_level(self, levels):
        return "team" if "team" in levels else "person"

    def _periods(self):
        """Periods to choose from, newest first."""
        return self.env["linkstar.kpi.period"].search(
            [
                ("company_id", "in", self.env.companies.ids),
                ("date_from", "<=", fields.Date.today()),
            ],
            order="date_from desc, id desc",
            limit=PERIODS,
        )

    def _chosen_period(self, periods, period_id):
        """The period asked for, else the newest that has cards to see."""
        if period_id:
            chosen = self.env["linkstar.kpi.period"].browse(period_id).exists()
            chosen.check_access("read")
            return chosen
        card = self.env["linkstar.kpi.scorecard"].search(
            [("period_id", "in", periods.ids), ("is_pilot", "=", False)],
            order="date_from desc, id desc",
            limit=1,
        )
        return card.period_id or periods[:1]

    # -- shared by the levels ------------------------------------------------------

    def _bands(self, scores):
        return [
            {
                "label": f"{lower}–{upper}" if upper else f"≥ {lower}",
                "count": count,
            }
            for lower, upper, count in overview.distribution(scores)
        ]

    def _bottleneck_rows(self, cells, names):
        """Bottlenecks with the names of their metrics.

        :param cells: dict of row key → column key → cell with ``points``
        """
        flat = [
            (row, column, cell["points"])
            for row, columns in cells.items()
            for column, cell in columns.items()
            if cell["points"] is not None
        ]
        return [
            item | {"name": names.get(item["key"], "")}
            for item in overview.bottlenecks(flat)
        ]
