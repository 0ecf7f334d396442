"""The bonus sheet as a workbook that payroll can use."""

import base64

from odoo import models

from odoo.addons.linkstar_kpi.models.card.kpi_scorecard_export import XLSX
from odoo.addons.linkstar_project.engine.workbook import Sheet, workbook_bytes


class LinkstarKpiBonusRun(models.Model):
    _inherit = "linkstar.kpi.bonus.run"

    def export_xlsx(self, lang=None):
        """The run as a workbook: summary, one row a line, sources.

        The sums are those of the database; text that begins with = + - @ stays
        text.

        :param lang: code of an installed language for headers and words; else the
            reader's own
        :return: dict with ``filename``, ``mimetype`` and ``content`` (base64)
        """
        self.ensure_one()
        self._check_payroll()
        self.check_access("read")
        self._linkstar_audit_log("export")
        if lang and lang in dict(self.env["res.lang"].get_installed()):
            return self.with_context(lang=lang)._workbook()
        return self._workbook()

    def _workbook(self):
        sheets = [self._summary_sheet(), self._detail_sheet(), self._source_sheet()]
        return {
            "filename": f"bonus-{self.name}.xlsx",
            "mimetype": XLSX,
            "content": base64.b64encode(workbook_bytes(sheets)).decode(),
        }

    def action_export_xlsx(self):
        """Download the bonus sheet; the context may name its language."""
        self.ensure_one()
        self._check_payroll()
        lang = self.env.context.get("sheet_lang") or self.env.lang or ""
        if lang not in dict(self.env["res.lang"].get_installed()):
            lang = ""
        return {
            "type": "ir.actions.act_url",
            "url": f"/linkstar/kpi/bonus/{self.id}.xlsx?lang={lang}",
            "target": "self",
        }

    def _summary_sheet(self):
        env = self.env
        headers = [
            env._("Employee"),
            env._("Department"),
            env._("Currency"),
            env._("Amount"),
            env._("Held back"),
            env._("Payable"),
            env._("Signature"),
        ]
        rows = []
        for employee, lines in self.line_ids.grouped("employee_id").items():
            rows.append(
                [
                    employee.name,
                    employee.sudo().department_id.name or "",
                    self.currency_id.name,
                    self._sum(lines, "amount"),
                    self._sum(lines, "held_back"),
                    self._sum(lines, "payable"),
                    "",
                ]
            )
        total = [env._("Total"), "", self.currency_id.name]
        total += [
            self._sum(self.line_ids, name)
            for name in ("amount", "held_back", "payable")
        ]
        return Sheet(env._("Summary"), headers, rows, footer=[total])

    def _sum(self, lines, name):
        return self.currency_id.round(sum(lines.mapped(name)))

    def _detail_sheet(self):
        env = self.env
        kinds = dict(self.line_ids._fields["kind"]._description_selection(env))
        headers = [
            env._("Employee"),
            env._("Plan"),
            env._("Kind"),
            env._("Period"),
            env._("Figure"),
            env._("Tier rate (%)"),
            env._("Commission"),
            env._("Score"),
            env._("Team score"),
            env._("Team part (%)"),
            env._("Coefficient"),
            env._("Eligible (%)"),
            env._("Gross"),
            env._("Capped"),
            env._("Condition not met"),
            env._("Amount"),
            env._("Held back"),
            env._("Payable"),
            env._("Reason"),
        ]
        rows = (
            [
                line.employee_id.name,
                line.plan_id.name or "",
                kinds[line.kind],
                line.scorecard_id.period_id.name or "",
                line.base,
                line.rate,
                line.commission,
                line.score,
                line.team_score if line.team_part else "",
                line.team_part or "",
                line.coefficient,
                line.share,
                line.gross,
                env._("Yes") if line.is_capped else "",
                line.failed_gate or "",
                line.amount,
                line.held_back,
                line.payable,
                line.reason or "",
            ]
            for line in self.line_ids
        )
        return Sheet(env._("Detail"), headers, rows)

    def _source_sheet(self):
        env = self.env
        headers = [
            env._("Employee"),
            env._("Period"),
            env._("Metric"),
            env._("Value"),
            env._("Target"),
            env._("Points"),
            env._("Weight"),
            env._("Contribution"),
            env._("Origin"),
        ]
        lines = self.sudo().line_ids.scorecard_id.line_ids
        rows = (
            [
                line.employee_id.name,
                line.period_id.name,
                line.metric_id.name,
                line._figures().get("value", "") if line.outcome == "measured" else "",
                line.target,
                line.points,
                line.effective_weight,
                line.contribution,
                "\n".join(line._sentences()),
            ]
            for line in lines
        )
        return Sheet(env._("Sources"), headers, rows)
