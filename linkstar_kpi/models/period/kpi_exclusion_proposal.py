"""Exclusions proposed by what happened: a person takes them up, or leaves them."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

#: Type of event → cause of the exclusion it proposes.
CAUSES = {
    "account_warning": "suspension",
    "stock_out": "out_of_stock",
    "listing_suppressed": "listing_down",
}
#: States of an account in which nobody can sell.
SUSPENDED = ("DEACTIVATED", "SUSPENDED")


def is_suspended(payload):
    """Whether a warning says that the account cannot sell at all.

    Platforms say so in words, or as an account health of zero.

    >>> is_suspended({"value": 0.0}), is_suspended({"value": 50.0})
    (True, False)
    >>> is_suspended({"status": "Deactivated"}), is_suspended({})
    (True, False)
    """
    value = payload.get("value")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value <= 0
    return str(payload.get("status") or value or "").upper() in SUSPENDED


class LinkstarKpiExclusion(models.Model):
    """A proposal excludes nothing: somebody of the store asks, another decides."""

    _inherit = "linkstar.kpi.exclusion"

    state = fields.Selection(
        selection_add=[("proposed", "Proposed"), ("requested",)],
        ondelete={"proposed": "cascade"},
    )

    _event_uniq = models.UniqueIndex(
        "(event_id) WHERE event_id IS NOT NULL",
        "This event proposed an exclusion already.",
    )

    def action_take_up(self):
        """Make proposals one's own requests (button); then complete and send them.

        :raise AccessError: for stores of others, or those who only look
        """
        self.check_access("read")
        self.browse().check_access("create")
        items = self.sudo()
        items._lock_proposed()
        items.write({"state": "requested", "requested_by": self.env.uid})
        return True

    def action_dismiss(self):
        """Put proposals aside: nobody asks for them (button of leads)."""
        self.check_access("read")
        for item in self.sudo():
            item._check_may_decide(self.env.user)
        items = self.sudo()
        items._lock_proposed()
        items.write(
            {
                "state": "refused",
                "decided_by": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "decision_note": self.env._("Proposal put aside"),
            }
        )
        return True

    def _lock_proposed(self):
        self.lock_for_update()
        if any(item.state != "proposed" for item in self):
            raise UserError(self.env._("Somebody has taken this proposal up already."))

    def _check_open(self):
        if any(item.state == "proposed" for item in self):
            raise UserError(
                self.env._(
                    "Nobody has asked for this exclusion yet. Somebody of the store "
                    "takes the proposal up first; another person decides."
                )
            )

    def decide(self, approve, note=""):
        """Approve or refuse requests; proposals are nobody's request yet."""
        self.check_access("read")
        self.sudo()._check_open()
        return super().decide(approve, note)

    @api.model
    @api.private
    def _propose(self, events):
        """Propose exclusions for events that call for one, once each.

        :param events: ``linkstar.event``
        :return: the new proposals
        """
        telling = events.sudo().filtered(lambda event: event.type_code in CAUSES)
        rows = []
        for event in telling:
            cause = self._cause_of(event)
            if cause and event.store_id:
                rows.append(self._proposal(event, cause))
        # As the system: whoever takes it up may then edit it as their own.
        return self.with_user(SUPERUSER_ID).create(rows)

    def _cause_of(self, event):
        cause = CAUSES.get(event.type_code)
        if cause == "suspension":
            return cause if is_suspended(event.payload or {}) else None
        # Of a listing nobody knows, the whole store must not be excluded.
        return cause if event.listing_id else None

    def _proposal(self, event, cause):
        day = fields.Date.to_date(event.occurred_at)
        return {
            "store_id": event.store_id.id,
            "listing_id": event.listing_id.id,
            "date_from": day,
            "date_to": day,
            "cause": cause,
            "reason": self.env._(
                "%(event)s on %(day)s. Give the last day, and for a stock-out who or "
                "what caused it.",
                event=event.display_name,
                day=day,
            ),
            "state": "proposed",
            "requested_by": self.env.ref("base.user_root").id,
            "event_id": event.id,
        }


class LinkstarEvent(models.Model):
    _inherit = "linkstar.event"

    def _after_emit(self, events):
        """Events that keep people from selling propose an exclusion."""
        super()._after_emit(events)
        self.env["linkstar.kpi.exclusion"]._propose(events)
