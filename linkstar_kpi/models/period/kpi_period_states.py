"""Closing a period: review, publishing and locking, each a person's step."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError


class LinkstarKpiPeriod(models.Model):
    _inherit = "linkstar.kpi.period"

    def _check_state(self, *states):
        self._check_kpi_manager()
        self.check_access("read")
        self.sudo().lock_for_update()
        labels = dict(self._fields["state"]._description_selection(self.env))
        for period in self:
            if period.state not in states:
                raise UserError(
                    self.env._(
                        "%(period)s is %(state)s. This step needs it to be %(needed)s.",
                        period=period.name,
                        state=labels[period.state],
                        needed=" / ".join(labels[state] for state in states),
                    )
                )

    def action_review(self):
        """Hand the computed cards to their reviewers."""
        self._check_state("calculated")
        cards = self.sudo().scorecard_ids.filtered(lambda c: c.state == "calculated")
        cards.write({"state": "review"})
        self.sudo().write({"state": "review"})
        return True

    def action_publish(self):
        """Show the scores to the people: a decision of the person who presses.

        :raise UserError: while figures are late, a card has errors, or somebody
            has not acknowledged the rules they are scored by
        """
        self._check_state("calculated", "review")
        for period in self.sudo():
            period._check_can_publish()
            now = fields.Datetime.now()
            for card in period.scorecard_ids:
                days = card.scheme_version_id.appeal_days
                card.write(
                    {
                        "state": "published",
                        "published_at": now,
                        "published_by": self.env.uid,
                        "appeal_until": now.date() + timedelta(days=days),
                    }
                )
            period.scorecard_ids.line_ids.action_ids._close()
            period.write({"state": "published", "published_at": now})
        return True

    def _check_can_publish(self):
        self.ensure_one()
        waiting = self.scorecard_ids.filtered(lambda card: not card.is_final)
        if waiting and not self.is_estimate:
            raise UserError(
                self.env._(
                    "%(count)s cards wait for figures, first %(card)s: %(why)s Wait, "
                    "set the line aside with a reason, or close with an estimate.",
                    count=len(waiting),
                    card=waiting[0].display_name,
                    why=waiting[0].waiting_for or "",
                )
            )
        unsigned = self.scorecard_ids.filtered(lambda card: not card.is_acknowledged)
        if unsigned:
            raise UserError(
                self.env._(
                    "%(names)s have not acknowledged the rules of their scheme. Ask "
                    "them, or note that the rules were delivered.",
                    names=", ".join(unsigned.mapped("employee_id.name")[:10]),
                )
            )
        undecided = self.scorecard_ids.filtered(lambda c: c.veto_state == "proposed")
        if undecided:
            raise UserError(
                self.env._(
                    "A veto item is breached on %(card)s. Confirm or dismiss it first.",
                    card=undecided[0].display_name,
                )
            )

    def action_reopen(self):
        """Take a reviewed period back to be computed again."""
        self._check_state("calculated", "review", "settling")
        cards = self.sudo().scorecard_ids.filtered(lambda card: card.state == "review")
        cards.write({"state": "calculated"})
        self.sudo().write({"state": "open"})
        return True

    def restate(self):
        """Note what published cards would come to by today's figures.

        The published scores stand; a later bonus run settles the difference.

        :return: number of cards whose figures changed
        """
        self._check_state("published", "locked")
        changed = 0
        for period in self.sudo():
            cards = period.scorecard_ids
            changed += cards._restate(period._compute_results(cards))
        return changed

    def action_lock(self):
        """Lock the period: appeals are answered, nothing changes any more.

        :raise UserError: while an appeal is open or may still be made
        """
        self._check_state("published")
        today = fields.Date.today()
        for period in self.sudo():
            if period.appeal_count:
                raise UserError(
                    self.env._(
                        "%(count)s appeals of %(period)s are open. Answer them first.",
                        count=period.appeal_count,
                        period=period.name,
                    )
                )
            days = period.scorecard_ids.filtered("appeal_until").mapped("appeal_until")
            until = max(days, default=today - timedelta(days=1))
            if until >= today:
                raise UserError(
                    self.env._(
                        "People may appeal until %(day)s. Lock %(period)s after that.",
                        day=until,
                        period=period.name,
                    )
                )
            period.scorecard_ids._lock()
            period.write({"state": "locked", "locked_at": fields.Datetime.now()})
        return True
