"""Computing a bonus run: bonuses, settled differences, corrections."""

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.linkstar_kpi.engine import bonus, spans


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
            self.env["linkstar.kpi.bonus.line"].sudo().create(run._rows())
            run.write(
                {
                    "state": "computed",
                    "prepared_by": self.env.uid,
                    "computed_at": fields.Datetime.now(),
                }
            )
        return len(self.sudo().line_ids)

    def _rows(self):
        """Values of all lines that computing makes, by the figures of this moment."""
        self.ensure_one()
        return self._bonus_rows() + self._difference_rows() + self._release_rows()

    def _check_current(self):
        """Raise UserError if computing again would give other lines.

        An appeal answered or terms changed since the run was computed would else be
        approved unseen.
        """
        self.ensure_one()

        def key(row):
            amounts = [round(row.get(name) or 0.0, 4) for name in ("amount", "payable")]
            return (row["kind"], row["plan_id"], row["scorecard_id"], *amounts)

        lines = self._computed_lines().read(
            ["kind", "plan_id", "scorecard_id", "amount", "payable"], load=False
        )
        now = {key(row) for row in self._rows()}
        changed = {row[2] for row in now ^ {key(row) for row in lines}}
        if changed:
            cards = self.env["linkstar.kpi.scorecard"].sudo().browse(sorted(changed))
            raise UserError(
                self.env._(
                    "Figures or terms changed since the run was computed, first for "
                    "%s. Compute it again and look at the lines.",
                    cards[0].employee_id.name,
                )
            )

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
            cards = self._cards(plan)
            teams = plan._team_scores(self._team_cards(plan, cards))
            for card in cards:
                if card.state == "appeal":
                    rows.append(self._held_row(plan, card))
                    continue
                team_score = teams.get((card.period_id.id, plan._team_key(card)))
                figures = card._pay_figures()
                result, base = self._compute_card(plan, card, figures, team_score)
                row = self._row(plan, result, base, card, card.final_score, team_score)
                if card.period_id != self.period_id:
                    row["reason"] = self.env._(
                        "Paid after the appeal of %s", card.period_id.name
                    )
                rows.append(row)
        return rows

    def _team_cards(self, plan, cards):
        """Published cards of the same periods that the plan's schemes score."""
        return cards.period_id.scorecard_ids.filtered(
            lambda card: (
                card.scheme_id in plan.scheme_ids
                and card.state in ("published", "appeal", "locked")
                and not card.is_pilot
            )
        )

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

    def _compute_card(self, plan, card, figures, team_score=None):
        """Bonus of one card: ``(engine Result, base)``.

        :param figures: dict of metric code → value, with "score"
        :param team_score: average of the person's team, or None
        """
        base = 0.0
        if plan.base_metric_id:
            value = figures.get(plan.base_metric_id.code)
            base = self._converted(card, value or 0.0, plan.currency_id)
        span = card._eligible_span()
        period = (card.date_from, card.date_to)
        part = spans.days(span) / spans.days(period) if span else 0.0
        result = bonus.compute(
            plan._terms(),
            base,
            figures["score"],
            share=part,
            gates=self._gates(plan, card, figures),
            team_score=team_score,
        )
        return result, base

    def _converted(self, card, value, currency):
        return card.currency_id._convert(
            value, currency, card.company_id, card.date_to, round=False
        )

    def _gates(self, plan, card, figures):
        """Conditions on the bonus of a card, named in words for the sheet."""
        gates = []
        metric = plan.gate_metric_id
        if metric:
            value = figures.get(metric.code)
            holds = value is not None and (
                value >= plan.gate_value
                if plan.gate_operator == ">="
                else value <= plan.gate_value
            )
            gates.append(bonus.Gate(metric.name, holds))
        if plan.gate_veto:
            holds = card.veto_state != "confirmed"
            gates.append(bonus.Gate(self.env._("no confirmed veto item"), holds))
        if plan.use_least_score:
            score = figures["score"]
            holds = score is not None and score >= plan.least_score
            label = self.env._("a score of %s or more", f"{plan.least_score:g}")
            gates.append(bonus.Gate(label, holds))
        return gates

    def _row(self, plan, result, base, card, score, team_score=None):
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
            "own_coefficient": float(result.own),
            "team_coefficient": float(result.team or 0),
            "team_part": plan.team_part if result.team is not None else 0.0,
            "team_score": team_score or 0.0 if result.team is not None else 0.0,
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

        Only cards that a run pays and whose figures were restated, or whose score an
        appeal corrected, since. Runs not yet locked count as well: two runs under way
        must not settle the same money.
        """
        lines = self.env["linkstar.kpi.bonus.line"].sudo()
        paid = lines.search(
            [
                ("plan_id", "in", self.plan_ids.ids),
                "|",
                ("scorecard_id.restated_at", "!=", False),
                ("scorecard_id.appeal_ids.state", "=", "upheld"),
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
            # The team's average stays the one that was paid by.
            team_score = paid_lines.filtered("team_part")[:1].team_score or None
            figures = card._pay_figures(restated=True)
            result, base = self._compute_card(plan, card, figures, team_score)
            owed = bonus.difference(result.amount, sum(paid_lines.mapped("amount")))
            owed = float(bonus.money(owed, plan.currency_id.decimal_places))
            if owed:
                score = figures["score"] or 0.0
                row = self._row(plan, result, base, card, score, team_score)
                note = self.env._("Settled figures of %s", card.period_id.name)
                if not card.restated_at:
                    note = self.env._("After the appeal of %s", card.period_id.name)
                amounts = {"gross": owed, "amount": owed, "payable": owed}
                rows.append(
                    row
                    | amounts
                    | {"kind": "difference", "held_back": 0.0, "reason": note}
                )
        return rows
