"""The worker that empties the outbox."""

from datetime import timedelta

import psycopg2.errors

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.linkstar_project.engine import channel_formats, reminder_steps

from .linkstar_channel import BOTS

#: Lines in one message to a group: more becomes several messages, because chats cut
#: long ones.
DIGEST_SIZE = 20
#: Lines in one message to a person: a bad day is one e-mail, and one bell.
PERSONAL_DIGEST_SIZE = 200
#: After so many failed attempts (about a day with the back-off) a person decides.
MAX_ATTEMPTS = 10
# A row that nobody holds and that says "sending" belongs to a worker that died. The
# grace covers the instant between that worker's commit and its new lock.
_GRACE = timedelta(minutes=1)


class LinkstarNotification(models.Model):
    _inherit = "linkstar.notification"

    @api.model
    @api.private
    def _send(self, limit=500):
        """Send what is due, a message at a time, and commit after each.

        Several workers may run at once: each takes rows that no other holds. For a
        channel outside the database the row says "sending" before the call; if the
        process dies during it, the row becomes uncertain instead of going out twice.

        :param limit: rows to handle at most
        :return: rows handled
        """
        done = 0
        cron = self.env["ir.cron"]
        self._settle_interrupted()
        self._settle_mail()
        cron._commit_progress(remaining=self._count_due())
        while done < limit:
            batch = self._claim()
            if not batch:
                break
            cron._commit_progress()
            if batch._lock_claimed():
                batch._deliver()
            done += len(batch)
            if cron._commit_progress(len(batch)) <= 0:
                break
        return done

    @api.model
    def _count_due(self):
        now = fields.Datetime.now()
        return self.sudo().search_count(
            [
                ("state", "=", "queued"),
                ("send_at", "<=", now),
                "|",
                ("next_attempt_at", "=", False),
                ("next_attempt_at", "<=", now),
            ]
        )

    @api.model
    def _claim(self):
        """Take the rows of the next message and mark them as sending.

        Rows for the same channel go out in one message, so that a bad day does not
        flood a group; a personal channel also needs the same recipient.

        :return: rows (sudo), empty when nothing is due
        """
        self.flush_model()
        query = SQL(
            """
            WITH first AS (
                SELECT n.id, n.channel_id, n.user_id, n.is_whole, c.kind
                  FROM linkstar_notification n
                  JOIN linkstar_channel c ON c.id = n.channel_id
                 WHERE n.state = 'queued' AND n.send_at <= %(now)s
                   AND (n.next_attempt_at IS NULL OR n.next_attempt_at <= %(now)s)
                 ORDER BY n.send_at, n.id
                 LIMIT 1
                   FOR UPDATE OF n SKIP LOCKED
            ), mine AS (
                SELECT n.id
                  FROM linkstar_notification n, first
                 WHERE n.state = 'queued' AND n.send_at <= %(now)s
                   AND (n.next_attempt_at IS NULL OR n.next_attempt_at <= %(now)s)
                   AND n.channel_id = first.channel_id
                   AND (n.user_id = first.user_id OR first.kind IN %(bots)s)
                   AND (n.id = first.id
                        OR NOT COALESCE(n.is_whole OR first.is_whole, FALSE))
                 ORDER BY n.id = first.id DESC, n.send_at, n.id
                 LIMIT (SELECT CASE WHEN kind IN %(bots)s THEN %(group)s
                                    ELSE %(person)s END FROM first)
                   FOR UPDATE OF n SKIP LOCKED
            )
            UPDATE linkstar_notification n
               SET state = 'sending', claimed_at = %(now)s,
                   attempts = COALESCE(n.attempts, 0) + 1
              FROM mine
             WHERE n.id = mine.id
            RETURNING n.id
            """,
            now=fields.Datetime.now(),
            bots=BOTS,
            group=DIGEST_SIZE,
            person=PERSONAL_DIGEST_SIZE,
        )
        for _attempt in range(3):
            try:
                with self.env.cr.savepoint(flush=False):
                    ids = [row[0] for row in self.env.execute_query(query)]
                break
            except psycopg2.errors.SerializationFailure:
                # Another worker finished a row after our snapshot: look afresh.
                self.env.cr.rollback()
        else:
            ids = []
        self.invalidate_model()
        return self.sudo().browse(sorted(ids))

    def _lock_claimed(self):
        """Hold the rows during the call; False if somebody settled them already."""
        found = self.try_lock_for_update()
        return len(found) == len(self) and all(row.state == "sending" for row in found)

    @api.model
    def _settle_interrupted(self):
        """Rows of a worker that died become uncertain, or queued inside Odoo."""
        stale = (
            self.sudo()
            .search(
                [
                    ("state", "=", "sending"),
                    ("claimed_at", "<", fields.Datetime.now() - _GRACE),
                ],
                limit=1000,
            )
            .try_lock_for_update()
        )
        outside = stale.filtered(lambda row: row.channel_id.kind in BOTS)
        outside.write(
            {
                "state": "uncertain",
                "error": "interrupted",
            }
        )
        # Activities and e-mails live in this database: what was not committed did
        # not happen, so they are simply done again.
        (stale - outside).write({"state": "queued", "error": False})

    def _deliver(self):
        """Send one claimed message and write down how it went."""
        current = self._drop_outdated()
        if not current:
            return
        channel = current.channel_id
        if not channel.active:
            current._fail("dead", self.env._("Channel %s is archived.", channel.name))
            return
        channel._deliver(current)

    def _drop_outdated(self):
        """Cancel what is no longer true; return the rows that still are."""
        gone = self.filtered(lambda row: row._is_outdated())
        gone.write({"state": "cancelled", "error": "outdated"})
        return self - gone

    def _is_outdated(self):
        """Whether the subject was finished, moved, deleted or confirmed meanwhile."""
        self.ensure_one()
        if self.res_model not in self.env:
            return True
        subject = self.env[self.res_model].sudo().browse(self.res_id).exists()
        if not subject:
            return True
        if self.only_unacknowledged and self._is_acknowledged():
            return True
        if self.res_model == "project.task":
            moved = subject.date_deadline != self.due_at
            return moved or subject.state in ("1_done", "1_canceled")
        if self.is_whole:
            return subject._linkstar_is_outdated(self)
        return False

    def _is_acknowledged(self):
        return bool(
            self.sudo().search_count(
                [
                    ("res_model", "=", self.res_model),
                    ("res_id", "=", self.res_id),
                    ("due_at", "=", self.due_at),
                    ("acknowledged_at", "!=", False),
                ],
                limit=1,
            )
        )

    # --- Outcomes ---

    def _succeed(self, **values):
        self.write(
            {
                "state": "sent",
                "sent_at": fields.Datetime.now(),
                "error": False,
                "next_attempt_at": False,
                **values,
            }
        )

    def _fail(self, state, reason):
        """Write an outcome other than success.

        :param state: ``dead`` or ``uncertain``
        """
        self.write({"state": state, "error": reason[:500], "next_attempt_at": False})

    def _retry(self, reason, pause=None):
        """Queue again after a pause; after ``MAX_ATTEMPTS`` a person has to look."""
        now = fields.Datetime.now()
        for row in self:
            if row.attempts >= MAX_ATTEMPTS:
                row._fail("dead", reason)
                continue
            wait = pause or reminder_steps.backoff(row.attempts)
            row.write(
                {
                    "state": "queued",
                    "error": reason[:500],
                    "next_attempt_at": now + wait,
                }
            )

    # --- What a message says ---

    def _link(self):
        """Return the address to open: the confirmation page, or the record."""
        self.ensure_one()
        base = self.get_base_url()
        if self.needs_ack:
            return f"{base}/linkstar/ack/{self.sudo().token}"
        if self.res_model == "project.task":
            return f"{base}/odoo/linkstar-my-work?task={self.res_id}"
        return f"{base}/odoo/{self.res_model}/{self.res_id}"

    def _lines(self, group=False):
        """Return the lines of a message, one a subject.

        :param group: name the recipients, because the whole group reads it
        """
        if self[:1].is_whole:
            return (
                self.env[self.res_model]
                .browse(self.res_id)
                ._linkstar_message_lines(self)
            )
        lines = []
        by_subject = self.grouped(lambda r: (r.res_model, r.res_id, r.due_at))
        for rows in by_subject.values():
            row = rows[0]
            code = row.code or ""
            if group:
                people = "、".join(rows.user_id.mapped("name"))
                code = " · ".join(part for part in (code, people) if part)
            lines.append(
                channel_formats.Line(code, row.title, row._due_text(), row._link())
            )
        return lines

    def _due_text(self):
        zone = self.user_id.tz or self.env.company.partner_id.tz
        local = reminder_steps.to_local(self.due_at, zone)
        return local.strftime("%Y-%m-%d %H:%M")

    def _headline(self, count):
        if self[:1].is_whole:
            return self.title
        lang = self.user_id[:1].lang or self.env.company.partner_id.lang
        env = self.with_context(lang=lang).env
        if any(row.needs_ack for row in self):
            return env._("LinkStar: %s to confirm", count)
        return env._("LinkStar: %s to look at", count)

    @api.model
    def _settle_mail(self):
        """Write back what Odoo's mail queue made of our e-mails."""
        rows = self.sudo().search(
            [("mail_id", ">", 0), ("state", "=", "sent")], limit=1000
        )
        mails = self.env["mail.mail"].sudo().browse(rows.mapped("mail_id")).exists()
        by_id = {mail.id: mail for mail in mails}
        for row in rows:
            mail = by_id.get(row.mail_id)
            if not mail or mail.state in ("sent", "received"):
                row.mail_id = False
            elif mail.state in ("exception", "cancel"):
                row.write({"mail_id": False})
                row._fail("dead", mail.failure_reason or self.env._("E-mail failed."))
