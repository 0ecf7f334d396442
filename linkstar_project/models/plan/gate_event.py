"""Gates that open when something happened since the launch."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from ...engine import gate_rules


class LinkstarGate(models.Model):
    _inherit = "linkstar.gate"

    event_type_id = fields.Many2one(
        "linkstar.event.type", ondelete="restrict", index=True
    )
    payload_match = fields.Json(
        help="Values the event must carry, such as a campaign's type."
    )
    match_subject = fields.Boolean(
        string="About this SKU",
        default=True,
        help="An event that names SKUs or ASINs must name the project's own.",
    )

    @api.constrains("kind", "event_type_id", "payload_match")
    def _check_event(self):
        for gate in self.filtered(lambda gate: gate.kind == "event"):
            if not gate.event_type_id:
                raise ValidationError(
                    self.env._("A gate on an event needs the type of the event.")
                )
            if gate.payload_match and not isinstance(gate.payload_match, dict):
                raise ValidationError(
                    self.env._('Write the wanted values as {"name": "value"}.')
                )

    @api.model
    def _open_by_events(self, events):
        """Evaluate once the closed gates that these events may open.

        :param events: ``linkstar.event`` records
        :return: the gates that opened
        """
        events = events.sudo()
        if not events:
            return self.browse()
        domain = [("kind", "=", "event"), ("event_type_id", "in", events.type_id.ids)]
        if all(event.store_id for event in events):
            domain.append(("store_id", "in", self._event_store_ids(events.store_id)))
        gates = self._live_gates(domain)
        return gates._refresh() if gates else gates

    @api.model
    def _event_store_ids(self, stores):
        """A store and those it shares a stock pool with hear the same events."""
        pools = stores.stock_pool_store_id | stores
        sharing = (
            self.env["linkstar.store"]
            .sudo()
            .search([("stock_store_id", "in", pools.ids)])
        )
        return (pools | sharing).ids

    @api.model
    def _evaluate_event(self, gates, now):
        """Look the events up in one query and match them in memory."""
        gates = gates.sudo()
        events = self.env["linkstar.event"].sudo()
        since = min((gate._waits_since() for gate in gates), default=now)
        found = events.search(
            [
                ("type_id", "in", gates.event_type_id.ids),
                ("create_date", ">=", since),
                "|",
                ("store_id", "=", False),
                ("store_id", "in", self._event_store_ids(gates.store_id)),
            ],
            order="create_date, id",
        )
        payloads = {event.id: event.payload or {} for event in found}
        result = {}
        for gate in gates:
            match = next(
                (e for e in found if gate._is_opened_by(e, payloads[e.id])), None
            )
            if match:
                args = {"event": match.key, "date": str(match.occurred_at or "")}
                result[gate.id] = (True, "met", args)
            else:
                result[gate.id] = (False, "event_missing", {})
        return result

    def _waits_since(self):
        """The launch, to the second: events are recorded without fractions."""
        return self.project_id.create_date.replace(microsecond=0)

    def _is_opened_by(self, event, payload):
        """Tell whether an event is of this gate's type, place, time and matter."""
        project = self.project_id
        if event.type_id != self.event_type_id:
            return False
        if event.create_date < self._waits_since():
            return False
        stores = self.store_id | self.store_id.stock_pool_store_id
        if event.store_id and event.store_id not in stores:
            if event.store_id.stock_pool_store_id != self.store_id.stock_pool_store_id:
                return False
        if not gate_rules.payload_matches(payload, self.payload_match):
            return False
        listing = project.subject_listing_id
        if not (self.match_subject and listing):
            return True
        return gate_rules.names_listing(payload, listing.sku, listing.asin)

    def _explain_event(self, now):
        """Which event is missing since when, and what brings it."""
        return self.env._(
            "“%(event)s” has not happened in %(store)s since the launch on %(date)s. "
            "It opens by itself when the event is seen.",
            event=self.event_type_id.name,
            store=self.store_id.code,
            date=format_datetime(
                self.env, self.project_id.create_date, dt_format="short"
            ),
        )

    # -- snapshots ---------------------------------------------------------------

    def _to_snapshot(self):
        values = super()._to_snapshot()
        if self.kind == "event":
            values.update(
                event_type=self.event_type_id.code,
                payload_match=self.payload_match or None,
                match_subject=self.match_subject,
            )
        return values

    @api.model
    def _snapshot_refs(self, gates):
        refs = super()._snapshot_refs(gates)
        codes = [gate.get("event_type") for gate in gates]
        refs["event_type"] = self._codes_to_ids("linkstar.event.type", codes)
        return refs

    @api.model
    def _from_snapshot(self, gate, refs, lang):
        values = super()._from_snapshot(gate, refs, lang)
        if gate["kind"] == "event":
            values.update(
                event_type_id=refs["event_type"][gate["event_type"]],
                payload_match=gate.get("payload_match") or False,
                match_subject=gate.get("match_subject", True),
            )
        return values
