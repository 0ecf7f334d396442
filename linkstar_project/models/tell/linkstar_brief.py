"""The daily brief: how each team's stores stand, told at nine in the morning."""

from datetime import datetime, time, timedelta

from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.linkstar_project.engine import brief

from .brief_figures import BriefFigures
from .brief_words import BriefWords
from .linkstar_channel import BOTS

WALKED = ("active", "restricted")
#: After so long the morning's news is none: tomorrow's brief tells it.
_STALE = timedelta(hours=20)


class LinkstarBrief(models.Model):
    """Which stores, whom, where and when. The outbox sees that it goes out once."""

    _name = "linkstar.brief"
    _description = "Daily brief"
    _inherit = ["linkstar.audit.mixin"]
    _order = "sequence, id"

    _audit_fields = (
        "name",
        "group_id",
        "store_ids",
        "tz",
        "hour",
        "weekends",
        "channel_ids",
        "active",
    )
    _audit_store_path = None

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    group_id = fields.Many2one(
        "linkstar.store.group",
        string="Store group",
        ondelete="restrict",
        help="The team: its stores are told of.",
    )
    store_ids = fields.Many2many(
        "linkstar.store",
        "linkstar_brief_store_rel",
        string="Stores",
        help="Stores instead of a group. Without both: all stores.",
    )
    tz = fields.Selection(
        _tz_get,
        string="Time zone",
        default=lambda self: self.env.user.tz or "UTC",
        required=True,
        help="The team's clock.",
    )
    hour = fields.Float(default=9.0, required=True, help="Local hour of the team.")
    weekends = fields.Boolean(string="On weekends too", default=True)
    channel_ids = fields.Many2many(
        "linkstar.channel",
        "linkstar_brief_channel_rel",
        string="Channels",
        domain=[("kind", "!=", "heartbeat")],
        help="A group bot tells the whole group. E-mail and Odoo tell each lead of "
        "the stores, and only of stores they are members of.",
    )
    preview = fields.Html(
        string="As of now",
        compute="_compute_preview",
        sanitize=False,
        help="What you would read now: your own stores only.",
    )
    active = fields.Boolean(default=True)

    _hour_range = models.Constraint(
        "CHECK(hour >= 0 AND hour < 24)", "An hour lies between 00:00 and 23:59."
    )

    @api.constrains("channel_ids")
    def _check_channels(self):
        """A watchdog reads no briefs."""
        self.channel_ids._check_for_people()

    @api.depends_context("uid", "lang")
    @api.depends("group_id", "store_ids")
    def _compute_preview(self):
        for one in self:
            stores = one._stores_for(self.env.user)
            words = BriefWords(self.env.user, self.get_base_url())
            one.preview = words.html(one._read(stores, fields.Datetime.now()))

    # --- Which stores, for whom ---

    def _stores(self):
        """Return the brief's stores that are open (superuser)."""
        self.ensure_one()
        known = self.sudo()
        domain = [("state", "in", WALKED)]
        if known.group_id:
            domain.append(("group_ids", "in", known.group_id.ids))
        elif known.store_ids:
            domain.append(("id", "in", known.store_ids.ids))
        return self.env["linkstar.store"].sudo().search(domain)

    def _stores_for(self, user):
        """Return those of the brief's stores that ``user`` may see."""
        stores = self._stores()
        if user._linkstar_sees_all("read"):
            return stores
        own = set(user._linkstar_store_ids())
        return stores.filtered(lambda store: store.id in own)

    @api.model
    def _read(self, stores, now):
        if not stores:
            return []
        return BriefFigures(self.sudo().env, stores.sudo(), now).read()

    # --- Into the outbox ---

    @api.model
    @api.private
    def _cron_queue(self):
        """Queue what is due and wake the senders."""
        if self._queue_due(fields.Datetime.now()):
            self.env.ref("linkstar_project.cron_send")._trigger()

    @api.model
    @api.private
    def _queue_due(self, now):
        """Queue the briefs that are due: once a day, team, reader and channel.

        :param now: naive UTC datetime
        :return: how many messages are new
        """
        rows = []
        for one in self.sudo().search([("channel_ids", "!=", False)]):
            day = brief.due_day(now, one.tz, one.hour, one.weekends)
            if day:
                rows += one._rows(day, now)
        return self.env["linkstar.notification"]._queue(rows)

    def _rows(self, day, now):
        stores = self._stores()
        if not stores:
            return []
        leads = self.env["linkstar.store.member"].sudo()._leads(stores.ids, now.date())
        readers = self.env["res.users"].sudo().union(*leads.values())
        readers = readers.sudo() - readers.sudo()._linkstar_away(now)
        # A group reads a bot's message, so it has no reader of its own: the same
        # user each day is what keeps it to one message.
        root = self.env.ref("base.user_root")
        company_lang = self.env.company.partner_id.lang
        rows = []
        for channel in self.channel_ids.filtered("active"):
            people = root if channel.kind in BOTS else readers
            for user in people:
                lang = company_lang if user == root else user.lang
                rows.append(self._row(day, channel, user, lang))
        return rows

    def _row(self, day, channel, user, lang):
        known = self.with_context(lang=lang)
        return {
            "res_model": self._name,
            "res_id": self.id,
            "step": "brief",
            "user_id": user.id,
            "channel_id": channel.id,
            # The day and not the hour: a changed hour or zone tells nothing twice.
            "due_at": datetime.combine(day, time()),
            "send_at": brief.send_moment(day, self.tz, self.hour),
            "title": known.env._(
                "Daily brief %(day)s · %(team)s", day=day, team=known.name
            ),
            "is_whole": True,
        }

    # --- What the outbox asks of a subject ---

    @api.private
    def _linkstar_is_outdated(self, row):
        """Whether a queued message has nothing to say any more."""
        if not self.active or fields.Datetime.now() > row.send_at + _STALE:
            return True
        return not self._stores_of_row(row)

    def _stores_of_row(self, row):
        if row.channel_id.kind in BOTS:
            return self._stores()
        return self._stores_for(row.user_id)

    @api.private
    def _linkstar_message_lines(self, row):
        """Return the lines of a message, with the figures of the moment."""
        now = fields.Datetime.now()
        reader = row.user_id
        group = row.channel_id.kind in BOTS
        lang = self.env.company.partner_id.lang if group else reader.lang
        words = BriefWords(
            reader.with_context(lang=lang), self.get_base_url(), tz=group and self.tz
        )
        return words.lines(self._read(self._stores_of_row(row), now))
