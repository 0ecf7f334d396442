"""What a trigger answers with one launch, and what makes an event unanswerable."""

from datetime import date

#: Longest MSKU or subject of an occasion; its key is indexed.
MAX_SUBJECT = 200


class Occasion:
    """Events that one trigger answers with one launch."""

    __slots__ = ("events", "key", "store_id", "subject_key", "trigger")

    def __init__(self, trigger, key, store_id, subject_key=""):
        self.trigger = trigger
        self.key = key
        self.store_id = store_id
        self.subject_key = subject_key
        self.events = []

    def label(self):
        """What it is about: the event's own label, else the MSKUs, each once."""
        label = self.events[0]["payload"].get("label")
        if self.trigger.anchor_from == "payload" and isinstance(label, str) and label:
            return label[:500]
        skus = dict.fromkeys(event["sku"] for event in self.events if event["sku"])
        return ", ".join(skus)[:500]


def fault_of(event, by_payload):
    """Reason code if no occasion can be made of an event, else None.

    :param by_payload: whether the payload names subject and day 0
    """
    subject = str(event["payload"].get("subject_key") or "") if by_payload else ""
    if max(len(event["sku"]), len(subject)) > MAX_SUBJECT:
        return "too_long"
    try:
        if by_payload:
            payload_day(event["payload"])
    except ValueError:
        return "anchor_date"
    return None


def subject_key_of(grouping, by_payload, event):
    """Subject of the launch: the SKU, or what several SKUs have in common."""
    if by_payload and event["payload"].get("subject_key"):
        return str(event["payload"]["subject_key"])
    if grouping == "supplier" and event["supplier_id"]:
        return f"supplier:{event['supplier_id']}"
    if grouping == "none" and event["sku"]:
        return f"sku:{event['sku']}"
    return ""


def payload_day(payload):
    """Day 0 that a payload names, False if it names none.

    :raise ValueError: for what is no date
    """
    text = payload.get("anchor_date")
    if text in (None, False, ""):
        return False
    if not isinstance(text, str):
        raise ValueError(text)
    return date.fromisoformat(text[:10])
