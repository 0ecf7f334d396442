"""Rounds and refusals to learn from: one row a round and reason."""

from odoo import fields, models
from odoo.tools import SQL


class LinkstarOpeningReport(models.Model):
    """What was sent, decided and why; for pivot and graph.

    A round refused for two reasons has two rows: ``rounds`` counts its share, so that
    sums count every round once.
    """

    _name = "linkstar.opening.report"
    _description = "Opening Analysis"
    _auto = False
    _order = "sent_at desc, id desc"
    _rec_name = "project_id"

    project_id = fields.Many2one("project.project", "Opening", readonly=True)
    store_id = fields.Many2one("linkstar.store", readonly=True)
    platform_id = fields.Many2one("linkstar.platform", readonly=True)
    marketplace_id = fields.Many2one("linkstar.marketplace", "Site", readonly=True)
    entity_id = fields.Many2one("res.partner", "Legal entity", readonly=True)
    sop_id = fields.Many2one("linkstar.sop", "SOP", readonly=True)
    number = fields.Integer("Round", readonly=True, aggregator=None)
    sent_at = fields.Datetime(readonly=True)
    decided_at = fields.Datetime(readonly=True)
    decision = fields.Selection(
        [("approved", "Approved"), ("rejected", "Rejected")], readonly=True
    )
    reason_id = fields.Many2one("linkstar.rejection.reason", "Reason", readonly=True)
    document_type_id = fields.Many2one(
        "linkstar.document.type",
        "Paper refused",
        readonly=True,
        help="The paper that a lead named for this refusal.",
    )
    rounds = fields.Float(readonly=True, digits=(16, 2))
    first_pass = fields.Float(
        "First-pass rate",
        readonly=True,
        aggregator="avg",
        help="1: approved in the first round, 0: refused in it. Later rounds do not "
        "count.",
    )
    review_days = fields.Float("Days under review", readonly=True, aggregator="avg")
    typical_days = fields.Integer("Usual days", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT s.id * 1000
                   + ROW_NUMBER() OVER (PARTITION BY s.id ORDER BY r.id) AS id,
                   s.project_id, p.store_id, p.platform_id,
                   p.opening_site_id AS marketplace_id, p.entity_id, p.sop_id,
                   s.number, s.sent_at, s.decided_at, s.decision,
                   r.id AS reason_id, s.refused_type_id AS document_type_id,
                   1.0 / COUNT(*) OVER (PARTITION BY s.id) AS rounds,
                   CASE WHEN s.number = 1 AND s.decision IS NOT NULL
                        THEN (s.decision = 'approved')::int::float END AS first_pass,
                   EXTRACT(EPOCH FROM s.decided_at - s.sent_at) / 86400
                        AS review_days,
                   o.review_days AS typical_days
              FROM linkstar_submission s
              JOIN project_project p ON p.id = s.project_id
              LEFT JOIN linkstar_sop o ON o.id = p.sop_id
              LEFT JOIN linkstar_rejection_reason_linkstar_submission_rel l
                     ON l.linkstar_submission_id = s.id
              LEFT JOIN linkstar_rejection_reason r
                     ON r.id = l.linkstar_rejection_reason_id
            """
        )


class LinkstarSubmission(models.Model):
    _inherit = "linkstar.submission"

    refused_type_id = fields.Many2one(
        "linkstar.document.type", "Paper refused", ondelete="restrict"
    )
    next_step = fields.Text(
        "Agreed next step", help="What the team does about it, and who."
    )


class LinkstarSop(models.Model):
    _inherit = "linkstar.sop"

    round_count = fields.Integer(compute="_compute_learning")
    first_pass_rate = fields.Float(compute="_compute_learning")
    actual_review_days = fields.Float(compute="_compute_learning")
    actual_prepare_days = fields.Float(compute="_compute_learning")
    top_reasons = fields.Text(compute="_compute_learning")
    suggestion = fields.Text(compute="_compute_learning")

    def _compute_learning(self):
        """Figures of the reader's own stores, and what they suggest to change."""
        report = self.env["linkstar.opening.report"]
        groups = report._read_group(
            [("sop_id", "in", self.ids)],
            ["sop_id"],
            ["rounds:sum", "first_pass:avg", "review_days:avg"],
        )
        figures = {sop.id: rest for sop, *rest in groups}
        reasons = report._read_group(
            [("sop_id", "in", self.ids), ("reason_id", "!=", False)],
            ["sop_id", "reason_id"],
            ["rounds:sum"],
        )
        prepared = self._actual_prepare_days()
        for sop in self:
            rounds, first, review = figures.get(sop.id, (0, 0, 0))
            sop.round_count = round(rounds or 0)
            sop.first_pass_rate = first or 0
            sop.actual_review_days = review or 0
            sop.actual_prepare_days = prepared.get(sop.id, 0)
            own = sorted(
                ((n, reason) for s, reason, n in reasons if s == sop),
                key=lambda pair: (-pair[0], pair[1].id),
            )
            sop.top_reasons = "\n".join(
                f"{reason.name} ({number:g})" for number, reason in own[:5]
            )
            sop.suggestion = "\n".join(sop._suggestions(own[:1]))

    def _actual_prepare_days(self):
        """``{sop id: average days}`` from the openings' histories."""
        steps = self.env["linkstar.opening.step"].search_fetch(
            [
                ("project_id.sop_id", "in", self.ids),
                ("step", "in", ("preparing", "ready")),
                ("left_at", "!=", False),
            ],
            ["project_id", "entered_at", "left_at"],
        )
        spent, openings = {}, {}
        for step in steps:
            sop = step.project_id.sop_id.id
            days = (step.left_at - step.entered_at).total_seconds() / 86400
            spent[sop] = spent.get(sop, 0) + days
            openings.setdefault(sop, set()).add(step.project_id.id)
        return {sop: days / len(openings[sop]) for sop, days in spent.items()}

    def _suggestions(self, top):
        """Sentences for the next version of the step list."""
        usual, actual = self.review_days, self.actual_review_days
        if usual and actual > usual * 1.3:
            yield self.env._(
                "Reviews take %(actual).0f days, planned are %(usual)s: plan more.",
                actual=actual,
                usual=usual,
            )
        usual, actual = self.prepare_days, self.actual_prepare_days
        if usual and actual > usual * 1.3:
            yield self.env._(
                "Preparing takes %(actual).0f days, planned are %(usual)s: start "
                "earlier, or find the step that waits.",
                actual=actual,
                usual=usual,
            )
        for number, reason in top:
            yield self.env._(
                "Most refused for “%(reason)s” (%(number)s): add a check before "
                "submission. %(advice)s",
                reason=reason.name,
                number=round(number),
                advice=reason.advice or "",
            )
