"""The outbox: everything that was, is or will be told, once."""

import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

STATES = [
    ("queued", "Queued"),
    ("sending", "Sending"),
    ("sent", "Sent"),
    ("uncertain", "Uncertain"),
    ("dead", "Not delivered"),
    ("cancelled", "Cancelled"),
]

COLUMNS = {
    "res_model": "varchar",
    "res_id": "int",
    "step": "varchar",
    "user_id": "int",
    "channel_id": "int",
    "due_at": "timestamp",
    "send_at": "timestamp",
    "title": "varchar",
    "code": "varchar",
    "store_id": "int",
    "needs_ack": "bool",
    "only_unacknowledged": "bool",
    "token": "varchar",
    "is_whole": "bool",
}


class LinkstarNotification(models.Model):
    """One message to one person on one channel about one step of one due date.

    Written by our code only: the access table gives nobody write rights. The unique
    index is what makes a reminder go out once, however often it is queued.
    """

    _name = "linkstar.notification"
    _description = "Notification"
    _order = "send_at desc, id desc"
    _rec_name = "title"

    res_model = fields.Char(string="Subject model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Subject", model_field="res_model", required=True, readonly=True
    )
    step = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Recipient",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    channel_id = fields.Many2one(
        "linkstar.channel", required=True, readonly=True, ondelete="restrict"
    )
    due_at = fields.Datetime(
        string="Due", required=True, readonly=True, help="Deadline of the subject."
    )
    send_at = fields.Datetime(
        string="To send", required=True, readonly=True, help="Not sent before."
    )
    title = fields.Char(required=True, readonly=True)
    code = fields.Char(readonly=True, help="Store and number of the subject.")
    store_id = fields.Many2one(
        "linkstar.store", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    needs_ack = fields.Boolean(string="Asks for acknowledgement", readonly=True)
    only_unacknowledged = fields.Boolean(readonly=True)
    is_whole = fields.Boolean(
        string="A message of its own",
        readonly=True,
        help="Never put together with others; its subject writes the text.",
    )
    state = fields.Selection(STATES, default="queued", required=True, readonly=True)
    attempts = fields.Integer(readonly=True, aggregator=None)
    next_attempt_at = fields.Datetime(readonly=True)
    claimed_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)
    acknowledged_at = fields.Datetime(readonly=True)
    mail_id = fields.Integer(readonly=True, aggregator=None)
    token = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)

    _once = models.UniqueIndex(
        "(res_model, res_id, due_at, step, user_id, channel_id)",
        "This reminder is queued already.",
    )
    _token_once = models.UniqueIndex("(token)")
    _to_send = models.Index("(send_at, id) WHERE state = 'queued'")
    _in_mail = models.Index("(mail_id) WHERE mail_id > 0")
    _in_flight = models.Index("(claimed_at) WHERE state = 'sending'")
    _unacknowledged = models.Index(
        "(user_id, res_model, res_id) WHERE needs_ack AND acknowledged_at IS NULL"
    )

    @api.model
    @api.private
    def _queue(self, rows):
        """Queue messages; those queued before stay as they are.

        :param rows: dicts with ``res_model``, ``res_id``, ``step`` (code),
            ``user_id``, ``channel_id``, ``due_at`` (naive UTC), ``title``, and if
            wanted ``send_at`` (default: ``due_at``), ``code``, ``store_id``,
            ``needs_ack``, ``only_unacknowledged``, ``is_whole``
        :return: how many are new
        """
        rows = [
            {
                **row,
                "send_at": row.get("send_at") or row["due_at"],
                "needs_ack": bool(row.get("needs_ack")),
                "only_unacknowledged": bool(row.get("only_unacknowledged")),
                "is_whole": bool(row.get("is_whole")),
                "token": secrets.token_urlsafe(24),
            }
            for row in rows
        ]
        if not rows:
            return 0
        self.env["linkstar.channel"].flush_model()
        self.flush_model()
        arrays = SQL(", ").join(
            SQL("%s::" + kind + "[]", [row.get(name) or None for row in rows])
            if kind != "bool"
            else SQL("%s::bool[]", [row[name] for row in rows])
            for name, kind in COLUMNS.items()
        )
        names = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO linkstar_notification (%(names)s, state, attempts,
                       create_uid, create_date, write_uid, write_date)
                SELECT row.*, 'queued', 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(arrays)s) AS row
                ON CONFLICT DO NOTHING
                """,
                names=names,
                arrays=arrays,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_model()
        return self.env.cr.rowcount

    # --- Acknowledging ---

    @api.model
    def _of_token(self, token):
        """Return the notification of an acknowledgement link, or nothing (sudo)."""
        if not token or len(token) > 64:
            return self.sudo().browse()
        return self.sudo().search([("token", "=", token)], limit=1)

    def acknowledge(self):
        """Confirm receipt of these notifications: each its recipient's own.

        All rows that speak to the same person about the same due date are confirmed
        together, so that one tap stops every channel.

        :return: True
        """
        self.check_access("read")
        foreign = self.filtered(lambda row: row.user_id != self.env.user)
        if foreign:
            raise AccessError(
                self.env._(
                    "“%(title)s” was sent to somebody else. Only its recipient can "
                    "acknowledge it.",
                    title=foreign[0].title,
                )
            )
        if self:
            self._acknowledge_for(
                self.env.user, {(r.res_model, r.res_id) for r in self.sudo()}
            )
        return True

    @api.model
    @api.private
    def _acknowledge_for(self, user, subjects):
        """Confirm everything sent to ``user`` about ``subjects`` (model, id pairs)."""
        by_model = {}
        for model, res_id in subjects:
            by_model.setdefault(model, []).append(res_id)
        for model, res_ids in by_model.items():
            rows = self.sudo().search(
                [
                    ("user_id", "=", user.id),
                    ("res_model", "=", model),
                    ("res_id", "in", res_ids),
                    ("needs_ack", "=", True),
                    ("acknowledged_at", "=", False),
                ]
            )
            rows.write({"acknowledged_at": fields.Datetime.now()})
            rows._log_acknowledged(user)

    def _log_acknowledged(self, user):
        """Leave a trace of who confirmed what in the audit trail."""
        rows = [
            {
                "res_id": res_id,
                "res_name": group[0].title,
                "store_id": group[0].store_id.id or None,
                "store_code": group[0].store_id.code or None,
                "action": "other",
                "field_name": "acknowledged_at",
                "new_value": fields.Datetime.to_string(group[0].acknowledged_at),
                "reason": user.name,
                "res_model": model,
            }
            for (model, res_id), group in self.grouped(
                lambda r: (r.res_model, r.res_id)
            ).items()
        ]
        for model in {row["res_model"] for row in rows}:
            self.env["linkstar.audit.entry"].sudo()._append(
                model, [row for row in rows if row["res_model"] == model]
            )

    # --- What a person decides about a message that did not arrive ---

    def _check_admin(self):
        if not self.env.user.has_group("linkstar_project.group_admin"):
            raise AccessError(
                self.env._(
                    "Only LinkStar administrators resend or close notifications. "
                    "Ask one of them."
                )
            )

    def action_resend(self):
        """Queue undelivered or uncertain messages again, at once."""
        self._check_admin()
        wrong = self.filtered(lambda row: row.state not in ("dead", "uncertain"))
        if wrong:
            raise UserError(
                self.env._(
                    "“%(title)s” is neither undelivered nor uncertain, so it cannot "
                    "be sent again.",
                    title=wrong[0].title,
                )
            )
        self.sudo().write(
            {
                "state": "queued",
                "attempts": 0,
                "next_attempt_at": False,
                "send_at": fields.Datetime.now(),
                "error": False,
            }
        )
        self.env.ref("linkstar_project.cron_send").sudo()._trigger()
        return True

    def action_close(self):
        """Take undelivered or uncertain messages off the list: seen, no need."""
        self._check_admin()
        rows = self.filtered(lambda row: row.state in ("dead", "uncertain", "queued"))
        rows.sudo().write({"state": "cancelled"})
        return True

    def action_open_subject(self):
        """Open the record that the message speaks of."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    @api.autovacuum
    def _gc_old(self):
        """Drop what was told more than a year ago; undelivered rows stay."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=365)
        old = self.sudo().search(
            [("state", "in", ("sent", "cancelled")), ("send_at", "<", limit)],
            limit=10_000,
        )
        old.unlink()
