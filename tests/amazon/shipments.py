"""Inbound shipments to Amazon's warehouses: their life and what is received."""

from dataclasses import dataclass, replace
from random import Random

from .clock import DAY, HOUR

WORKING = "WORKING"
READY_TO_SHIP = "READY_TO_SHIP"
IN_TRANSIT = "IN_TRANSIT"
DELIVERED = "DELIVERED"
CHECKED_IN = "CHECKED_IN"
RECEIVING = "RECEIVING"
CLOSED = "CLOSED"
CANCELLED = "CANCELLED"
SHIPPED = "SHIPPED"

#: The states of a shipment in the order in which it passes them.
PATH = (
    WORKING,
    READY_TO_SHIP,
    SHIPPED,
    IN_TRANSIT,
    DELIVERED,
    CHECKED_IN,
    RECEIVING,
    CLOSED,
)
CENTRES = {"US": "ONT8", "CA": "YYZ1", "MX": "MEX5", "EU": "LEJ1", "JP": "NRT5"}


@dataclass(frozen=True, slots=True)
class Shipment:
    """A shipment with its whole life.

    ``items`` are (sku, units sent); ``timeline`` (seconds, state) in order;
    ``receipts`` (seconds, sku, units) in order. ``version`` grows when an
    intervention rewrites its future.
    """

    id: str
    name: str
    pool: str
    created: int
    items: tuple
    timeline: tuple
    receipts: tuple = ()
    version: int = 0

    @property
    def centre(self):
        """The warehouse it goes to."""
        return CENTRES[self.pool.rpartition("-")[2]]

    def status(self, now):
        """Return the state at a moment."""
        state = WORKING
        for moment, name in self.timeline:
            if moment > now:
                break
            state = name
        return state

    def updated(self, now):
        """Return when state or received units last changed, seen from a moment."""
        moments = [moment for moment, _state in self.timeline if moment <= now]
        moments += [moment for moment, _sku, _units in self.receipts if moment <= now]
        return max(moments, default=self.created)

    def received(self, now, sku=None):
        """Return the units received until a moment, of one SKU or of all."""
        return sum(
            units
            for moment, code, units in self.receipts
            if moment <= now and (sku is None or code == sku)
        )

    def sent(self, sku=None):
        """Return the units sent, of one SKU or of all."""
        return sum(units for code, units in self.items if sku in (None, code))


def shipment_id(rng):
    """Return an identifier as Amazon's."""
    return "FBA" + "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=9))


def planned(rng, pool, created, items, number):
    """Return a shipment that runs by itself; one in six closes short."""
    identifier = shipment_id(rng)
    name = f"{pool} replenishment {number}"
    if rng.random() < 0.04:
        timeline = ((created, WORKING), (created + DAY, CANCELLED))
        return Shipment(identifier, name, pool, created, items, timeline)
    steps = (0, 1.0, 0.5, 0.5, rng.uniform(7, 14), 0.7, 0.6, rng.uniform(2, 4))
    moment, timeline = float(created), []
    for state, days in zip(PATH, steps, strict=True):
        moment += days * DAY
        timeline.append((int(moment), state))
    start, end = timeline[-2][0], timeline[-1][0]
    short = rng.random() < 1 / 6
    receipts = []
    for place, (sku, units) in enumerate(items):
        arriving = units
        if short and place == 0:
            arriving -= max(1, units * rng.randint(3, 9) // 100)
        first = arriving * rng.randint(40, 70) // 100
        receipts.append((start + rng.randrange(2 * HOUR, DAY), sku, first))
        late = rng.randrange(DAY, end - start - HOUR)
        receipts.append((start + late, sku, arriving - first))
    return Shipment(
        identifier,
        name,
        pool,
        created,
        items,
        tuple(timeline),
        tuple(sorted(receipts)),
    )


def moved(shipment, now, state, received=None):
    """Return the shipment brought to a state at a moment; it then stays there.

    States between are passed at the same moment. When it closes, all units not yet
    received arrive, or those that ``received`` (sku → units in all) names; in
    ``RECEIVING`` only the named ones do.
    """
    timeline = [entry for entry in shipment.timeline if entry[0] < now]
    passed = {name for _moment, name in timeline}
    if state in PATH:
        between = PATH[: PATH.index(state) + 1]
        timeline += [(now, name) for name in between if name not in passed]
    if not timeline or timeline[-1][1] != state:
        timeline.append((now, state))
    receipts = [entry for entry in shipment.receipts if entry[0] < now]
    if state == CLOSED or (received and state == RECEIVING):
        for sku, units in shipment.items:
            so_far = sum(e[2] for e in receipts if e[1] == sku)
            target = (received or {}).get(sku, units if state == CLOSED else so_far)
            if target > so_far:
                receipts.append((now, sku, target - so_far))
    return replace(
        shipment,
        timeline=tuple(timeline),
        receipts=tuple(receipts),
        version=shipment.version + 1,
    )


def manual(seed, pool, created, items, number, name=None):
    """Return a shipment made by an intervention: it waits in WORKING."""
    rng = Random(f"manual shipment/{seed}/{pool}/{created}/{number}")
    return Shipment(
        shipment_id(rng),
        name or f"{pool} shipment {number}",
        pool,
        created,
        tuple(items),
        ((created, WORKING),),
    )
