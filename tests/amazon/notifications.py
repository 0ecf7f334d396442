"""Notifications v1: destinations and subscriptions, kept but never delivered."""

from .errors import Refusal, invalid, not_found
from .operations import ANY_TOKEN, GRANTLESS, operation

BASE = "/notifications/v1"
#: Types Amazon delivers to SQS; the others go over EventBridge only.
SQS_TYPES = (
    "ACCOUNT_STATUS_CHANGED",
    "ANY_OFFER_CHANGED",
    "DATA_KIOSK_QUERY_PROCESSING_FINISHED",
    "FBA_INVENTORY_AVAILABILITY_CHANGES",
    "FBA_OUTBOUND_SHIPMENT_STATUS",
    "FEED_PROCESSING_FINISHED",
    "ORDER_CHANGE",
    "PRICING_HEALTH",
    "REPORT_PROCESSING_FINISHED",
    "TRANSACTION_UPDATE",
)
EVENT_BRIDGE_TYPES = (
    "LISTINGS_ITEM_STATUS_CHANGE",
    "LISTINGS_ITEM_ISSUES_CHANGE",
    "BRANDED_ITEM_CONTENT_CHANGE",
    "ITEM_PRODUCT_TYPE_CHANGE",
)


@operation("createDestination", "POST", BASE + "/destinations", 1, 5, GRANTLESS)
def create_destination(call):
    """Keep a destination: an SQS queue or an EventBridge."""
    body = call.request.json()
    resource = body.get("resourceSpecification") or {}
    if not body.get("name") or len(resource) != 1:
        raise invalid("name and one resourceSpecification are required.")
    mine = _destinations(call)
    if any(d["resource"] == resource for d in mine.values()):
        raise Refusal(409, "Conflict", "A destination for this resource exists.")
    if "eventBridge" in resource:
        resource = {"eventBridge": dict(resource["eventBridge"], name=body["name"])}
    identifier = f"destination-{len(call.world.destinations) + 1:06d}"
    destination = {
        "name": body["name"],
        "destinationId": identifier,
        "resource": resource,
    }
    call.world.destinations[call.application.id, identifier] = destination
    return {"payload": destination}


@operation("getDestinations", "GET", BASE + "/destinations", 1, 5, GRANTLESS)
def get_destinations(call):
    """Return the application's destinations."""
    return {"payload": list(_destinations(call).values())}


@operation(
    "getDestination", "GET", BASE + "/destinations/{destinationId}", 1, 5, GRANTLESS
)
def get_destination(call):
    """Return one destination."""
    return {"payload": _destination(call, call.values["destinationId"])}


@operation(
    "deleteDestination",
    "DELETE",
    BASE + "/destinations/{destinationId}",
    1,
    5,
    GRANTLESS,
)
def delete_destination(call):
    """Forget a destination."""
    found = _destination(call, call.values["destinationId"])
    del call.world.destinations[call.application.id, found["destinationId"]]
    return {}


@operation(
    "createSubscription", "POST", BASE + "/subscriptions/{notificationType}", 1, 5
)
def create_subscription(call):
    """Subscribe the seller to a notification type."""
    kind, body = call.values["notificationType"], call.request.json()
    if kind not in SQS_TYPES + EVENT_BRIDGE_TYPES:
        raise invalid(f"Notification type {kind} is not known.")
    destination = _destination(call, body.get("destinationId"))
    transport = "sqs" if kind in SQS_TYPES else "eventBridge"
    if transport not in destination["resource"]:
        raise invalid(f"{kind} cannot be sent to this kind of destination.")
    key = (call.account.seller_id, kind)
    if key in call.world.subscriptions:
        raise Refusal(409, "Conflict", "A subscription for this type exists.")
    call.world.subscriptions[key] = {
        "subscriptionId": f"subscription-{len(call.world.subscriptions) + 1:06d}",
        "payloadVersion": body.get("payloadVersion") or "1.0",
        "destinationId": destination["destinationId"],
    }
    return {"payload": call.world.subscriptions[key]}


@operation("getSubscription", "GET", BASE + "/subscriptions/{notificationType}", 1, 5)
def get_subscription(call):
    """Return the seller's subscription to a type."""
    return {"payload": _subscription(call)}


@operation(
    "getSubscriptionById",
    "GET",
    BASE + "/subscriptions/{notificationType}/{subscriptionId}",
    1,
    5,
    ANY_TOKEN,
)
def get_subscription_by_id(call):
    """Return a subscription by its id."""
    for subscription in call.world.subscriptions.values():
        if subscription["subscriptionId"] == call.values["subscriptionId"]:
            return {"payload": subscription}
    raise not_found("The subscription was not found.")


@operation(
    "deleteSubscriptionById",
    "DELETE",
    BASE + "/subscriptions/{notificationType}/{subscriptionId}",
    1,
    5,
    ANY_TOKEN,
)
def delete_subscription(call):
    """End a subscription."""
    for key, subscription in call.world.subscriptions.items():
        if subscription["subscriptionId"] == call.values["subscriptionId"]:
            del call.world.subscriptions[key]
            return {}
    raise not_found("The subscription was not found.")


def _destinations(call):
    return {
        identifier: destination
        for (owner, identifier), destination in call.world.destinations.items()
        if owner == call.application.id
    }


def _destination(call, identifier):
    try:
        return _destinations(call)[identifier]
    except KeyError:
        raise not_found(f"Destination {identifier} was not found.") from None


def _subscription(call):
    key = (call.account.seller_id, call.values["notificationType"])
    if key not in call.world.subscriptions:
        raise not_found(f"No subscription for {key[1]} was found.")
    return call.world.subscriptions[key]
