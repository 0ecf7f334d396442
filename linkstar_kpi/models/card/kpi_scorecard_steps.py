"""What people do with a scorecard: acknowledge, comment, review, adjust."""

import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.linkstar_kpi.engine import scoring

from .kpi_scorecard import CLOSED_STATES


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    # What the buttons of the form ask; the methods behind them check again.
    can_adjust = fields.Boolean(compute="_compute_what_may_be_done")
    can_decide_veto = fields.Boolean(compute="_compute_what_may_be_done")
    can_set_aside = fields.Boolean(compute="_compute_what_may_be_done")
    can_deliver = fields.Boolean(compute="_compute_what_may_be_done")
    is_own = fields.Boolean(compute="_compute_what_may_be_done")

    def _check_own(self):
        """Raise AccessError unless the card is the user's own."""
        self.check_access("read")
        if any(card.sudo().employee_id.user_id != self.env.user for card in self):
            raise AccessError(
                self.env._("Only the person assessed may do this on their own card.")
            )

    def _reviewable(self):
        """The cards that the user reviews: their team's, as a KPI manager all.

        A scheme that names its reviewer leaves the leads out; nobody reviews
        themselves, with any of their logins.
        """
        user = self.env.user
        manager = user.has_group("linkstar_kpi.group_kpi_manager")
        team = set(user._linkstar_kpi_team_ids())
        found = self.browse()
        for card in self.sudo():
            reviewer = card.scheme_id.reviewer_id
            in_team = not reviewer and card.employee_id.id in team
            if not (manager or reviewer == user or in_team):
                continue
            person = card.employee_id
            if not user._linkstar_kpi_is_one_of(person.user_id, person):
                found |= card
        return found.sudo(False)

    def _check_reviewer(self):
        """Raise AccessError unless the user reviews these cards, not their own."""
        self.check_access("read")
        for card in (self - self._reviewable()).sudo():
            raise AccessError(
                self.env._(
                    "%s is reviewed by the person's lead or a KPI manager, never "
                    "by the person themselves.",
                    card.display_name,
                )
            )

    @api.depends_context("uid")
    @api.depends("state", "employee_id", "scheme_id")
    def _compute_what_may_be_done(self):
        reviewable = self._reviewable()
        manager = self.env.user.has_group("linkstar_kpi.group_kpi_manager")
        for card in self:
            mine = card in reviewable
            is_open = card.state not in CLOSED_STATES
            card.can_adjust = mine and card.state in ("calculated", "review")
            card.can_decide_veto = mine and is_open and card.veto_state != "none"
            card.can_set_aside = mine and is_open and manager
            card.can_deliver = mine and manager and not card.is_acknowledged
            card.is_own = card.sudo().employee_id.user_id == self.env.user

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

    def action_decision(self):
        """Open the form of a decision; the context says of which kind."""
        self.ensure_one()
        self._check_reviewer()
        kinds = ("adjust", "veto", "set_aside", "delivered")
        kind = self.env.context.get("default_kind")
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "linkstar.kpi.card.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_scorecard_id": self.id,
                "default_kind": kind if kind in kinds else "adjust",
            },
        }

    def action_open_page(self):
        """Open the card as the person assessed sees it."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "linkstar_kpi.my_scorecard",
            "name": self.display_name,
            "params": {"card_id": self.id},
        }

    def adjust(self, points, reason, seen=None):
        """Move the score within the scheme's limit, with a reason.

        :param points: points to add (or take off); 0 removes the adjustment
        :param reason: why; the person reads it
        :param seen: the adjustment that stood when the caller looked; a different
            one means that somebody else was faster
        :raise UserError: beyond the limit, without a reason, on a closed card, or
            if the adjustment is not the one the caller saw
        """
        self.ensure_one()
        self._check_reviewer()
        card = self.sudo()
        card.lock_for_update()
        card._check_seen(seen)
        if card.state not in ("calculated", "review"):
            raise UserError(
                self.env._(
                    "Adjust %s once it is calculated and before it is published.",
                    card.display_name,
                )
            )
        limit = card.scheme_version_id.adjustment_limit
        # What is no number would pass every comparison.
        points = scoring.half_up(points) if math.isfinite(points) else math.inf
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

    def _check_seen(self, seen):
        """Raise UserError if somebody adjusted since the caller looked."""
        if seen is None or scoring.half_up(seen) == scoring.half_up(self.adjustment):
            return
        raise UserError(
            self.env._(
                "%(user)s adjusted %(card)s meanwhile: %(points)s points, because "
                "%(reason)s Talk to them, then look at the card again.",
                user=self.adjusted_by.name or self.env._("Somebody"),
                card=self.display_name,
                points=f"{self.adjustment:+g}",
                reason=self.adjustment_reason or "–",
            )
        )

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
