"""Streams by code, in the order in which an account first runs them."""

from .ad_groups import AdGroups
from .inbound import Inbound, InboundItems
from .inventory import Inventory
from .orders import Orders

HANDLERS = {
    handler.code: handler
    for handler in (Orders, Inventory, Inbound, InboundItems, AdGroups)
}
