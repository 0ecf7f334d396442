"""Where people are told: inside Odoo, by e-mail, in a group chat, elsewhere."""

from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

BOTS = ("feishu", "dingtalk", "wecom", "webhook")
#: A browser push may be blocked (mainland China blocks it): never one of the two
#: channels that a key task needs.
UNRELIABLE = ("webpush",)
HIDDEN = "••••••"
# Test receivers on this machine; only reachable when the configuration names them.
LOOPBACK = ("localhost", "127.0.0.1", "::1")

# Where each platform's bots live. A generic webhook may be anywhere.
BOT_HOSTS = {
    "feishu": ("open.feishu.cn", "open.larksuite.com"),
    "dingtalk": ("oapi.dingtalk.com",),
    "wecom": ("qyapi.weixin.qq.com",),
}


class LinkstarChannel(models.Model):
    """A way to reach people. Addresses of bots are secrets: they open the group."""

    _name = "linkstar.channel"
    _description = "Notification channel"
    _inherit = ["linkstar.audit.mixin"]
    _order = "sequence, id"

    _audit_fields = ("name", "kind", "active", "store_ids", "host")
    _audit_store_path = False

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("odoo", "Odoo activity"),
            ("email", "E-mail"),
            ("feishu", "Feishu group bot"),
            ("dingtalk", "DingTalk group robot"),
            ("wecom", "WeCom group robot"),
            ("webpush", "Browser push"),
            ("webhook", "Webhook"),
            ("heartbeat", "Watchdog (heartbeat)"),
        ],
        required=True,
        default="odoo",
    )
    url = fields.Char(
        string="Address",
        compute="_compute_url",
        inverse="_inverse_url",
        help="Address of the bot as the platform shows it. Stored encrypted.",
    )
    host = fields.Char(readonly=True, copy=False)
    secret = fields.Char(
        string="Signing secret",
        compute="_compute_secret",
        inverse="_inverse_secret",
        help="Secret of the bot's signature, where the platform has one. "
        "Stored encrypted.",
    )
    has_secret = fields.Boolean(readonly=True, copy=False)
    store_ids = fields.Many2many(
        "linkstar.store",
        "linkstar_channel_store_rel",
        string="Stores",
        help="Stores whose team reads this channel. Empty: all stores.",
    )
    company_id = fields.Many2one("res.company", index="btree_not_null")
    active = fields.Boolean(default=True)
    last_sent_at = fields.Datetime(readonly=True, copy=False)
    last_error = fields.Char(readonly=True, copy=False)

    @api.depends("host")
    def _compute_url(self):
        """Show the host only: the rest of a bot's address is its key."""
        for channel in self:
            channel.url = f"https://{channel.host}/{HIDDEN}" if channel.host else False

    @api.depends("has_secret")
    def _compute_secret(self):
        for channel in self:
            channel.secret = HIDDEN if channel.has_secret else False

    def _inverse_url(self):
        for channel in self:
            value = (channel.url or "").strip()
            if HIDDEN in value:
                continue
            host = channel._check_url(value) if value else False
            channel._keep_secret("url", value)
            channel.sudo().host = host

    def _inverse_secret(self):
        for channel in self:
            value = (channel.secret or "").strip()
            if value == HIDDEN:
                continue
            channel._keep_secret("secret", value)
            channel.sudo().has_secret = bool(value)

    @api.model_create_multi
    def create(self, vals_list):
        """Create; what was typed as a secret does not stay readable."""
        channels = super().create(vals_list)
        channels.invalidate_recordset(["url", "secret"])
        return channels

    def write(self, vals):
        """Write; what was typed as a secret does not stay readable."""
        # The kind first: an address is checked against the kind it comes with.
        if "kind" in vals and "url" in vals:
            super().write({"kind": vals["kind"], "host": False})
        result = super().write(vals)
        self.invalidate_recordset(["url", "secret"])
        return result

    def _keep_secret(self, field, value):
        """Store ``value`` encrypted under this channel; an empty one removes it."""
        self.ensure_one()
        self.env["linkstar.secret"]._store(self._name, self.id, field, value)

    def _check_url(self, url):
        """Return the host of ``url``; raise ValidationError if it cannot be right.

        The address is checked again, resolved, each time something is sent.
        """
        try:
            parts = urlsplit(url)
            host, scheme = parts.hostname, parts.scheme
        except ValueError:
            host = scheme = None
        loopback = host in LOOPBACK
        plain = scheme == "http" and loopback
        if not (scheme == "https" or plain) or not host or parts.username:
            raise ValidationError(
                self.env._(
                    "The address of channel %(channel)s is not a web address. Copy "
                    "it whole from the bot's settings; it begins with https://.",
                    channel=self.name,
                )
            )
        expected = BOT_HOSTS.get(self.kind)
        if expected and host not in expected and not loopback:
            raise ValidationError(
                self.env._(
                    "The address of channel %(channel)s lies on %(host)s, but such "
                    "bots live on %(expected)s. Choose the right kind, or copy the "
                    "bot's address again.",
                    channel=self.name,
                    host=host,
                    expected=", ".join(expected),
                )
            )
        return host

    @api.constrains("kind", "host")
    def _check_host(self):
        """A change of kind does not leave the address of another platform."""
        for channel in self:
            expected = BOT_HOSTS.get(channel.kind)
            host = channel.host
            if not host or not expected or host in expected:
                continue
            if host not in LOOPBACK:
                raise ValidationError(
                    self.env._(
                        "Channel %(channel)s still has an address on %(host)s. Enter "
                        "the new bot's address together with its kind.",
                        channel=channel.name,
                        host=host,
                    )
                )

    def _serves(self, store_id):
        """Return those of ``self`` that the team of store ``store_id`` reads."""
        return self.filtered(lambda c: not c.store_ids or store_id in c.store_ids.ids)

    def _check_for_people(self):
        """Raise ValidationError for watchdogs: they are told that we live, no more."""
        watchdogs = self.filtered(lambda channel: channel.kind == "heartbeat")
        if watchdogs:
            raise ValidationError(
                self.env._(
                    "%s is a watchdog: it reads no messages. Choose another channel.",
                    watchdogs[0].name,
                )
            )

    def action_send_test(self):
        """Send a test message to yourself (or the bot's group) right now.

        :return: a client notification saying how it went
        """
        self.ensure_one()
        self.check_access("write")
        verdict, reason = self._send_test()
        if verdict == "sent":
            kind, text = "success", self.env._("The test message was accepted.")
        else:
            kind = "danger"
            text = self.env._(
                "The test message was not accepted (%(reason)s). Check the address, "
                "the secret and whether the bot is still in its group.",
                reason=reason,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": text, "title": self.name},
        }
