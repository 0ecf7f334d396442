"""Scorecards as a spreadsheet."""

import base64

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.linkstar_project.engine.workbook import Sheet, workbook_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    def export_xlsx(self):
        """These cards as a workbook: one sheet of scores, one of their lines.

        The numbers are those stored on the cards; text stays text whatever it
        begins with.

        :return: dict with ``filename``, ``mimetype`` and ``content`` (base64)
        """
        if not self:
            raise UserError(self.env._("Choose the scorecards to export."))
        self.check_access("read")
        self._log_view()
        content = workbook_bytes([self._card_sheet(), self._line_sheet()])
        names = "-".join(sorted(set(self.period_id.mapped("name"))))
        return {
            "filename": f"scorecards-{names}.xlsx",
            "mimetype": XLSX,
            "content": base64.b64encode(content).decode(),
        }

    def action_export_xlsx(self):
        """Download the workbook of these cards."""
        self.check_access("read")
        ids = ",".join(str(card_id) for card_id in self.ids)
        return {
            "type": "ir.actions.act_url",
            "url": f"/linkstar/kpi/scorecards.xlsx?ids={ids}",
            "target": "self",
        }

    def _card_sheet(self):
        env = self.env
        states = dict(self._fields["state"]._description_selection(env))
        headers = [
            env._("Period"),
            env._("Employee"),
            env._("Department"),
            env._("Scheme"),
            env._("State"),
            env._("Score"),
            env._("Adjustment"),
            env._("Reason"),
            env._("Final score"),
        ]
        rows = [
            [
                card.period_id.name,
                card.employee_id.name,
                card.department_id.name or "",
                card.scheme_version_id.display_name,
                states[card.state],
                card.score if card.is_scored else "",
                card.adjustment,
                card.adjustment_reason or "",
                card.final_score if card.is_scored else "",
            ]
            for card in self
        ]
        return Sheet(env._("Scores"), headers, rows)

    def _line_sheet(self):
        env = self.env
        lines = self.env["linkstar.kpi.scorecard.line"]
        outcomes = dict(lines._fields["outcome"]._description_selection(env))
        headers = [
            env._("Period"),
            env._("Employee"),
            env._("Code"),
            env._("Metric"),
            env._("Outcome"),
            env._("Value"),
            env._("Currency"),
            env._("Floor"),
            env._("Target"),
            env._("Stretch"),
            env._("Points"),
            env._("Weight"),
            env._("Contribution"),
            env._("Origin"),
        ]
        rows = []
        for line in self.line_ids:
            figures = line._figures()
            measured = line.outcome == "measured" and figures
            rows.append(
                [
                    line.period_id.name,
                    line.employee_id.name,
                    line.metric_id.code,
                    line.metric_id.name,
                    outcomes[line.outcome],
                    figures["value"] if measured else "",
                    line.currency_id.name if line.unit == "currency" else "",
                    line.floor,
                    line.target,
                    line.stretch,
                    line.points,
                    line.effective_weight,
                    line.contribution,
                    "\n".join(line._sentences()),
                ]
            )
        return Sheet(env._("Lines"), headers, rows)
