"""One pass of all triggers over a batch of events."""

import itertools
import json
import logging
from collections import defaultdict
from datetime import timedelta

import psycopg2
from psycopg2.errors import LockNotAvailable, UniqueViolation
from psycopg2.extensions import TransactionRollbackError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine import formula as engine_formula
from ...engine import trigger_rules
from ...exceptions import AlreadyLaunched
from ..measure.store_window import store_day, store_values
from .log_rows import insert_logs
from .occasion import Occasion, fault_of, payload_day, subject_key_of

_logger = logging.getLogger(__name__)
#: Log states that start a cooldown.
COUNTING = ("fired", "asked", "dismissed")
MAX_DAYS = 36_500
#: A lost race: the whole batch is tried again. Any other fault stays with its event.
RETRIED = (TransactionRollbackError, LockNotAvailable)


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
            self._read_stores(triggers)
            answered = self._answered_before(triggers)
            occasions = []
            for trigger in triggers:
                occasions += self._occasions(trigger, answered)
            held = self._held(occasions)
            for occasion in occasions:
                self._decide(occasion, held)
            self._write_logs()
        self._close_events()

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------
    def _read_events(self):
        """Plain values of every event: attribute access on records is slow here."""
        self.by_type = defaultdict(list)
        payloads = {event.id: payload for event, payload in self._payloads(self.events)}
        for event in self.events:
            listing = event.listing_id
            self.by_type[event.type_id.id].append(
                {
                    "id": event.id,
                    "store_id": event.store_id.id,
                    "sku": event.sku or "",
                    "listing_id": listing.id or 0,
                    "lifecycle": listing.lifecycle if listing else None,
                    "supplier_id": listing.supplier_id.id if listing else None,
                    "occurred_at": event.occurred_at,
                    "payload": payloads[event.id],
                    "values": trigger_rules.flatten(payloads[event.id]),
                }
            )

    def _read_stores(self, triggers):
        """Stores that events name, and those that account-wide events stand for."""
        stores = self.events.store_id
        if not all(event.store_id for event in self.events):
            stores |= triggers.store_ids | triggers.group_ids.store_ids
        self.stores = {
            store.id: (
                store.marketplace_id.id,
                store.state == "closed",
                store.stock_store_id.id or store.id,
            )
            for store in stores
        }

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
        sites, wanted = set(trigger.marketplace_ids._ids), trigger.lifecycle_filter
        trigger_id, matched = trigger.id, []
        expanded = {
            store_id: self._store_reason(store_id, own, led, sites)
            for store_id in sorted(own or ())
            if store_id in self.stores
        }
        targets = [store_id for store_id, code in expanded.items() if not code]
        for event in events:
            if event["store_id"]:
                code = self._filter(event, own, led, sites, wanted)
            else:
                code = None if targets else next(iter(expanded.values()), "no_store")
            if answered and (trigger_id, event["id"]) in answered:
                code = "answered"
            if code:
                self.skipped[event["id"]][code].append(trigger_id)
            else:
                matched.append(event)
        try:
            meeting = self._meeting_condition(trigger, matched)
        except RETRIED:
            raise
        except Exception:
            _logger.exception("Condition of trigger %s failed", trigger_id)
            self._fail_matched(trigger, matched)
            return []
        return self._group(trigger, meeting, targets)

    def _fail_matched(self, trigger, events):
        """The condition cannot be read: an error of each store's events."""
        occasions = {}
        for event in events:
            store_id = event["store_id"]
            if store_id not in occasions:
                occasions[store_id] = Occasion(trigger, f"store:{store_id}", store_id)
            occasions[store_id].events.append(event)
        for occasion in occasions.values():
            self._fail(occasion, "error", self._unexpected())

    def _filter(self, event, own, led, sites, wanted):
        """Reason code if the event is not for a trigger, else None.

        :param own: ids of the trigger's stores, None for all
        :param led: ids of the stores its owner leads, None for all
        :param sites: ids of its marketplaces, empty for all
        :param wanted: its lifecycle filter
        """
        code = self._store_reason(event["store_id"], own, led, sites)
        if code:
            return code
        if not trigger_rules.lifecycle_allows(wanted, event["lifecycle"]):
            return "lifecycle"
        return None

    def _store_reason(self, store_id, own, led, sites):
        """Reason code if a trigger is not for a store, else None."""
        site_id, closed, _pool_id = self.stores[store_id]
        if own is not None and store_id not in own:
            return "store"
        if led is not None and store_id not in led:
            return "owner_store"
        if sites and site_id not in sites:
            return "marketplace"
        return "store_closed" if closed else None

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
                where = event["store_id"], event["listing_id"]
                values = values | metrics.get(where, {})
            verdict = holds(values)
            if verdict:
                meeting.append(event)
            else:
                code = "unknown" if verdict is None else "condition"
                self.skipped[event["id"]][code].append(trigger.id)
        return meeting

    def _metrics(self, trigger, codes, events):
        """Values of metrics per (store, listing or False), of own days and currency."""
        stores = self.env["linkstar.store"]
        found = {}
        for listed in (False, True):
            ids = {e["store_id"] for e in events if bool(e["listing_id"]) is listed}
            if ids - {False}:
                # A figure out of range must not undo what others launched.
                with self.env.cr.savepoint(flush=False):
                    found |= store_values(
                        stores.browse(sorted(ids - {False})),
                        codes,
                        trigger.metric_days,
                        self.now,
                        per_listing=listed,
                    )
        return found

    def _group(self, trigger, events, targets):
        """Put events that share an occasion together; faulty ones fail by themselves.

        :param targets: ids of stores that an account-wide event stands for
        """
        occasions = {}
        grouping, by_pool = trigger.grouping, trigger.by_stock_pool
        by_payload = trigger.anchor_from == "payload"
        for event in events:
            fault = fault_of(event, by_payload)
            if fault:
                alone = Occasion(trigger, f"event:{event['id']}", event["store_id"])
                alone.events.append(event)
                self._fail(alone, fault)
                continue
            for store_id in (event["store_id"],) if event["store_id"] else targets:
                if by_pool and store_id in self.stores:
                    store_id = self.stores[store_id][2]
                key = trigger_rules.scope_key(
                    grouping, store_id, event["sku"], event["supplier_id"]
                )
                if by_payload:
                    key += f"|on:{payload_day(event['payload']) or ''}"
                occasion = occasions.get(key)
                if occasion is None:
                    subject = subject_key_of(grouping, by_payload, event)
                    occasion = Occasion(trigger, key, store_id, subject)
                    occasions[key] = occasion
                occasion.events.append(event)
        return list(occasions.values())

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
            until = since + timedelta(days=min(trigger.cooldown_days, MAX_DAYS))
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
        try:
            with self.env.cr.savepoint():
                draft = self.env["linkstar.trigger.log"].new(entry)
                stores, named = draft._launch_arguments()
                projects = version.with_user(occasion.trigger.owner_id).launch(
                    stores, **named
                )
                projects._linkstar_join_subject(occasion.subject_key)
            entry["project_id"] = projects[:1].id
            self.logs.append((occasion, entry))
        except AlreadyLaunched as error:
            entry |= {
                "state": "held",
                "reason_code": "running",
                "project_id": error.project_id,
            }
            self.logs.append((occasion, entry))
        except UserError as error:
            self._fail(occasion, "error", {"message": str(error)})
        except RETRIED:
            raise
        except Exception:
            _logger.exception("Trigger %s failed", occasion.trigger.id)
            self._fail(occasion, "error", self._unexpected())

    def _unexpected(self):
        message = self.env._("An unexpected error; the server's log has details.")
        return {"message": message}

    def _fail(self, occasion, code, args=None):
        self.failed.update(event["id"] for event in occasion.events)
        self._log(occasion, "error", code, args)

    def _log(self, occasion, state, code, args=None):
        self.logs.append((occasion, self._values(occasion, state, code, args)))

    def _values(self, occasion, state, code, args=None):
        return {
            "trigger_id": occasion.trigger.id,
            "store_id": occasion.store_id,
            "event_count": len(occasion.events),
            "scope_key": occasion.key,
            "subject_key": occasion.subject_key,
            "label": occasion.label(),
            "anchor_date": self._anchor_date(occasion),
            "state": state,
            "reason_code": code,
            "reason_args": args or {},
        }

    def _anchor_date(self, occasion):
        """Day 0 of the launch: of the payload, else the store's day of the event."""
        event = occasion.events[0]
        if occasion.trigger.anchor_from == "payload":
            try:
                return payload_day(event["payload"])
            except ValueError:
                return False
        where = occasion.store_id, event["occurred_at"]
        if where not in self.days:
            store = self.env["linkstar.store"].browse(occasion.store_id)
            self.days[where] = store_day(store, event["occurred_at"])
        return self.days[where]

    def _write_logs(self):
        """Create the logs, and link their events in one statement."""
        if not self.logs:
            return
        logs = self._create_logs()
        asked = [values["state"] == "asked" for _occasion, values in self.logs]
        proposals = logs.browse(itertools.compress(logs.ids, asked))
        # What another worker proposed meanwhile is held here, not asked again.
        logs._tell_leads(proposals.filtered(lambda log: log.state == "asked"))
        log_ids, event_ids = zip(
            *(
                (log_id, event["id"])
                for log_id, (occasion, _values) in zip(logs.ids, self.logs, strict=True)
                for event in occasion.events
            ),
            strict=True,
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO linkstar_trigger_log_event_rel (log_id, event_id)"
                " SELECT * FROM unnest(%s::int[], %s::int[])"
                " ON CONFLICT DO NOTHING",
                f"{{{','.join(map(str, log_ids))}}}",
                f"{{{','.join(map(str, event_ids))}}}",
            )
        )
        logs.invalidate_recordset(["event_ids"], flush=False)
        self.events.invalidate_recordset(["log_ids"], flush=False)

    def _create_logs(self):
        """All at once; if one cannot be stored, each by itself."""
        logs = self.env["linkstar.trigger.log"]
        try:
            with self.env.cr.savepoint():
                return insert_logs(self.env, [values for _o, values in self.logs])
        except RETRIED:
            raise
        except psycopg2.Error:
            return logs.union(*(self._create_log(*entry) for entry in self.logs))

    def _create_log(self, occasion, values):
        logs = self.env["linkstar.trigger.log"]
        try:
            with self.env.cr.savepoint():
                return logs.create(values)
        except RETRIED:
            raise
        except UniqueViolation:
            # Another worker proposed the same in the meantime.
            return logs.create(values | {"state": "held", "reason_code": "waiting"})
        except psycopg2.Error:
            _logger.exception("Log of trigger %s failed", occasion.trigger.id)
            self.failed.update(event["id"] for event in occasion.events)
            return logs.create(
                {
                    "trigger_id": occasion.trigger.id,
                    "store_id": occasion.store_id,
                    "event_count": len(occasion.events),
                    "state": "error",
                    "reason_code": "error",
                    "reason_args": self._unexpected(),
                }
            )

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
