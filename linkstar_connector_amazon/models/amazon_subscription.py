"""Subscriptions: which notifications of which account go to a queue."""

from datetime import timedelta

from sp_api.api import Notifications

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.linkstar_project.models.trust import outgoing

from ..engine.failures import Failure, retry_delay
from ..engine.notices import KINDS
from ..exceptions import CallFailed
from ..messages import explain
from ..streams import HANDLERS

# Subscriptions that are made in one go; the scheduled action does the rest.
AT_ONCE = 30


class LinkstarAmazonSubscription(models.Model):
    """One kind of notification of one account."""

    _name = "linkstar.amazon.subscription"
    _description = "Amazon notification subscription"
    _order = "account_id, kind"
    _rec_name = "kind"

    account_id = fields.Many2one(
        "linkstar.amazon.account",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    queue_id = fields.Many2one(
        "linkstar.amazon.queue",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    kind = fields.Selection(
        [
            ("ORDER_CHANGE", "Orders changed"),
            ("FBA_INVENTORY_AVAILABILITY_CHANGES", "FBA stock changed"),
            ("ACCOUNT_STATUS_CHANGED", "Account status changed"),
            ("REPORT_PROCESSING_FINISHED", "Report finished"),
            ("ANY_OFFER_CHANGED", "Offers changed"),
            ("PRICING_HEALTH", "Price health"),
        ],
        required=True,
        readonly=True,
    )
    external_id = fields.Char(
        string="Subscription id", readonly=True, copy=False, index=True
    )
    state = fields.Selection(
        [("wanted", "To subscribe"), ("active", "Subscribed"), ("ended", "Ended")],
        default="wanted",
        required=True,
        readonly=True,
    )
    next_try = fields.Datetime(
        default=lambda self: fields.Datetime.now(), readonly=True, copy=False
    )
    failures = fields.Integer(readonly=True, copy=False, aggregator=None)
    error_code = fields.Char(readonly=True, copy=False)
    error_args = fields.Json(readonly=True, copy=False)
    error = fields.Char(string="What happened", compute="_compute_error")
    next_step = fields.Char(string="What to do", compute="_compute_error")
    company_id = fields.Many2one(related="account_id.company_id", store=True)

    _account_kind_uniq = models.UniqueIndex(
        "(account_id, kind)", "This account has a subscription of this kind."
    )

    @api.depends_context("lang")
    @api.depends("error_code", "error_args", "account_id.name", "queue_id.name")
    def _compute_error(self):
        for one in self:
            args = {
                "account": one.account_id.name,
                "queue": one.queue_id.name,
                **(one.error_args or {}),
            }
            one.error, one.next_step = explain(self.env, one.error_code, args)

    @api.depends("account_id.name", "kind")
    def _compute_display_name(self):
        names = dict(self._fields["kind"]._description_selection(self.env))
        for one in self:
            one.display_name = f"{one.account_id.name}: {names.get(one.kind, '')}"

    @api.model
    def _want(self, queue):
        """One row per account of the queue and kind that some stream reads."""
        kinds = [
            kind
            for kind, codes in KINDS.items()
            if not codes or any(code in HANDLERS for code in codes)
        ]
        accounts = queue._accounts()
        mine = self.sudo().search([("account_id", "in", accounts.ids)])
        again = mine.filtered(lambda s: s.state == "ended" or s.queue_id != queue)
        again.write(
            {
                "queue_id": queue.id,
                "state": "wanted",
                "next_try": fields.Datetime.now(),
                "failures": 0,
            }
        )
        known = {(one.account_id.id, one.kind) for one in mine}
        return again | self.sudo().create(
            [
                {"account_id": account.id, "queue_id": queue.id, "kind": kind}
                for account in accounts
                for kind in kinds
                if (account.id, kind) not in known
            ]
        )

    @api.model
    def _subscribe_wanted(self):
        """Subscribe what is wanted and due, at Amazon's pace.

        :return: the subscriptions that stand now
        """
        due = self.sudo().search(
            [
                ("state", "=", "wanted"),
                ("next_try", "<=", fields.Datetime.now()),
                ("queue_id.active", "=", True),
                ("account_id.state", "in", ("connected", "attention")),
            ],
            limit=AT_ONCE,
            order="next_try, id",
        )
        done = self.sudo()
        for one in due:
            if one.try_lock_for_update() and one._subscribe():
                done |= one
        return done

    def _subscribe(self):
        """Make one subscription, or keep why not; whether it stands now."""
        try:
            outgoing.check(self.env)
            destination = self.queue_id._destination_id()
            wait = self._bucket_wait("createSubscription")
            if wait:
                self.next_try = fields.Datetime.now() + timedelta(seconds=wait)
                return False
            with self.account_id._amazon() as amazon:
                external = self._agree(amazon, destination)
        except outgoing.OutgoingBlocked:
            return self._note_failure(Failure("not_live"))
        except CallFailed as error:
            return self._note_failure(error.failure)
        self.write(
            {
                "external_id": external,
                "state": "active",
                "failures": 0,
                "error_code": False,
                "error_args": False,
            }
        )
        return True

    def _bucket_wait(self, operation):
        return self.env["linkstar.amazon.bucket"]._take(
            self.account_id.id, operation, fields.Datetime.now()
        )

    def _agree(self, amazon, destination):
        """Amazon's id of the subscription; one that points elsewhere is replaced."""
        try:
            found = amazon.selling_partner(
                Notifications, lambda client: client.get_subscription(self.kind)
            ).payload
        except CallFailed as error:
            if error.failure.code != "not_found":
                raise
            found = None
        if found and found.get("destinationId") == destination:
            return found["subscriptionId"]
        if found:
            self._end_at_amazon(amazon, found["subscriptionId"])
        answer = amazon.selling_partner(
            Notifications,
            lambda client: client.create_subscription(
                self.kind, destination_id=destination
            ),
        )
        return answer.payload["subscriptionId"]

    def _end_at_amazon(self, amazon, external):
        amazon.selling_partner(
            Notifications,
            lambda client: client.delete_notification_subscription(self.kind, external),
        )

    def _note_failure(self, failure):
        failures = self.failures + 1
        self.write(
            {
                "failures": failures,
                "next_try": fields.Datetime.now() + retry_delay(failures, failure),
                "error_code": failure.code,
                "error_args": {**failure.args, "operation": "createSubscription"},
            }
        )
        return False

    def _unsubscribe(self):
        """End these subscriptions at Amazon; what it refuses is ended here.

        :raises UserError: when Amazon cannot be reached
        """
        for one in self.sudo():
            if one.external_id and one.state == "active":
                try:
                    with one.account_id._amazon() as amazon:
                        one._end_at_amazon(amazon, one.external_id)
                except CallFailed as error:
                    if error.failure.is_transient:
                        args = {"account": one.account_id.name}
                        raise UserError(
                            " ".join(explain(self.env, error.failure.code, args))
                        ) from error
        self._end()

    def _end(self):
        """Believe nothing any more that comes by these subscriptions."""
        self.sudo().write({"state": "ended", "external_id": False})
