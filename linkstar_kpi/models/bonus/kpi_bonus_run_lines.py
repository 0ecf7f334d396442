"""Computing a bonus run: bonuses, settled differences, corrections."""

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.linkstar_kpi.engine import bonus
from odoo.addons.linkstar_kpi.engine.outcomes import Measured
from odoo.addons.linkstar_kpi.engine.scoring import half_up


class LinkstarKpiBonusRun(models.Model):
    _inherit = "linkstar.kpi.bonus.run"

    def action_compute(self):
        """Compute the lines from the period's published cards.

        A card under appeal gets a line without an amount; the next run after the
        answer pays it. What another run pays is not paid again. Lines written by
        hand (corrections, clawbacks, releases) stay. Repeating it gives the same
        lines.

        :return: number of lines
        """
        self._check_step("draft", "computed")
        for run in self.sudo():
            run._check_cards_published()
            run._computed_lines().unlink()
            rows = run._bonus_rows() + run._difference_rows()
            self.env["linkstar.kpi.bonus.line"].sudo().create(rows)
            run.write(
                {
                    "state": "computed",
                    "prepared_by": self.env.uid,
                    "computed_at": fields.Datetime.now(),
                }
            )
        return len(self.sudo().line_ids)

    def _check_cards_published(self):
        self.ensure_one()
        if self.period_id.state not in ("published", "locked"):
            raise UserError(
                self.env._(
                    "Scores of %s are not published yet; pay follows published "
                    "scores only.",
                    self.period_id.name,
                )
            )

    def _cards(self, plan):
        """Cards a plan still has to pay for; pilots have no effect on pay.

        These are the period's, and those of earlier periods that waited for an
        appeal when their period was paid.

        :raise UserError: if other runs pay all cards of the period already
        """
        lines = self.env["linkstar.kpi.bonus.line"].sudo()
        others = lines.search([("plan_id", "=", plan.id), ("run_id", "!=", self.id)])
        paid = others.filtered(lambda line: line.kind == "bonus")
        waited = others.filtered(
            lambda line: (
                line.kind == "held"
                and line.state in ("approved", "locked")
                and line.scorecard_id.date_to < self.date_from
                and line.scorecard_id.state != "appeal"
            )
        ).scorecard_id
        current = self.period_id.scorecard_ids.filtered(
            lambda card: (
                card.scheme_id in plan.scheme_ids
                and card.state in ("published", "appeal", "locked")
                and not card.is_pilot
            )
        )
        if current and not current - paid.scorecard_id:
            raise UserError(
                self.env._(
                    "Plan %(plan)s is paid for %(period)s by another bonus run "
                    "already. Take the plan out of this run, or add corrections to "
                    "the run of a later period.",
                    plan=plan.name,
                    period=self.period_id.name,
                )
            )
        return (current | waited) - paid.scorecard_id

    def _bonus_rows(self):
        rows = []
        for plan in self.plan_ids:
            for card in self._cards(plan):
                if card.state == "appeal":
                    rows.append(self._held_row(plan, card))
                    continue
                result, base = self._compute_card(plan, card, card._pay_figures())
                row = self._row(plan, card, result, base, card.final_score)
                if card.period_id != self.period_id:
                    row["reason"] = self.env._(
                        "Paid after the appeal of %s", card.period_id.name
                    )
                rows.append(row)
        return rows

    def _held_row(self, plan, card):
        """A line that says why nothing is paid for a card yet."""
        return {
            "run_id": self.id,
            "employee_id": card.employee_id.id,
            "plan_id": plan.id,
            "scorecard_id": card.id,
            "kind": "held",
            "currency_id": plan.currency_id.id,
            "reason": self.env._("An appeal is open; paid with the run after it."),
        }

    def _compute_card(self, plan, card, figures):
        """Bonus of one card: ``(engine Result, base)``.

        :param figures: dict of metric code → value, with "score"
        """
        base = 0.0
        if plan.base_metric_id:
            value = figures.get(plan.base_metric_id.code)
            base = self._converted(card, value or 0.0, plan.currency_id)
        result = bonus.compute(
            plan._terms(), base, figures["score"], gates=self._gates(plan, figures)
        )
        return result, base

    def _converted(self, card, value, currency):
        return card.currency_id._convert(
            value, currency, card.company_id, card.date_to, round=False
        )

    def _gates(self, plan, figures):
        metric = plan.gate_metric_id
        if not metric:
            return ()
        value = figures.get(metric.code)
        holds = value is not None and (
            value >= plan.gate_value
            if plan.gate_operator == ">="
            else value <= plan.gate_value
        )
        return (bonus.Gate(metric.name, holds),)

    def _row(self, plan, card, result, base, score):
        return {
            "run_id": self.id,
            "employee_id": card.employee_id.id,
            "plan_id": plan.id,
            "scorecard_id": card.id,
            "kind": "bonus",
            "currency_id": plan.currency_id.id,
            "base": base,
            "rate": float(result.rate * 100),
            "commission": float(result.commission),
            "score": score,
            "coefficient": float(result.coefficient),
            "share": float(result.share * 100),
            "gross": float(result.gross),
            "is_capped": result.capped,
            "failed_gate": ", ".join(result.failed_gates) or False,
            "amount": float(result.amount),
            "held_back": float(result.held_back),
            "payable": float(result.payable),
        }

    def _difference_rows(self):
        """What settled figures of earlier periods still owe, or took too much.

        Only cards that a run pays and that have been restated since. Runs not yet
        locked count as well: two runs under way must not settle the same money.
        """
        lines = self.env["linkstar.kpi.bonus.line"].sudo()
        paid = lines.search(
            [
                ("plan_id", "in", self.plan_ids.ids),
                ("scorecard_id.restated_at", "!=", False),
                ("scorecard_id.date_to", "<", self.date_from),
                ("kind", "in", ("bonus", "difference")),
                ("run_id.state", "!=", "draft"),
                ("run_id", "!=", self.id),
            ]
        )
        rows = []
        for (plan, card), paid_lines in paid.grouped(
            lambda line: (line.plan_id, line.scorecard_id)
        ).items():
            figures = card._pay_figures(restated=True)
            result, base = self._compute_card(plan, card, figures)
            owed = bonus.difference(result.amount, sum(paid_lines.mapped("amount")))
            owed = float(bonus.money(owed, plan.currency_id.decimal_places))
            if owed:
                row = self._row(plan, card, result, base, figures["score"] or 0.0)
                note = self.env._("Settled figures of %s", card.period_id.name)
                amounts = {"gross": owed, "amount": owed, "payable": owed}
                rows.append(
                    row
                    | amounts
                    | {"kind": "difference", "held_back": 0.0, "reason": note}
                )
        return rows

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
        line = (
            self.env["linkstar.kpi.bonus.line"]
            .sudo()
            .create(
                {
                    "run_id": self.id,
                    "employee_id": employee.id,
                    "kind": kind,
                    "currency_id": self.currency_id.id,
                    "gross": signed,
                    "amount": signed,
                    "payable": signed,
                    "reason": reason,
                }
            )
        )
        return line.id


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    restated_figures = fields.Json(
        prefetch=False,
        copy=False,
        groups="linkstar_kpi.group_kpi_manager,linkstar_kpi.group_payroll",
    )

    def _restate(self, results):
        """Keep what today's figures would give; the standing score stays.

        :param results: what the calculation gave
        :return: number of cards whose figures differ from the published ones
        """
        changed = 0
        for card in self:
            lines, score = results.get(card.id, ([], None))
            figures = {
                result.line.metric_id.code: half_up(result.outcome.value, 4)
                for result in lines
                if isinstance(result.outcome, Measured)
            }
            total = score.score if score else None
            if total is not None:
                total = max(half_up(total + card.adjustment), 0.0)
                if card.veto_state == "confirmed":
                    total = min(total, card.scheme_version_id.veto_limit)
            figures["score"] = total
            published = card.restated_figures or card._pay_figures()
            if figures != published:
                changed += 1
                card.write(
                    {
                        "restated_score": total or 0.0,
                        "restated_figures": figures,
                        "restated_at": fields.Datetime.now(),
                    }
                )
        return changed

    def _pay_figures(self, restated=False):
        """Values by metric code and the final score, as pay needs them."""
        self.ensure_one()
        if restated:
            return dict(self.restated_figures or {"score": None})
        figures = {
            line.metric_id.code: line.sudo()._figures().get("value")
            for line in self.line_ids
            if line.outcome == "measured"
        }
        return figures | {"score": self.final_score if self.is_scored else None}
