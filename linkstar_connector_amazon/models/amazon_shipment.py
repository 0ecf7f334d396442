"""Inbound shipments into Amazon's warehouses."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import shipments

STATUS_NAMES = [
    ("WORKING", "Being prepared"),
    ("READY_TO_SHIP", "Ready to ship"),
    ("SHIPPED", "Shipped"),
    ("IN_TRANSIT", "In transit"),
    ("DELIVERED", "Delivered"),
    ("CHECKED_IN", "Checked in"),
    ("RECEIVING", "Receiving"),
    ("CLOSED", "Receiving complete"),
    ("CANCELLED", "Cancelled"),
    ("DELETED", "Deleted"),
    ("ERROR", "Error"),
]


class LinkstarAmazonShipment(models.Model):
    """A shipment: Amazon tells no times, so we note when each status was first seen."""

    _name = "linkstar.amazon.shipment"
    _description = "FBA inbound shipment"
    _order = "status_since desc, id desc"
    _rec_name = "reference"
    _rec_names_search = ["reference", "name"]

    account_id = fields.Many2one(
        "linkstar.amazon.account", required=True, ondelete="cascade", readonly=True
    )
    store_id = fields.Many2one(
        "linkstar.store", required=True, index=True, ondelete="restrict", readonly=True
    )
    reference = fields.Char(string="Shipment", required=True, readonly=True)
    name = fields.Char(readonly=True)
    destination = fields.Char(string="Warehouse", readonly=True)
    status = fields.Selection(STATUS_NAMES, required=True, readonly=True)
    status_since = fields.Datetime(
        string="Seen since", readonly=True, help="When this status was first seen."
    )
    first_seen = fields.Json(readonly=True, help="When each status was first seen.")
    is_items_due = fields.Boolean(readonly=True, index="btree_not_null")
    is_close_due = fields.Boolean(
        readonly=True, help="Closed, and to be told once its items are known."
    )
    is_short = fields.Boolean(
        string="Closed short", readonly=True, help="Less was received than was sent."
    )
    line_ids = fields.One2many("linkstar.amazon.shipment.line", "shipment_id")
    units_shipped = fields.Integer(compute="_compute_units", store=True)
    units_received = fields.Integer(compute="_compute_units", store=True)

    _reference_uniq = models.UniqueIndex(
        "(account_id, reference)", "An account has a shipment once."
    )

    @api.depends("line_ids.shipped", "line_ids.received")
    def _compute_units(self):
        for shipment in self:
            shipment.units_shipped = sum(shipment.line_ids.mapped("shipped"))
            shipment.units_received = sum(shipment.line_ids.mapped("received"))

    def _keep(self, account, store, data, now, baseline):
        """Keep a page of shipments; tell changes of status.

        :param data: Amazon's ``ShipmentData``
        :param baseline: True while what was there before us is collected
        :return: number of shipments that are new or changed
        """
        known = {
            shipment.reference: shipment
            for shipment in self.search(
                [
                    ("account_id", "=", account.id),
                    ("reference", "in", [entry["ShipmentId"] for entry in data]),
                ]
            )
        }
        changed, events = self.browse(), []
        for entry in {item["ShipmentId"]: item for item in data}.values():
            shipment = known.get(entry["ShipmentId"])
            status = entry.get("ShipmentStatus") or "WORKING"
            before = shipment.status if shipment else None
            if before == status or shipments.is_late_word(before, status):
                if status == "RECEIVING" and shipment:
                    shipment.is_items_due = True
                continue
            is_news = shipments.status_event(before, status, baseline)
            values = self._status_values(shipment, status, now, is_news)
            if shipment:
                shipment.write(values)
            else:
                shipment = self.create(
                    {
                        "account_id": account.id,
                        "store_id": store.id,
                        "reference": entry["ShipmentId"],
                        "name": entry.get("ShipmentName") or "",
                        "destination": entry.get("DestinationFulfillmentCenterId"),
                        **values,
                    }
                )
            changed |= shipment
            if is_news:
                events.append(shipment._event("shipment_status", status, before))
        self.env["linkstar.event"]._emit_batch(events)
        return len(changed)

    def _status_values(self, shipment, status, now, is_news):
        seen = dict(shipment.first_seen or {}) if shipment else {}
        seen.setdefault(status, now.isoformat())
        return {
            "status": status,
            "status_since": now,
            "first_seen": seen,
            "is_items_due": True,
            "is_close_due": is_news and status == "CLOSED",
        }

    def _event(self, type_code, status, before=None, **more):
        return {
            "store_id": self.store_id.id,
            "type": type_code,
            "key": f"{self.reference}:{status}",
            "payload": {
                "shipment": self.reference,
                "name": self.name or "",
                "status": status,
                "before": before or "",
                "destination": self.destination or "",
                **more,
            },
        }

    def _next_without_items(self, account):
        """The shipment whose items have waited longest, those to be told first."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM linkstar_amazon_shipment
                 WHERE account_id = %s AND is_items_due
                 ORDER BY is_close_due DESC NULLS LAST, status_since, id
                 LIMIT 1
                """,
                account.id,
            )
        )
        return self.browse(row[0] for row in rows)

    def _keep_items(self, data, now):
        """Keep what was sent and received; tell the end of a shipment that closed.

        :param data: Amazon's ``ItemData``
        :return: number of items
        """
        self.ensure_one()
        totals = {}
        for entry in data:
            shipped, received = totals.get(entry["SellerSKU"], (0, 0))
            totals[entry["SellerSKU"]] = (
                shipped + int(entry.get("QuantityShipped") or 0),
                received + int(entry.get("QuantityReceived") or 0),
            )
        lines = {line.sku: line for line in self.line_ids}
        for sku, (shipped, received) in totals.items():
            if sku in lines:
                lines[sku].write({"shipped": shipped, "received": received})
        self.env["linkstar.amazon.shipment.line"].create(
            [
                {
                    "shipment_id": self.id,
                    "sku": sku,
                    "shipped": shipped,
                    "received": received,
                }
                for sku, (shipped, received) in totals.items()
                if sku not in lines
            ]
        )
        if self.is_close_due:
            self._tell_closed()
        self.write({"is_items_due": False, "is_close_due": False})
        return len(totals)

    def _tell_closed(self):
        """Receiving is complete: one event, with what came short."""
        short = {
            line.sku: shipments.closed_short(line.shipped, line.received)
            for line in self.line_ids
        }
        short = {sku: units for sku, units in short.items() if units}
        self.is_short = bool(short)
        skus = sorted(self.line_ids.mapped("sku"))
        event = self._event(
            "shipment_closed",
            "CLOSED",
            sku=skus[0] if len(skus) == 1 else "",
            skus=skus,
            units_shipped=self.units_shipped,
            units_received=self.units_received,
            short=short,
            is_short=bool(short),
        )
        events = [{**event, "key": self.reference}]
        if short:
            # Its own kind: somebody must claim what is missing, in time.
            events.append({**events[0], "type": "shipment_short"})
        self.env["linkstar.event"]._emit_batch(events)
