"""How each kind of channel takes a message."""

from datetime import datetime, timedelta, timezone

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.linkstar_project.engine import channel_formats

from ..trust import outgoing
from ..trust.secret_access import read_secret
from .linkstar_channel import BOT_HOSTS, BOTS

# A database that may not call out asks again this much later, without counting it
# as a failed attempt of the platform.
_BLOCKED_PAUSE = timedelta(hours=1)


class LinkstarChannel(models.Model):
    _inherit = "linkstar.channel"

    @api.private
    def _deliver(self, rows):
        """Send claimed outbox ``rows`` of this channel and write their outcome."""
        self.ensure_one()
        if self.kind in BOTS:
            self._deliver_bot(rows)
        elif self.kind == "email":
            self._deliver_email(rows)
        elif self.kind == "webpush":
            self._deliver_push(rows)
        else:
            self._deliver_odoo(rows)

    # --- Inside Odoo ---

    def _deliver_odoo(self, rows):
        """Make or refresh one activity a task and person, and ring their bell once."""
        kind = self.env.ref("linkstar_project.activity_reminder")
        told = self.env["linkstar.notification"]
        for (model, res_id), same in rows.grouped(
            lambda r: (r.res_model, r.res_id)
        ).items():
            row = same[0]
            reader = row.user_id
            subject = self.env[model].browse(res_id)
            if not reader.active or not subject.with_user(reader).has_access("read"):
                same._fail(
                    "dead",
                    self.env._(
                        "%(person)s may not see this record any more. Assign it to a "
                        "member of the store.",
                        person=reader.name,
                    ),
                )
                continue
            if hasattr(subject, "activity_ids"):
                self._put_activity(subject, row, kind)
            told |= row
            same._succeed()
        if told:
            title, code = told[0].title, told[0].code or ""
            if len(told) > 1:
                title, code = told._headline(len(told)), ""
            told.user_id._bus_send(
                "linkstar.reminder",
                {"title": title, "code": code, "res_id": told[0].res_id},
            )

    def _put_activity(self, subject, row, kind):
        """Keep one open reminder activity a record and person."""
        reader = row.user_id
        deadline = fields.Date.to_date(row._due_text()[:10])
        values = {"date_deadline": deadline, "summary": row.title}
        activities = self.env["mail.activity"].sudo()
        standing = activities.search(
            [
                ("res_model", "=", subject._name),
                ("res_id", "=", subject.id),
                ("user_id", "=", reader.id),
                ("activity_type_id", "=", kind.id),
            ],
            limit=1,
        )
        if standing:
            standing.write(values)
            return
        activities.with_context(mail_activity_quick_update=True).create(
            {
                **values,
                "res_model_id": self.env["ir.model"]._get_id(subject._name),
                "res_id": subject.id,
                "user_id": reader.id,
                "activity_type_id": kind.id,
                "automated": True,
            }
        )

    # --- E-mail ---

    def _deliver_email(self, rows):
        """Hand one e-mail over to Odoo's mail queue: code, title, date and link."""
        reader = rows.user_id
        if not reader.email_normalized:
            rows._fail(
                "dead",
                self.env._(
                    "%(person)s has no valid e-mail address. Enter one in their user "
                    "settings, then send again.",
                    person=reader.name,
                ),
            )
            return
        try:
            outgoing.check(self.env)
        except outgoing.OutgoingBlocked as error:
            self._postpone(rows, error)
            return
        lines = rows._lines()
        body = Markup("<p>%s</p><ul>%s</ul>") % (
            rows._headline(len(lines)),
            Markup("").join(
                Markup("<li>%s · <a href='%s'>%s</a> · %s</li>")
                % (line.code, line.link, line.title, line.date)
                for line in lines
            ),
        )
        subject = rows._headline(len(lines))
        if len(lines) == 1 and not rows[0].is_whole:
            subject = channel_formats.one_line(f"{lines[0].code} {lines[0].title}")
        mail = (
            self.env["mail.mail"]
            .sudo()
            .create(
                {
                    "subject": subject,
                    "body_html": body,
                    "email_to": reader.email_formatted,
                    "auto_delete": False,
                    "headers": "{'X-Auto-Response-Suppress': 'All'}",
                }
            )
        )
        rows._succeed(mail_id=mail.id)
        self._note("")

    # --- Bots and webhooks ---

    def _deliver_bot(self, rows):
        lines = rows._lines(group=True)
        delivery = f"{rows.ids[0]}-{rows[0].attempts}"
        verdict, reason, error = self._call(rows._headline(len(lines)), lines, delivery)
        if verdict == "blocked":
            self._postpone(rows, error)
        elif verdict == channel_formats.SENT:
            rows._succeed()
        elif verdict == channel_formats.RETRY:
            rows._retry(reason)
        else:
            rows._fail(verdict, reason)
        if verdict != "blocked":
            self._note(reason)

    def _call(self, headline, lines, delivery):
        """Call the bot once.

        :return: ``(verdict, reason, error)``; a verdict of ``engine.channel_formats``
            or ``blocked``, a reason in the user's language, the error if any
        """
        try:
            url, secret = (
                read_secret(self.env, self._name, self.id, field, "send a message")
                for field in ("url", "secret")
            )
        except UserError as error:  # no key, or another one: nothing was sent
            return "blocked", str(error), error
        if not url:
            return (
                "dead",
                self.env._("Channel %s has no address yet. Enter it.", self.name),
                None,
            )
        request = channel_formats.build(
            self.kind,
            url,
            secret or "",
            headline,
            lines,
            datetime.now(timezone.utc),
            delivery,
        )
        hosts = BOT_HOSTS.get(self.kind) or (self.host,)
        try:
            answer = outgoing.send(
                self.env,
                "POST",
                request.url,
                hosts,
                body=request.body,
                headers=request.headers,
            )
        except outgoing.OutgoingBlocked as error:
            return "blocked", str(error), error
        except outgoing.NotSent as error:
            return channel_formats.RETRY, str(error), error
        except outgoing.Unanswered as error:
            return channel_formats.UNCERTAIN, str(error), error
        verdict, code = channel_formats.read_answer(
            self.kind, answer.status, answer.body
        )
        return verdict, self._reason(verdict, code), None

    def _reason(self, verdict, code):
        """Return what an answer means, with the next step."""
        if verdict == channel_formats.SENT:
            return ""
        if verdict == channel_formats.RETRY:
            return self.env._(
                "%(channel)s did not take the message now (%(code)s). It is sent "
                "again by itself.",
                channel=self.name,
                code=code,
            )
        if verdict == channel_formats.UNCERTAIN:
            return self.env._(
                "%(channel)s answered without a result (%(code)s). Look there whether "
                "the message arrived.",
                channel=self.name,
                code=code,
            )
        return self.env._(
            "%(channel)s refused the message (%(code)s). Check the bot's address, its "
            "secret, and whether it is still in the group.",
            channel=self.name,
            code=code,
        )

    def _postpone(self, rows, error):
        """Keep rows that this database may not send, without using up attempts."""
        for row in rows:
            row.attempts = max(row.attempts - 1, 0)
        rows._retry(str(error), _BLOCKED_PAUSE)

    def _note(self, error):
        """Remember the last outcome, for the list and the health page."""
        values = {"last_error": error[:500] if error else False}
        if not error:
            values["last_sent_at"] = fields.Datetime.now()
        self.sudo().write(values)

    # --- Watchdog ---

    @api.model
    @api.private
    def _cron_heartbeat(self):
        """Tell the watchdogs that our scheduler runs, if all of it runs.

        A watchdog outside notices the silence of a dead server, and of a scheduler
        of which one part is stuck.
        """
        if self.env["linkstar.health.provider"]._late_jobs(fields.Datetime.now()):
            return
        for channel in self.sudo().search([("kind", "=", "heartbeat")]):
            channel._beat()

    def _beat(self):
        """Call the watchdog's address once; nothing but the call itself is sent.

        :return: ``(verdict, reason)``
        """
        try:
            url = read_secret(self.env, self._name, self.id, "url", "heartbeat")
            if not url:
                return "dead", self.env._("Channel %s has no address yet.", self.name)
            answer = outgoing.send(self.env, "GET", url, (self.host,))
        except outgoing.OutgoingBlocked as error:  # a copy: silent on purpose
            return "blocked", str(error)
        except UserError as error:
            self._note(str(error))
            return channel_formats.RETRY, str(error)
        reason = ""
        if not 200 <= answer.status < 300:
            reason = self.env._(
                "The watchdog refused the call (HTTP %s). Copy its address again.",
                answer.status,
            )
        self._note(reason)
        return ("dead" if reason else "sent"), reason

    def _send_test(self):
        """Send one test line; return ``(verdict, reason)``."""
        if self.kind == "heartbeat":
            return self._beat()
        me = self.env.user
        line = channel_formats.Line(
            "LinkStar", self.env._("Test message"), "", self.get_base_url()
        )
        if self.kind in BOTS:
            verdict, reason, _error = self._call(line.title, [line], "test")
            self._note(reason)
            return verdict, reason
        if self.kind == "email":
            if not me.email_normalized:
                return "dead", self.env._("you have no e-mail address")
            outgoing.check(self.env)
            self.env["mail.mail"].sudo().create(
                {
                    "subject": line.title,
                    "body_html": Markup("<p>%s</p>") % line.title,
                    "email_to": me.email_formatted,
                }
            )
            return "sent", ""
        me._bus_send(
            "simple_notification",
            {"type": "info", "title": "LinkStar", "message": line.title},
        )
        return "sent", ""
