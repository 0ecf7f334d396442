"""Lines that payroll adds by hand, and what was held back until later."""

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.linkstar_kpi.engine import bonus


class LinkstarKpiBonusRun(models.Model):
    _inherit = "linkstar.kpi.bonus.run"

    def add_line(self, employee_id, kind, amount, reason):
        """Add a correction, clawback or release as a line of its own.

        :param kind: correction, clawback (amount is taken off) or release
        :param amount: in the run's currency; above zero but for corrections
        :param reason: why; it stands on the sheet
        :return: id of the line
        """
        self.ensure_one()
        self._check_step("draft", "computed")
        employee = self.env["hr.employee"].sudo().browse(employee_id).exists()
        if employee.company_id != self.company_id:
            raise UserError(self.env._("Choose an employee of the run's company."))
        amount = float(bonus.money(bonus.exact(amount), 2))
        if kind not in ("correction", "clawback", "release") or not amount:
            raise UserError(
                self.env._("Choose correction, clawback or release, and an amount.")
            )
        if kind != "correction" and amount < 0:
            raise UserError(self.env._("Give the amount without a sign."))
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason: it stands on the sheet."))
        signed = -amount if kind == "clawback" else amount
        if kind == "release":
            self._check_held(employee, amount)
        line = (
            self.env["linkstar.kpi.bonus.line"]
            .sudo()
            .create(
                {
                    "run_id": self.id,
                    "employee_id": employee.id,
                    "kind": kind,
                    "currency_id": self.currency_id.id,
                    "payable": signed,
                    "reason": reason,
                    **self._by_hand(kind, signed),
                }
            )
        )
        return line.id

    def _by_hand(self, kind, signed):
        """Amounts of a line by hand.

        What is released was earned, and counted as an amount, when it was held back.
        """
        if kind == "release":
            return {"gross": 0.0, "amount": 0.0, "held_back": -signed}
        return {"gross": signed, "amount": signed, "held_back": 0.0}

    # -- held back ---------------------------------------------------------------

    def _held_lines(self, employees):
        """Lines of locked runs in this run's currency that held something back."""
        return (
            self.env["linkstar.kpi.bonus.line"]
            .sudo()
            .search(
                [
                    ("employee_id", "in", employees.ids),
                    ("company_id", "=", self.company_id.id),
                    ("currency_id", "=", self.currency_id.id),
                    ("state", "=", "locked"),
                    ("kind", "!=", "release"),
                    ("held_back", ">", 0),
                ],
                order="scorecard_id, id",
            )
        )

    def _released(self, employees):
        """What runs have released or are about to, by employee; not this one's own.

        Runs that are not locked count as well: two of them under way must not release
        the same money. Of this run's own lines those added by hand count.
        """
        lines = self.env["linkstar.kpi.bonus.line"].sudo()
        found = lines.search(
            [
                ("employee_id", "in", employees.ids),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("kind", "=", "release"),
            ]
        )
        found -= self._computed_lines()
        return {
            employee: sum(own.mapped("payable"))
            for employee, own in found.grouped("employee_id").items()
        }

    def _held_balance(self, employee):
        """What is still held back from a person, in the run's currency."""
        self.ensure_one()
        self._check_payroll()
        held = sum(self._held_lines(employee).mapped("held_back"))
        planned = (
            self.sudo()
            ._computed_lines()
            .filtered(
                lambda line: line.kind == "release" and line.employee_id == employee
            )
        )
        gone = self._released(employee).get(employee, 0.0)
        gone += sum(planned.mapped("payable"))
        return self.currency_id.round(held - gone)

    def _check_held(self, employee, amount):
        """Raise UserError if more is released than is held back."""
        left = self._held_balance(employee)
        if amount > left:
            raise UserError(
                self.env._(
                    "%(left)s %(currency)s are held back from %(employee)s; more "
                    "cannot be released.",
                    left=f"{left:.2f}",
                    currency=self.currency_id.name,
                    employee=employee.name,
                )
            )

    def _release_rows(self):
        """Lines that pay out what plans hold back for a number of months."""
        plans = self.plan_ids.filtered("release_after_months")
        if not plans:
            return []
        cards = (
            self.env["linkstar.kpi.bonus.line"]
            .sudo()
            .search([("plan_id", "in", plans.ids), ("state", "=", "locked")])
        )
        released = self._released(cards.employee_id)
        rows = []
        by_person = self._held_lines(cards.employee_id).grouped("employee_id")
        for employee, lines in by_person.items():
            left = bonus.releases(
                [bonus.exact(line.held_back) for line in lines],
                bonus.exact(released.get(employee, 0.0)),
            )
            for line, amount in zip(lines, left, strict=True):
                if amount > 0 and line.plan_id in plans and self._is_due(line):
                    rows.append(self._release_row(line, float(amount)))
        return rows

    def _is_due(self, line):
        """Whether a plan's time to hold a line's money is over by this period."""
        months = relativedelta(months=line.plan_id.release_after_months)
        held_since = line.scorecard_id.date_to or line.run_id.period_id.date_to
        return held_since + months <= self.period_id.date_to

    def _release_row(self, line, amount):
        return {
            "run_id": self.id,
            "employee_id": line.employee_id.id,
            "plan_id": line.plan_id.id,
            "scorecard_id": line.scorecard_id.id,
            "kind": "release",
            "currency_id": line.currency_id.id,
            "held_back": -amount,
            "payable": amount,
            "reason": self.env._("Held back for %s", line.run_id.name),
        }
