"""Notification queues: where Amazon puts word of what has changed."""

import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.linkstar_project.exceptions import MissingKey

from ..engine.failures import Failure
from ..engine.notices import queue_name
from ..exceptions import CallFailed
from ..messages import explain
from ..sqs import Queue
from .secret_fields import store_typed, stored, which_are_set

# The account of Amazon's that delivers notifications.
AMAZON_SENDER = "437568002678"


class LinkstarAmazonQueue(models.Model):
    """An SQS queue of the seller's own, which serves an application in a region."""

    _name = "linkstar.amazon.queue"
    _description = "Amazon notification queue"
    _inherit = ["linkstar.audit.mixin", "linkstar.system.fields.mixin"]
    _order = "name"
    _audit_fields = ("name", "application_id", "region", "url", "active")
    _audit_store_path = None
    _linkstar_secret_fields = {
        "access_key_id": {"kind": "password"},
        "access_key": {"kind": "password"},
    }
    _system_fields = frozenset(
        {
            "destination",
            "last_poll",
            "next_poll",
            "last_message_at",
            "messages_total",
            "repeats_total",
            "waiting",
            "failures",
            "error_code",
            "error_args",
        }
    )

    name = fields.Char(required=True)
    application_id = fields.Many2one(
        "linkstar.amazon.application", required=True, ondelete="restrict"
    )
    region = fields.Selection(
        [("na", "North America"), ("eu", "Europe"), ("fe", "Far East")],
        required=True,
        help="Accounts of the application in this region send to the queue.",
    )
    url = fields.Char(
        string="Queue address",
        required=True,
        help="https://sqs.eu-west-1.amazonaws.com/123456789012/linkstar, as the "
        "console of Amazon SQS shows it.",
    )
    arn = fields.Char(string="ARN", compute="_compute_arn")
    policy = fields.Text(
        string="Access policy of the queue",
        compute="_compute_arn",
        help="Lets Amazon's seller services, and nobody else, write to the queue.",
    )
    typed_key_id = fields.Char(
        string="Access key id",
        compute="_compute_typed",
        inverse="_inverse_typed_key_id",
        copy=False,
        help="Of a user of AWS who may receive and delete messages of this queue, and "
        "nothing else. Kept encrypted, never shown again.",
    )
    typed_key = fields.Char(
        string="Secret access key",
        compute="_compute_typed",
        inverse="_inverse_typed_key",
        copy=False,
        help="Kept encrypted, never shown again.",
    )
    has_keys = fields.Boolean(compute="_compute_has_keys")
    destination = fields.Char(
        string="Destination id", readonly=True, copy=False, help="As Amazon names it."
    )
    active = fields.Boolean(default=True, help="Off: the queue is not read.")
    last_poll = fields.Datetime(string="Last looked", readonly=True, copy=False)
    next_poll = fields.Datetime(
        string="Looks again",
        default=lambda self: fields.Datetime.now(),
        index=True,
        readonly=True,
        copy=False,
    )
    last_message_at = fields.Datetime(string="Last message", readonly=True, copy=False)
    messages_total = fields.Integer(
        string="Messages", readonly=True, copy=False, aggregator=None
    )
    repeats_total = fields.Integer(
        string="Repeated deliveries",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Amazon delivers at least once; each message has one effect.",
    )
    waiting = fields.Integer(
        string="In the queue",
        readonly=True,
        copy=False,
        aggregator=None,
        help="About how many messages waited when it was last looked.",
    )
    failures = fields.Integer(
        string="Failures in a row", readonly=True, copy=False, aggregator=None
    )
    error_code = fields.Char(readonly=True, copy=False)
    error_args = fields.Json(readonly=True, copy=False)
    error = fields.Char(string="What happened", compute="_compute_error")
    next_step = fields.Char(string="What to do", compute="_compute_error")
    subscription_ids = fields.One2many("linkstar.amazon.subscription", "queue_id")
    state = fields.Selection(
        [
            ("new", "Not subscribed"),
            ("ok", "Listening"),
            ("error", "Failing"),
            ("off", "Off"),
        ],
        compute="_compute_state",
    )
    company_id = fields.Many2one(related="application_id.company_id", store=True)

    _application_region_uniq = models.UniqueIndex(
        "(application_id, region)",
        "This application has a queue for this region already.",
    )

    @api.constrains("url")
    def _check_url(self):
        for queue in self:
            if not queue_name(queue.url):
                raise ValidationError(
                    self.env._(
                        "%(url)s is no address of an Amazon SQS queue. Copy it from "
                        "the queue's page: https://sqs.REGION.amazonaws.com/ACCOUNT/"
                        "NAME.",
                        url=queue.url,
                    )
                )

    @api.depends("url")
    def _compute_arn(self):
        for queue in self:
            name = queue_name(queue.url)
            queue.arn = name.arn if name else ""
            queue.policy = _policy(name.arn) if name else ""

    def _compute_typed(self):
        self.typed_key_id = False
        self.typed_key = False

    def _inverse_typed_key_id(self):
        store_typed(self, "typed_key_id", "access_key_id")._look_soon()

    def _inverse_typed_key(self):
        store_typed(self, "typed_key", "access_key")._look_soon()

    def _compute_has_keys(self):
        ids = which_are_set(self, "access_key_id")
        keys = which_are_set(self, "access_key")
        for queue in self:
            queue.has_keys = queue.id in ids and queue.id in keys

    @api.depends_context("lang")
    @api.depends("error_code", "error_args", "name")
    def _compute_error(self):
        for queue in self:
            args = {"queue": queue.name, **(queue.error_args or {})}
            queue.error, queue.next_step = explain(self.env, queue.error_code, args)

    @api.depends("active", "error_code", "destination", "subscription_ids.state")
    def _compute_state(self):
        for queue in self:
            if not queue.active:
                queue.state = "off"
            elif queue.error_code:
                queue.state = "error"
            elif "active" in queue.subscription_ids.mapped("state"):
                queue.state = "ok"
            else:
                queue.state = "new"

    def _check_manager(self):
        self.env["linkstar.amazon.account"]._check_manager()
        self.check_access("read")

    def _look_soon(self):
        self.sudo().write({"next_poll": fields.Datetime.now(), "failures": 0})

    def _accounts(self):
        """Connected accounts that this queue serves."""
        self.ensure_one()
        return (
            self.env["linkstar.amazon.account"]
            .sudo()
            .search(
                [
                    ("application_id", "=", self.application_id.id),
                    ("region", "=", self.region),
                    ("state", "in", ("connected", "attention")),
                    ("is_sandbox", "=", False),
                ]
            )
        )

    def _queue(self):
        """The queue itself, ready to be asked.

        :raises CallFailed: without keys, without boto3, for a wrong address
        """
        self.ensure_one()
        try:
            keys = [
                stored(self.sudo(), name, "read the notification queue")
                for name in ("access_key_id", "access_key")
            ]
        except MissingKey as error:
            raise CallFailed(Failure("missing_key")) from error
        return Queue(self.env, self.url, *keys)

    def _explained(self, failure):
        args = {"queue": self.name, **failure.args}
        return " ".join(explain(self.env, failure.code, args)).strip()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------
    def action_test(self):
        """Ask the queue how many messages wait, and say whether it worked."""
        self.ensure_one()
        self._check_manager()
        try:
            waiting = self._queue().waiting()
        except CallFailed as error:
            raise UserError(self._explained(error.failure)) from error
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The queue answers: about %(count)s messages wait.", count=waiting
                ),
            },
        }

    def action_look_now(self):
        """Read the queue now."""
        self._check_manager()
        for queue in self:
            queue.sudo()._poll_unit()
        return True


def _policy(arn):
    """The access policy to paste into the queue, as SQS wants it."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "LinkStarNotifications",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{AMAZON_SENDER}:root"},
                    "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"],
                    "Resource": arn,
                }
            ],
        },
        indent=2,
    )
