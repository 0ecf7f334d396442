"""What people do with a scorecard: acknowledge, comment, review, adjust."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.linkstar_kpi.engine import scoring

from .kpi_scorecard import CLOSED_STATES


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    def _check_own(self):
        """Raise AccessError unless the card is the user's own."""
        self.check_access("read")
        if any(card.sudo().employee_id.user_id != self.env.user for card in self):
            raise AccessError(
                self.env._("Only the person assessed may do this on their own card.")
            )

    def _check_reviewer(self):
        """Raise AccessError unless the user reviews these cards, not their own."""
        self.check_access("read")
        user = self.env.user
        manager = user.has_group("linkstar_kpi.group_kpi_manager")
        team = user._linkstar_kpi_team_ids()
        for card in self.sudo():
            reviewer = card.scheme_id.reviewer_id
            own = user._linkstar_kpi_is_one_of(
                card.employee_id.user_id, card.employee_id
            )
            allowed = manager or reviewer == user
            if not reviewer:
                allowed = allowed or card.employee_id.id in team
            if own or not allowed:
                raise AccessError(
                    self.env._(
                        "%s is reviewed by the person's lead or a KPI manager, never "
                        "by the person themselves.",
                        card.display_name,
                    )
                )

    def _raise_closed(self, card, state):
        raise UserError(
            self.env._(
                "%(card)s is %(state)s and does not change any more.",
                card=card.display_name,
                state=state,
            )
        )

    def action_acknowledge(self):
        """The person acknowledges the rules of the card's scheme version."""
        self._check_own()
        acknowledgements = self.env["linkstar.kpi.acknowledgement"]
        for card in self.sudo():
            acknowledgements._record(
                card.employee_id, card.scheme_version_id, "acknowledged"
            )
        self._after_acknowledgement()
        return True

    def action_delivered(self, note):
        """A KPI manager notes that the rules were delivered but not signed.

        :param note: how and when, e.g. "registered letter of 3 March"
        """
        self._check_kpi_manager()
        self.check_access("read")
        acknowledgements = self.env["linkstar.kpi.acknowledgement"]
        for card in self.sudo():
            acknowledgements._record(
                card.employee_id, card.scheme_version_id, "delivered", note
            )
        self._after_acknowledgement()
        return True

    def _after_acknowledgement(self):
        cards = self.sudo()
        cards.filtered(lambda card: card.state == "draft").write(
            {"state": "acknowledged"}
        )
        cards.invalidate_recordset(["is_acknowledged"])

    def comment(self, text):
        """Leave the person's comment on their own card.

        :param text: replaces the earlier comment; at most 4,000 characters
        """
        self._check_own()
        self._check_not_closed_for_comment()
        self.sudo().write({"employee_comment": (text or "")[:4000]})
        return True

    def _check_not_closed_for_comment(self):
        locked = self.filtered(lambda card: card.state == "locked")
        if locked:
            self._raise_closed(locked[0], self.env._("locked"))

    def adjust(self, points, reason):
        """Move the score within the scheme's limit, with a reason.

        :param points: points to add (or take off); 0 removes the adjustment
        :param reason: why; the person reads it
        :raise UserError: beyond the limit, without a reason, or on a closed card
        """
        self.ensure_one()
        self._check_reviewer()
        card = self.sudo()
        card.lock_for_update()
        if card.state not in ("calculated", "review"):
            raise UserError(
                self.env._(
                    "Adjust %s once it is calculated and before it is published.",
                    card.display_name,
                )
            )
        limit = card.scheme_version_id.adjustment_limit
        points = scoring.half_up(points)
        if abs(points) > limit:
            raise UserError(
                self.env._(
                    "The scheme allows adjustments of up to %s points.", f"{limit:g}"
                )
            )
        if points and not (reason or "").strip():
            raise UserError(self.env._("Give a reason: the person will read it."))
        card.write(
            {
                "adjustment": points,
                "adjustment_reason": reason if points else False,
                "adjusted_by": self.env.uid if points else False,
            }
        )
        return True

    def decide_veto(self, confirm, reason):
        """Confirm or dismiss a breached veto item.

        :param confirm: True to limit the score as the scheme says
        :param reason: the evidence, dated
        """
        self.ensure_one()
        self._check_reviewer()
        card = self.sudo()
        card.lock_for_update()
        if card.veto_state == "none" or card.state in CLOSED_STATES:
            raise UserError(self.env._("There is no veto item to decide on."))
        if not (reason or "").strip():
            raise UserError(self.env._("State the evidence and its date."))
        card.write(
            {
                "veto_state": "confirmed" if confirm else "dismissed",
                "veto_reason": reason,
            }
        )
        return True

    def set_aside(self, metric_code, reason):
        """Set a line aside: its weight goes to the others.

        :param metric_code: code of the line's metric
        :param reason: why nothing can be measured; shown on the card
        """
        self.ensure_one()
        self._check_kpi_manager()
        self._check_reviewer()
        self._check_not_closed()
        line = self.sudo().line_ids.filtered(
            lambda line: line.metric_id.code == metric_code
        )
        if not line or not (reason or "").strip():
            raise UserError(self.env._("Name a line of the card and give a reason."))
        line.write(
            {"is_waived": True, "waive_reason": reason, "waived_by": self.env.uid}
        )
        self._linkstar_audit_log("write", reason, new=metric_code)
        self.period_id.sudo()._calculate(fields.Datetime.now())
        return True

    def appeal(self, reason):
        """Contest a published score; somebody else answers.

        :param reason: what is wrong, in the person's words
        :return: id of the appeal
        """
        self.ensure_one()
        self._check_own()
        return self.env["linkstar.kpi.appeal"]._open(self, reason).id
