"""Pilot report: a new scheme beside the old one on the same periods."""

from statistics import fmean

from odoo import api, fields, models

from odoo.addons.linkstar_kpi.engine import overview

#: Answers that a survey needs before anybody sees what they say together.
FEWEST = 3
QUESTIONS = ("fairness", "clarity", "motivation")


class LinkstarKpiPilot(models.Model):
    """Which pilot is looked at, over which days; the figures are read each time."""

    _name = "linkstar.kpi.pilot"
    _description = "Pilot report"
    _inherit = ["linkstar.audit.mixin", "linkstar.kpi.manager.mixin"]
    _order = "date_from desc, id desc"

    _audit_fields = ("scheme_id", "date_from", "date_to", "is_open", "conclusion")
    _audit_store_path = None

    name = fields.Char(required=True)
    scheme_id = fields.Many2one(
        "linkstar.kpi.scheme",
        string="Pilot scheme",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_pilot', '=', True)]",
    )
    company_id = fields.Many2one(related="scheme_id.company_id", store=True)
    date_from = fields.Date(required=True)
    date_to = fields.Date(required=True)
    is_open = fields.Boolean(
        string="Survey open",
        default=True,
        help="The people concerned may answer the short survey.",
    )
    is_concerned = fields.Boolean(compute="_compute_answered")
    has_answered = fields.Boolean(compute="_compute_answered")
    answer_count = fields.Integer(string="Answers", compute="_compute_answer_count")
    conclusion = fields.Text(
        groups="linkstar_project.group_lead,linkstar_project.group_auditor,"
        "linkstar_kpi.group_kpi_manager"
    )

    _dates = models.Constraint(
        "CHECK(date_to >= date_from)", "A pilot cannot end before it begins."
    )

    @api.depends_context("uid")
    def _compute_answered(self):
        own = self.env.user._linkstar_kpi_own_ids()
        answers = self.env["linkstar.kpi.pilot.answer"].sudo()
        found = answers.search(
            [("pilot_id", "in", self.ids), ("employee_id", "in", own)]
        )
        for pilot in self:
            people = pilot.sudo()._pilot_cards().employee_id.ids
            pilot.is_concerned = bool(set(own) & set(people))
            pilot.has_answered = pilot in found.pilot_id

    def _compute_answer_count(self):
        answers = self.env["linkstar.kpi.pilot.answer"].sudo()
        counts = dict(
            answers._read_group(
                [("pilot_id", "in", self.ids)], ["pilot_id"], ["__count"]
            )
        )
        for pilot in self:
            pilot.answer_count = counts.get(pilot, 0)

    def _pilot_cards(self):
        """Cards of the pilot in its days, as the reader may see them."""
        self.ensure_one()
        return self.env["linkstar.kpi.scorecard"].search(
            [
                ("scheme_id", "=", self.scheme_id.id),
                ("is_pilot", "=", True),
                ("date_from", ">=", self.date_from),
                ("date_to", "<=", self.date_to),
            ],
            order="date_from, employee_id",
        )

    def report(self):
        """Old and new scores of the same people in the same periods.

        :return: dict with ``rows`` (``name``, ``period``, ``old``, ``new``,
            ``change``; those the reader may see), ``summary`` and ``survey``
        """
        self.ensure_one()
        self.check_access("read")
        new = self._pilot_cards()
        old = self.env["linkstar.kpi.scorecard"].search(
            [
                ("employee_id", "in", new.employee_id.ids),
                ("period_id", "in", new.period_id.ids),
                ("is_pilot", "=", False),
            ]
        )
        (new | old)._log_view()
        before = {(x.period_id.id, x.employee_id.id): x for x in old}
        rows = []
        for card in new:
            earlier = before.get((card.period_id.id, card.employee_id.id))
            rows.append(self._row(card, earlier))
        return {
            "rows": rows,
            "summary": self._summary(rows),
            "survey": self._survey(),
        }

    def _row(self, card, earlier):
        new = card.final_score if card.is_scored else None
        known = earlier and earlier.is_scored
        old = earlier.final_score if known else None
        both = new is not None and old is not None
        return {
            "id": card.id,
            "name": card.sudo().employee_id.name,
            "period": card.period_id.name,
            "old_scheme": earlier.scheme_id.name if earlier else "",
            "old": old,
            "new": new,
            "change": round(new - old, 2) if both else None,
        }

    def _summary(self, rows):
        both = [row for row in rows if row["change"] is not None]
        changes = [row["change"] for row in both]
        return {
            "pairs": len(both),
            "single": len(rows) - len(both),
            "old": overview.mean(row["old"] for row in both),
            "new": overview.mean(row["new"] for row in both),
            "change": overview.mean(changes),
            "higher": sum(change > 0 for change in changes),
            "lower": sum(change < 0 for change in changes),
            "order": overview.same_order((row["old"], row["new"]) for row in both),
        }

    def _survey(self):
        """Means and words of the answers, once there are enough to hide behind."""
        answers = self.env["linkstar.kpi.pilot.answer"].sudo()
        found = answers.search([("pilot_id", "=", self.id)])
        if len(found) < FEWEST:
            return {"count": len(found), "fewest": FEWEST, "means": [], "words": []}
        labels = {
            name: found._fields[name]._description_string(self.env)
            for name in QUESTIONS
        }
        return {
            "count": len(found),
            "fewest": FEWEST,
            "means": [
                {
                    "name": labels[name],
                    "mean": round(fmean(int(x[name]) for x in found), 2),
                }
                for name in QUESTIONS
            ],
            # Sorted by their text: in no order that tells who wrote what.
            "words": sorted(x.comment.strip() for x in found if x.comment),
        }

    def action_answer(self):
        """Open the survey of the reader (button)."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Survey: %s", self.name),
            "res_model": "linkstar.kpi.pilot.answer",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_pilot_id": self.id},
        }
