"""One pass of all triggers over a batch of events."""

import json
import logging
from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine import formula as engine_formula
from ...engine import trigger_rules
from ...exceptions import AlreadyLaunched

_logger = logging.getLogger(__name__)
#: Log states that start a cooldown.
COUNTING = ("fired", "asked", "dismissed")


class Occasion:
    """Events that one trigger answers with one launch."""

    def __init__(self, trigger, key, store, subject_key, label):
        self.trigger = trigger
        self.key = key
        self.store = store
        self.subject_key = subject_key
        self.labels = [label] if label else []
        self.events = []

    def add(self, event, label):
        self.events.append(event)
        if label and label not in self.labels:
            self.labels.append(label)


class TriggerRun:
    """Match, group, hold or launch; see ``linkstar.event._process``.

    Everything that can be known for the whole batch is read once: payloads,
    listings, metrics of conditions, standing logs.
    """

    def __init__(self, events):
        self.env = events.env
        self.events = events
        self.now = fields.Datetime.now()
        self.skipped = defaultdict(lambda: defaultdict(list))
        self.failed = set()
        self.logs = []
        self.days = {}

    def run(self):
        """Answer the events and store what came of them."""
        triggers = self.env["linkstar.trigger"].search(
            [("event_type_id", "in", self.events.type_id.ids)]
        )
        if triggers:
            self.env["linkstar.trigger.log"].flush_model()
            self._read_events()
            answered = self._answered_before(triggers)
            occasions = []
            for trigger in triggers:
                occasions += self._occasions(trigger, answered)
            held = self._held(occasions)
            for occasion in occasions:
                self._decide(occasion, held)
            self.env["linkstar.trigger.log"].create(self.logs)
        self._close_events()

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------
    def _read_events(self):
        """Plain values of every event: attribute access on records is slow here."""
        self.by_type = defaultdict(list)
        payloads = {event.id: payload for event, payload in self._payloads(self.events)}
        stores = self.events.store_id
        stores.fetch(["marketplace_id", "state", "stock_store_id"])
        for event in self.events:
            listing = event.listing_id
            self.by_type[event.type_id.id].append(
                {
                    "id": event.id,
                    "store": event.store_id,
                    "sku": event.sku or "",
                    "listing_id": listing.id,
                    "lifecycle": listing.lifecycle if listing else None,
                    "supplier": listing.supplier_id if listing else None,
                    "occurred_at": event.occurred_at,
                    "payload": payloads[event.id],
                    "values": trigger_rules.flatten(payloads[event.id]),
                }
            )

    def _payloads(self, events):
        events.fetch(["payload"])
        return [(event, event.payload or {}) for event in events]

    def _answered_before(self, triggers):
        """Pairs (trigger, event) that have a log already: a retry skips them."""
        rows = self.env.execute_query(
            SQL(
                "SELECT l.trigger_id, r.event_id FROM linkstar_trigger_log_event_rel r"
                " JOIN linkstar_trigger_log l ON l.id = r.log_id"
                " WHERE r.event_id = ANY(%s) AND l.trigger_id = ANY(%s)"
                " AND l.state <> 'error'",
                self.events.ids,
                triggers.ids,
            )
        )
        return set(rows)

    # ------------------------------------------------------------------
    # Matching
    # ------------------------------------------------------------------
    def _occasions(self, trigger, answered):
        """Occasions of one trigger, keyed and grouped."""
        events = self.by_type[trigger.event_type_id.id]
        own, led = trigger._own_store_ids(), trigger._owner_store_ids()
        sites = set(trigger.marketplace_ids._ids)
        matched = []
        for event in events:
            code = self._filter(trigger, event, own, led, sites)
            if (trigger.id, event["id"]) in answered:
                code = "answered"
            if code:
                self.skipped[event["id"]][code].append(trigger.id)
            else:
                matched.append(event)
        return self._group(trigger, self._meeting_condition(trigger, matched))

    def _filter(self, trigger, event, own, led, sites):
        """Reason code if the event is not for this trigger, else None."""
        store = event["store"]
        if not store:
            return None if own else "no_store"
        if own is not None and store.id not in own:
            return "store"
        if led is not None and store.id not in led:
            return "owner_store"
        if sites and store.marketplace_id.id not in sites:
            return "marketplace"
        if store.state == "closed":
            return "store_closed"
        if not trigger_rules.lifecycle_allows(
            trigger.lifecycle_filter, event["lifecycle"]
        ):
            return "lifecycle"
        return None

    def _meeting_condition(self, trigger, events):
        """Events whose condition holds; the others are noted as skipped."""
        tree = trigger._condition_tree()
        if tree is None or not events:
            return events
        holds = engine_formula.compile_python(tree)
        codes = sorted(trigger_rules.metrics_of(tree))
        metrics = self._metrics(trigger, codes, events) if codes else None
        meeting = []
        for event in events:
            values = event["values"]
            if metrics is not None:
                where = event["store"].id, event["listing_id"] or 0
                values = values | metrics.get(where, {})
            verdict = holds(values)
            if verdict:
                meeting.append(event)
            else:
                code = "unknown" if verdict is None else "condition"
                self.skipped[event["id"]][code].append(trigger.id)
        return meeting

    def _metrics(self, trigger, codes, events):
        """Values of metrics per (store, listing or 0), two queries at most."""
        today = fields.Date.today()
        scope = {
            "date_from": today - timedelta(days=trigger.metric_days - 1),
            "date_to": today,
        }
        found = {}
        for listed, group_by in (
            (False, ["store_id"]),
            (True, ["store_id", "listing_id"]),
        ):
            stores = {e["store"].id for e in events if bool(e["listing_id"]) is listed}
            if not stores - {False}:
                continue
            query = self.env["linkstar.metric"]._sql(
                codes, group_by=group_by, store_ids=list(stores - {False}), **scope
            )
            for row in self.env.execute_query(query):
                where = tuple(row[: len(group_by)]) + (() if listed else (0,))
                found[where] = dict(zip(codes, row[len(group_by) :], strict=True))
        return found

    def _group(self, trigger, events):
        """Put events that share an occasion together."""
        occasions = {}
        for event in events:
            for store in event["store"] or trigger.store_ids:
                if trigger.by_stock_pool:
                    store = store.stock_store_id or store
                supplier = event["supplier"]
                key = trigger_rules.scope_key(
                    trigger.grouping,
                    store.id,
                    event["sku"],
                    supplier.id if supplier else None,
                )
                if trigger.anchor_from == "payload":
                    key += f"|on:{event['payload'].get('anchor_date', '')}"
                occasion = occasions.get(key)
                if occasion is None:
                    subject = self._subject_key(trigger, event, supplier)
                    occasion = occasions[key] = Occasion(
                        trigger, key, store, subject, event["sku"]
                    )
                occasion.add(event, event["sku"])
        return list(occasions.values())

    @staticmethod
    def _subject_key(trigger, event, supplier):
        """Subject of the launch: the SKU, or what several SKUs have in common."""
        if trigger.anchor_from == "payload" and event["payload"].get("subject_key"):
            return str(event["payload"]["subject_key"])
        if trigger.grouping == "supplier" and supplier:
            return f"supplier:{supplier.id}"
        if trigger.grouping == "none" and event["sku"]:
            return f"sku:{event['sku']}"
        return ""

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------
    def _held(self, occasions):
        """Mapping of (trigger, scope key) to (state, date) of its last occasion."""
        if not occasions:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (trigger_id, scope_key) trigger_id, scope_key,"
                " state, create_date FROM linkstar_trigger_log"
                " WHERE trigger_id = ANY(%s) AND scope_key = ANY(%s)"
                " AND state = ANY(%s)"
                " ORDER BY trigger_id, scope_key, (state = 'asked') DESC, id DESC",
                list({occasion.trigger.id for occasion in occasions}),
                list({occasion.key for occasion in occasions}),
                list(COUNTING),
            )
        )
        return {(trigger, key): (state, date) for trigger, key, state, date in rows}

    def _decide(self, occasion, held):
        trigger = occasion.trigger
        state, since = held.get((trigger.id, occasion.key), (None, None))
        if state == "asked":
            return self._log(occasion, "held", "waiting")
        if state:
            until = since + timedelta(days=trigger.cooldown_days)
            if self.now < until:
                args = {"since": str(since.date()), "until": str(until.date())}
                return self._log(occasion, "held", "cooldown", args)
        if not trigger.owner_id.active:
            return self._fail(occasion, "no_owner")
        if trigger.mode == "ask":
            return self._log(occasion, "asked", "asked")
        version = trigger._version()
        if not version:
            return self._fail(occasion, "no_version")
        return self._launch(occasion, version)

    def _launch(self, occasion, version):
        """Launch with the owner's rights; a failure stays with its own events."""
        entry = self._values(occasion, "fired", "launched")
        draft = self.env["linkstar.trigger.log"].new(entry)
        stores, named = draft._launch_arguments()
        try:
            with self.env.cr.savepoint():
                projects = version.with_user(occasion.trigger.owner_id).launch(
                    stores, **named
                )
            entry["project_id"] = projects[:1].id
            self.logs.append(entry)
        except AlreadyLaunched as error:
            entry |= {
                "state": "held",
                "reason_code": "running",
                "project_id": error.project_id,
            }
            self.logs.append(entry)
        except UserError as error:
            self._fail(occasion, "error", {"message": str(error)})
        except psycopg2.Error:
            raise  # a lost race: the whole batch is tried again
        except Exception:
            _logger.exception("Trigger %s failed", occasion.trigger.id)
            message = self.env._("An unexpected error; the server's log has details.")
            self._fail(occasion, "error", {"message": message})

    def _fail(self, occasion, code, args=None):
        self.failed.update(event["id"] for event in occasion.events)
        self._log(occasion, "error", code, args)

    def _log(self, occasion, state, code, args=None):
        self.logs.append(self._values(occasion, state, code, args))

    def _values(self, occasion, state, code, args=None):
        events = occasion.events
        return {
            "trigger_id": occasion.trigger.id,
            "store_id": occasion.store.id,
            "event_ids": [fields.Command.link(event["id"]) for event in events],
            "event_count": len(events),
            "scope_key": occasion.key,
            "subject_key": occasion.subject_key,
            "label": ", ".join(occasion.labels)[:500],
            "anchor_date": self._anchor_date(occasion),
            "state": state,
            "reason_code": code,
            "reason_args": args or {},
        }

    def _anchor_date(self, occasion):
        """Day 0 of the launch: of the payload, else the store's day of the event."""
        event = occasion.events[0]
        if occasion.trigger.anchor_from == "payload":
            text = event["payload"].get("anchor_date")
            return fields.Date.to_date(text) if text else False
        zone = ZoneInfo(occasion.store.tz or "UTC")
        moment = event["occurred_at"].replace(tzinfo=ZoneInfo("UTC"))
        return moment.astimezone(zone).date()

    # ------------------------------------------------------------------
    def _close_events(self):
        """States and reasons of all events in one statement."""
        rows = [
            {
                "id": id_,
                "state": "error" if id_ in self.failed else "done",
                "skipped": self.skipped.get(id_) or None,
            }
            for id_ in self.events.ids
        ]
        self.env.cr.execute(
            SQL(
                "UPDATE linkstar_event e SET state = g.state, skipped = g.skipped"
                " FROM json_to_recordset(%s::json)"
                " AS g(id int, state varchar, skipped jsonb) WHERE e.id = g.id",
                json.dumps(rows),
            )
        )
        self.events.invalidate_recordset(["state", "skipped"], flush=False)
