"""Events: what happened, or failed to happen, once."""

import json
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...engine import trigger_rules
from .trigger_run import TriggerRun

MAX_KEY = 200
MAX_PAYLOAD = 20_000


class LinkstarEvent(models.Model):
    """Something happened once: store × type × key is unique.

    Written by :meth:`emit` and :meth:`_emit_batch` only; triggers answer later, in
    :meth:`_process`, so that sending an event is quick and never fails because of
    what follows from it.
    """

    _name = "linkstar.event"
    _description = "Event"
    _order = "occurred_at desc, id desc"
    _rec_name = "key"

    store_id = fields.Many2one(
        "linkstar.store",
        readonly=True,
        ondelete="restrict",
        help="Empty: the whole account.",
    )
    type_id = fields.Many2one(
        "linkstar.event.type", required=True, readonly=True, ondelete="restrict"
    )
    type_code = fields.Char(related="type_id.code", string="Type code")
    key = fields.Char(
        required=True, readonly=True, help="The same happening has the same key."
    )
    sku = fields.Char(string="MSKU", readonly=True)
    listing_id = fields.Many2one("linkstar.listing", readonly=True, ondelete="set null")
    occurred_at = fields.Datetime(required=True, readonly=True, index=True)
    payload = fields.Json(readonly=True, prefetch=False)
    payload_text = fields.Text(compute="_compute_payload_text", string="Details")
    source = fields.Selection(
        [("connector", "Connection"), ("api", "Other system"), ("system", "LinkStar")],
        required=True,
        readonly=True,
        default="system",
    )
    state = fields.Selection(
        [("new", "To process"), ("done", "Done"), ("error", "Failed")],
        required=True,
        readonly=True,
        default="new",
    )
    skipped = fields.Json(readonly=True, prefetch=False)
    log_ids = fields.Many2many(
        "linkstar.trigger.log",
        "linkstar_trigger_log_event_rel",
        "event_id",
        "log_id",
        string="Triggers",
        readonly=True,
    )
    outcome_text = fields.Text(compute="_compute_outcome_text", string="What followed")

    _key_uniq = models.UniqueIndex(
        "(COALESCE(store_id, 0), type_id, key)", "This event was told before."
    )
    _new_idx = models.Index("(id) WHERE state = 'new'")
    _store_idx = models.Index("(store_id, type_id, occurred_at)")

    @api.depends("payload")
    def _compute_payload_text(self):
        for event in self:
            payload = event.payload or {}
            event.payload_text = "\n".join(
                f"{name.removeprefix('payload.')}: {value}"
                for name, value in trigger_rules.flatten(payload).items()
            )

    @api.depends("type_id.name", "store_id.code", "sku")
    def _compute_display_name(self):
        for event in self:
            parts = [event.type_id.name, event.store_id.code, event.sku]
            event.display_name = " · ".join(filter(None, parts))

    @api.depends("skipped", "log_ids")
    def _compute_outcome_text(self):
        """Which triggers answered, were held or did not apply, and why."""
        trigger_ids = {
            trigger
            for event in self
            for ids in (event.skipped or {}).values()
            for trigger in ids
        }
        triggers = self.env["linkstar.trigger"].sudo().with_context(active_test=False)
        names = {item.id: item.name for item in triggers.browse(trigger_ids).exists()}
        words = self.env["linkstar.trigger.log"]._reason_sentences()
        for event in self:
            lines = [f"{log.trigger_id.name}: {log.reason}" for log in event.log_ids]
            for code, ids in (event.skipped or {}).items():
                lines += [
                    f"{names[id_]}: {words.get(code, code)}"
                    for id_ in ids
                    if id_ in names
                ]
            if not lines and event.state == "done":
                lines = [self.env._("No trigger answers this type of event.")]
            event.outcome_text = "\n".join(lines)

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------
    @api.model
    def emit(self, store, type, key, payload=None, occurred_at=None):  # noqa: A002
        """Tell that something happened; telling it again changes nothing.

        :param store: id or record of a store the caller is a member of, or False
            for the whole account (administrators)
        :param type: code of an event type that is open to any system
        :param key: text that is the same for the same happening, at most 200 long
        :param payload: dict of what is known, such as ``{"sku": "K1"}``
        :param occurred_at: UTC time (ISO text or datetime); default now
        :return: the event, new or the one that stands (over the API: its id)
        :raise AccessError: for stores of others and types of connections only
        :raise UserError: naming what is wrong with the event
        """
        self.check_access("read")
        store_id = store.id if isinstance(store, models.BaseModel) else store
        self._check_emitter(store_id, type)
        row = {
            "store_id": store_id or False,
            "type": type,
            "key": key,
            "payload": payload,
            "occurred_at": occurred_at,
            "source": "api",
        }
        try:
            event = self.sudo()._emit_batch([row])
        except ValueError as error:
            raise UserError(str(error)) from error
        return event.with_env(self.env)

    def _check_emitter(self, store_id, type_code):
        if self.env.su:
            return
        if store_id:
            if not isinstance(store_id, int):
                raise UserError(self.env._("Give the store as its id."))
            self.env["linkstar.store"].browse(store_id)._check_member("write")
        elif not self.env.user.has_group("linkstar_project.group_admin"):
            raise AccessError(
                self.env._(
                    "Only an administrator may tell an event of the whole account. "
                    "Name one of your stores."
                )
            )
        types = self.env["linkstar.event.type"].sudo()
        if types.search_count(
            [("code", "=", type_code), ("emitter", "=", "connector")], limit=1
        ):
            raise AccessError(
                self.env._(
                    "Events of type %(type)s come from connections only. Create a type "
                    "of your own under Settings, Event types.",
                    type=type_code,
                )
            )

    @api.model
    def _emit_batch(self, rows):
        """Tell many events in three statements; for code of ours only.

        :param rows: list of dicts: ``store_id`` (or False), ``type`` (code),
            ``key``, optionally ``payload`` (dict), ``occurred_at`` (UTC, default
            now), ``source`` (default ``connector``)
        :return: the events, new ones and those that stand, in the order of rows
        :raise ValueError: naming what is wrong; then nothing was written
        """
        rows = [self._checked_row(row) for row in rows]
        if not rows:
            return self.browse()
        self._check_stores({row["store_id"] for row in rows} - {None})
        given = SQL(
            "json_to_recordset(%s::json) AS g(store_id int, type_id int, key varchar,"
            " sku varchar, occurred_at timestamp, payload jsonb, source varchar)",
            json.dumps(list({_identity(row): row for row in reversed(rows)}.values())),
        )
        new_ids = self._insert_events(given)
        standing = self.env.execute_query(
            SQL(
                "SELECT e.id, e.store_id, e.type_id, e.key FROM linkstar_event e"
                " JOIN %s ON COALESCE(e.store_id, 0) = COALESCE(g.store_id, 0)"
                " AND e.type_id = g.type_id AND e.key = g.key",
                given,
            )
        )
        ids = {tuple(key): id_ for id_, *key in standing}
        events = self.browse(dict.fromkeys(ids[_identity(row)] for row in rows))
        if new_ids:
            self._after_emit(self.browse(new_ids))
        return events

    def _insert_events(self, given):
        self.env["linkstar.listing"].flush_model()
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO linkstar_event (store_id, type_id, key, sku, listing_id,
                       occurred_at, payload, source, state,
                       create_uid, create_date, write_uid, write_date)
                SELECT g.store_id, g.type_id, g.key, g.sku, l.id, g.occurred_at,
                       g.payload, g.source, 'new', %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM %(given)s
                  LEFT JOIN linkstar_listing l
                         ON l.store_id = g.store_id AND l.sku = g.sku
                 WHERE NOT EXISTS (
                    SELECT FROM linkstar_event e
                     WHERE COALESCE(e.store_id, 0) = COALESCE(g.store_id, 0)
                       AND e.type_id = g.type_id AND e.key = g.key)
                    ON CONFLICT DO NOTHING
             RETURNING id
                """,
                given=given,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        return sorted(row[0] for row in inserted)

    def _after_emit(self, events):
        """Gates that wait for such events open now; triggers answer soon after."""
        self.env["linkstar.gate"]._open_by_events(events)
        cron = self.env.ref("linkstar_project.cron_process_events", False)
        if cron:
            cron.sudo()._trigger()

    def _checked_row(self, row):
        """One row as the table wants it, in JSON's types."""
        type_id = self.env["linkstar.event.type"]._ids_by_code().get(row.get("type"))
        if not type_id:
            raise ValueError(
                self.env._("There is no event type %(type)s.", type=row.get("type"))
            )
        key, payload = row.get("key"), row.get("payload") or {}
        if not isinstance(key, str) or not 0 < len(key) <= MAX_KEY or "\0" in key:
            raise ValueError(
                self.env._(
                    "An event needs a key: a text of at most %(size)s characters that "
                    "is the same for the same happening.",
                    size=MAX_KEY,
                )
            )
        self._check_payload(row["type"], type_id, payload)
        sku = payload.get("sku")
        return {
            "store_id": row.get("store_id") or None,
            "type_id": type_id,
            "key": key,
            "sku": sku if isinstance(sku, str) and sku else None,
            "occurred_at": self._checked_time(row.get("occurred_at")).isoformat(),
            "payload": payload,
            "source": row.get("source") or "connector",
        }

    def _check_payload(self, type_code, type_id, payload):
        try:
            size = len(json.dumps(payload, allow_nan=False))
        except (TypeError, ValueError, RecursionError):
            size = -1
        if (
            not isinstance(payload, dict)
            or not 0 <= size <= MAX_PAYLOAD
            or "\\u0000" in json.dumps(payload)
        ):
            raise ValueError(
                self.env._(
                    "The payload must be an object of plain values, at most "
                    "%(size)s characters long.",
                    size=MAX_PAYLOAD,
                )
            )
        schema = self.env["linkstar.event.type"].sudo().browse(type_id).payload_schema
        problem = schema and trigger_rules.payload_problem(payload, schema)
        if problem:
            raise ValueError(
                self.env._(
                    "An event %(type)s needs %(field)s in its payload, of the type its "
                    "definition names.",
                    type=type_code,
                    field=problem[1],
                )
            )

    def _checked_time(self, value):
        now = fields.Datetime.now()
        if not value:
            return now
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else value
            if moment.tzinfo:
                moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
            if not datetime(2000, 1, 1) < moment < now + timedelta(days=1):
                raise ValueError(value)
        except (AttributeError, OverflowError, ValueError):
            raise ValueError(
                self.env._(
                    "%(value)s is not a time of the past in UTC, such as "
                    "2026-01-31 12:00:00.",
                    value=str(value)[:40],
                )
            ) from None
        return moment

    def _check_stores(self, ids):
        wrong = {item for item in ids if type(item) is not int}
        if not wrong:
            wrong = ids - set(
                self.env["linkstar.store"].sudo().browse(ids).exists()._ids
            )
        if wrong:
            raise ValueError(
                self.env._(
                    "There is no store %(ids)s.",
                    ids=", ".join(sorted(map(str, wrong))[:10]),
                )
            )

    # ------------------------------------------------------------------
    # Answering
    # ------------------------------------------------------------------
    @api.model
    def _process(self, limit=1000):
        """Let triggers answer the oldest new events.

        Events are locked while they are answered, those another worker holds are
        left to it. An event whose launch fails is marked so, with the reason in
        the log; the others go on.

        :param limit: how many events at most
        :return: how many were processed
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM linkstar_event WHERE state = 'new'"
                " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                limit,
            )
        )
        events = self.sudo().browse(row[0] for row in rows)
        if events:
            TriggerRun(events).run()
            self.env.flush_all()
            self.env.invalidate_all()
        return len(events)

    @api.model
    def _cron_process(self):
        """Scheduled action: process until nothing is left or the time is up."""
        cron = self.env["ir.cron"]
        while True:
            done = self._process()
            remaining = self.sudo().search_count([("state", "=", "new")], limit=5000)
            if not cron._commit_progress(done, remaining=remaining) or not done:
                break

    def action_retry(self):
        """Let the triggers answer failed events again."""
        self.check_access("read")
        self.store_id._check_lead()
        failed = self.sudo().filtered(lambda event: event.state == "error")
        if failed.filtered(lambda event: not event.store_id):
            self._check_emitter(False, "")
        failed.write({"state": "new"})
        failed._after_emit(failed.browse())
        return True


def _identity(row):
    return row["store_id"], row["type_id"], row["key"]
