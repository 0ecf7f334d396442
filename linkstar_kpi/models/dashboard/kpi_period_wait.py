"""What each metric of a period still waits for, as a calendar."""

from odoo import api, fields, models, tools
from odoo.tools import SQL

from odoo.addons.linkstar_kpi.engine import freshness


class LinkstarKpiPeriodWait(models.Model):
    """One row per period and metric of its cards; a view, written by nobody."""

    _name = "linkstar.kpi.period.wait"
    _description = "What a period waits for"
    _auto = False
    _order = "settles_on, period_id, metric_id"

    period_id = fields.Many2one("linkstar.kpi.period", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    period_state = fields.Selection(related="period_id.state", string="Period state")
    metric_id = fields.Many2one("linkstar.metric", readonly=True)
    date_to = fields.Date(string="Last day", readonly=True)
    available_on = fields.Date(
        readonly=True, help="The figures of the period's last day should be there."
    )
    settles_on = fields.Date(
        readonly=True, help="From this day the figures count as settled."
    )
    card_count = fields.Integer(string="Cards", readonly=True)
    late_count = fields.Integer(string="Cards waiting", readonly=True)
    error_count = fields.Integer(string="Cards in error", readonly=True)
    as_of = fields.Datetime(readonly=True, help="When the oldest figure was read.")
    state = fields.Selection(
        [
            ("settled", "Settled"),
            ("settling", "May still change"),
            ("late", "Figures missing"),
            ("error", "Error"),
        ],
        compute="_compute_state",
    )
    waits_for = fields.Char(compute="_compute_waits_for")

    def init(self):
        """Make the view anew."""
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                """
                CREATE VIEW %s AS
                SELECT min(l.id) AS id, p.id AS period_id, p.company_id, p.date_to,
                       l.metric_id,
                       p.date_to + 1
                         + CEIL(GREATEST(COALESCE(m.available_after_h, 0), 0) / 24.0)
                           ::int AS available_on,
                       p.date_to + 1 + GREATEST(COALESCE(m.settled_after_d, 0), 0)
                         AS settles_on,
                       count(*) AS card_count,
                       count(*) FILTER (WHERE l.outcome = 'late') AS late_count,
                       count(*) FILTER (WHERE l.outcome = 'error') AS error_count,
                       min(l.as_of) AS as_of
                  FROM linkstar_kpi_scorecard_line l
                  JOIN linkstar_kpi_period p ON p.id = l.period_id
                  JOIN linkstar_metric m ON m.id = l.metric_id
                 GROUP BY p.id, l.metric_id, m.id
                """,
                SQL.identifier(self._table),
            )
        )

    @api.depends("metric_id.name", "period_id.name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = (
                f"{row.period_id.name or ''} · {row.metric_id.name or ''}"
            )

    @api.depends("settles_on", "late_count", "error_count")
    def _compute_state(self):
        today = fields.Date.today()
        for row in self:
            row.state = freshness.waiting_state(
                row.settles_on, today, row.late_count, row.error_count
            )

    @api.depends("state")
    def _compute_waits_for(self):
        """The reasons that the cards give, each once; else the day to wait for."""
        reasons = self._reasons()
        for row in self:
            said = reasons.get((row.period_id.id, row.metric_id.id), [])
            if said:
                row.waits_for = " ".join(said)
            elif row.state == "settling":
                row.waits_for = self.env._("May change until %s.", row.settles_on)
            else:
                row.waits_for = ""

    def _reasons(self):
        """``{(period, metric): [sentence, …]}`` of lines without a figure."""
        lines = self.env["linkstar.kpi.scorecard.line"].search(
            [
                ("period_id", "in", self.period_id.ids),
                ("metric_id", "in", self.metric_id.ids),
                ("outcome", "in", ("late", "error")),
            ]
        )
        found = {}
        for line in lines:
            sentences = found.setdefault((line.period_id.id, line.metric_id.id), {})
            sentences[line._outcome_text()] = None
        return {key: list(sentences)[:5] for key, sentences in found.items()}


class LinkstarKpiPeriod(models.Model):
    _inherit = "linkstar.kpi.period"

    wait_ids = fields.One2many("linkstar.kpi.period.wait", "period_id")

    def action_open_waits(self):
        """Open the calendar of what these periods wait for."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_kpi.linkstar_kpi_period_wait_action"
        )
        return action | {"domain": [("period_id", "in", self.ids)], "context": {}}

    @api.model
    def _open_current(self):
        """Open the period that holds today for each kind people are assessed by.

        :return: the new periods
        """
        today = fields.Date.today()
        assignments = self.env["linkstar.kpi.assignment"].search(
            [
                ("date_from", "<=", today),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today),
            ]
        )
        wanted = {(item.company_id, item.period_kind) for item in assignments}
        known = {
            (period.company_id, period.kind)
            for period in self.search(
                [("date_from", "<=", today), ("date_to", ">=", today)]
            )
        }
        return self.create(
            [
                {"company_id": company.id, "kind": kind, "day": today}
                for company, kind in sorted(
                    wanted - known, key=lambda x: (x[0].id, x[1])
                )
            ]
        )

    @api.model
    def _cron_queue_open(self):
        """Daily: the running periods exist, and are computed for today's standing."""
        self._open_current()
        return super()._cron_queue_open()
