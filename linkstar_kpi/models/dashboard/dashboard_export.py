"""The dashboard's data as a spreadsheet or CSV, with the reader's own rights."""

import base64
import csv
import io

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.linkstar_kpi.models.card.kpi_scorecard_export import XLSX
from odoo.addons.linkstar_project.engine.workbook import Sheet, clean, workbook_bytes

#: What makes a spreadsheet take a text for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class LinkstarKpiDashboard(models.AbstractModel):
    _inherit = "linkstar.kpi.dashboard"

    @api.model
    def export(self, kind, level=None, period_id=None, subject_id=None):
        """One view of the dashboard as a file.

        :param kind: xlsx (scores, heat map, trend, freshness) or csv (the heat map)
        :return: dict with ``filename``, ``mimetype`` and ``content`` (base64)
        :raise AccessError: for what :meth:`load` would refuse
        """
        if kind not in ("xlsx", "csv"):
            raise UserError(self.env._("Choose xlsx or csv."))
        page = self.load(level, period_id, subject_id)
        if not page["rows"]:
            raise UserError(page["reason"] or self.env._("There is nothing to export."))
        name = f"kpi-{page['level']}-{page['period']['name']}.{kind}"
        if kind == "csv":
            content, mimetype = self._csv(page), "text/csv; charset=utf-8"
        else:
            content, mimetype = workbook_bytes(self._sheets(page)), XLSX
        return {
            "filename": name,
            "mimetype": mimetype,
            "content": base64.b64encode(content).decode(),
        }

    def _sheets(self, page):
        env = self.env
        trend = [[x["name"], x["value"], x["count"]] for x in page["trend"]]
        spread = [[x["label"], x["count"]] for x in page["distribution"]]
        fresh = [
            [x["metric"], x["source"], x["last_day"], x["as_of"], x["behind_count"]]
            for x in page["freshness"]
        ]
        headers, rows = self._matrix(page)
        return [
            Sheet(env._("Points"), headers, rows),
            Sheet(
                env._("Trend"),
                [env._("Period"), env._("Average score"), env._("Count")],
                trend,
            ),
            Sheet(env._("Distribution"), [env._("Score"), env._("Count")], spread),
            Sheet(
                env._("Freshness"),
                [
                    env._("Metric"),
                    env._("Source"),
                    env._("Last day"),
                    env._("As of"),
                    env._("Stores behind"),
                ],
                fresh,
            ),
        ]

    def _matrix(self, page):
        """Headers and rows of the heat map: one row a person, one column a metric."""
        env = self.env
        headers = [env._("Name"), env._("Score"), env._("Attainment (%)")]
        headers += [metric["name"] for metric in page["metrics"]]
        rows = []
        for row in page["rows"]:
            cells = page["cells"].get(row["id"], {})
            share = row["attainment"]
            rows.append(
                [
                    row["name"],
                    "" if row["score"] is None else row["score"],
                    "" if share is None else round(share * 100, 1),
                    *(_shown(cells.get(metric["id"])) for metric in page["metrics"]),
                ]
            )
        return headers, rows

    def _csv(self, page):
        """UTF-8 with its mark, which spreadsheets need for Chinese; text stays text."""
        headers, rows = self._matrix(page)
        out = io.StringIO()
        writer = csv.writer(out)
        for row in [headers, *rows]:
            writer.writerow([_csv_cell(value) for value in row])
        return out.getvalue().encode("utf-8-sig")


def _shown(cell):
    if not cell:
        return ""
    return cell["note"] if cell["points"] is None else cell["points"]


def _csv_cell(value):
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
