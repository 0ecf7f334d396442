"""Estimated closes: pay now, settle when the figures have settled (多退少补)."""

from odoo import api, fields, models
from odoo.exceptions import UserError

CLOSED = ("published", "locked")


class LinkstarKpiPeriod(models.Model):
    """An estimated close is settled once, by its day; the next bonus run pays it."""

    _inherit = "linkstar.kpi.period"

    pay_day = fields.Date(
        help="Day on which the bonus of the period is paid. If its figures settle "
        "later, close with an estimate: the difference follows with a later run."
    )
    is_pay_before_settled = fields.Boolean(compute="_compute_pay_before_settled")
    settled_at = fields.Datetime(readonly=True, copy=False)
    difference_count = fields.Integer(
        string="Differences", compute="_compute_difference_count"
    )

    @api.depends("pay_day", "settles_on", "is_estimate")
    def _compute_pay_before_settled(self):
        for period in self:
            day, settled = period.pay_day, period.settles_on
            period.is_pay_before_settled = bool(day and settled and day < settled)

    def _compute_difference_count(self):
        counts = dict(
            self.env["linkstar.kpi.scorecard"]._read_group(
                [("period_id", "in", self.ids), ("restated_at", "!=", False)],
                ["period_id"],
                ["__count"],
            )
        )
        for period in self:
            period.difference_count = counts.get(period, 0)

    def action_settle(self):
        """Work out what the settled figures change on an estimated close (button).

        The published scores stand; what they would have come to is kept on each card
        and paid or taken back by the next bonus run.

        :return: a notification that says how many cards differ
        :raise UserError: before the figures have settled, or for other closes
        """
        self._check_state(*CLOSED)
        changed = sum(period._settle() for period in self.sudo())
        message = self.env._(
            "%s cards differ from the published scores. The next bonus run pays or "
            "takes back the difference.",
            changed,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _settle(self):
        """Settle one estimated close; the caller checked access and state."""
        self.ensure_one()
        if not self.is_estimate:
            raise UserError(
                self.env._(
                    "%s was closed with settled figures: there is nothing to settle.",
                    self.name,
                )
            )
        if fields.Date.today() < self.settles_on:
            raise UserError(
                self.env._(
                    "Figures of %(period)s settle on %(day)s. Settle it then.",
                    period=self.name,
                    day=self.settles_on,
                )
            )
        cards = self.scorecard_ids
        changed = cards._restate(self._compute_results(cards))
        self.settled_at = fields.Datetime.now()
        return changed

    @api.private
    def settlement_differences(self):
        """What settled figures change on the published cards of these periods.

        For bonus runs and reports; the caller checks access.

        :return: dict of scorecard → dict with ``published`` and ``settled`` scores
            (None where nothing could be scored) and ``figures``: metric code →
            (published value, settled value) of what differs
        """
        found = {}
        for card in self.sudo().scorecard_ids.filtered("restated_at"):
            before, after = card._pay_figures(), card._pay_figures(restated=True)
            codes = sorted((before.keys() | after.keys()) - {"score"})
            found[card] = {
                "published": before.get("score"),
                "settled": after.get("score"),
                "figures": {
                    code: (before.get(code), after.get(code))
                    for code in codes
                    if before.get(code) != after.get(code)
                },
            }
        return found

    def action_open_differences(self):
        """Open the cards that settled figures change."""
        self.ensure_one()
        self.check_access("read")
        view = self.env.ref("linkstar_kpi.linkstar_kpi_scorecard_view_list_settled")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settled differences of %s", self.name),
            "res_model": "linkstar.kpi.scorecard",
            "views": [(view.id, "list"), (False, "form")],
            "domain": [("period_id", "=", self.id), ("restated_at", "!=", False)],
        }

    @api.model
    def _cron_settle(self):
        """Daily: settle estimated closes whose figures have settled by today."""
        today = fields.Date.today()
        waiting = self.search(
            [
                ("is_estimate", "=", True),
                ("state", "in", CLOSED),
                ("settled_at", "=", False),
                ("date_to", "<", today),
            ]
        )
        due = waiting.filtered(lambda period: period.settles_on <= today)
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for period in due:
            if not self._commit_step(period._settle_due, 1):
                break

    def _settle_due(self):
        """Settle unless another worker holds the period or has done it."""
        free = self.try_lock_for_update().filtered(lambda period: not period.settled_at)
        if free:
            free._settle()
