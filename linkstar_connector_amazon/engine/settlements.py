"""Settlement files (flat file V2): what Amazon paid out, line by line."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from .local_day import local_day

REPORT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
PROCEEDS, REFUNDS, FEES, ADS, TAX, OTHER = (
    "proceeds",
    "refunds",
    "fees",
    "ads",
    "tax",
    "other",
)


class Malformed(ValueError):
    """A file that is no settlement."""


@dataclass(frozen=True)
class Line:
    """Amounts of one kind, of one MSKU and day, summed."""

    day: object
    sku: str
    kind: str
    transaction: str
    amount_type: str
    description: str
    amount: float
    units: int


@dataclass(frozen=True)
class Settlement:
    """A pay-out with its lines, which sum up to its total."""

    reference: str
    start: datetime
    end: datetime
    deposit: datetime
    total: float
    currency: str
    lines: tuple

    @property
    def is_complete(self):
        """Whether the lines sum up to the total, to half a cent."""
        return abs(sum(line.amount for line in self.lines) - self.total) < 0.005


def number(text):
    """A number as either side of the Atlantic writes it.

    >>> number("1,99"), number("-1.234,50"), number("1,234.50"), number(""), number("7")
    (1.99, -1234.5, 1234.5, 0.0, 7.0)
    """
    text = (text or "").strip().replace(" ", "")
    comma, point = text.rfind(","), text.rfind(".")
    if comma > point:
        text = text.replace(".", "").replace(",", ".")
    else:
        text = text.replace(",", "")
    return float(text) if text else 0.0


def moment(text):
    """A moment as settlement files write it, naive UTC; None for an empty text.

    >>> moment("31.12.2026 10:00:00 UTC"), moment("2026-12-31 10:00:00 UTC")
    (datetime.datetime(2026, 12, 31, 10, 0), datetime.datetime(2026, 12, 31, 10, 0))
    """
    text = (text or "").replace("UTC", "").replace("T", " ").strip(" Z")
    if not text:
        return None
    for pattern in ("%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S"):
        try:
            return datetime.strptime(text[:19], pattern)
        except ValueError:
            continue
    raise Malformed(f"{text} is no moment")


def kind_of(transaction, amount_type, description):
    """What a line is about, in sellers' words.

    >>> kind_of("Order", "ItemPrice", "Principal")
    'proceeds'
    >>> kind_of("Refund", "ItemPrice", "Principal"), kind_of("Order", "ItemFees", "x")
    ('refunds', 'fees')
    >>> kind_of("ServiceFee", "Cost of Advertising", "TransactionTotalAmount")
    'ads'
    """
    words = f"{amount_type} {description}".lower()
    if "advertising" in words:
        return ADS
    if "tax" in words:
        return TAX
    if "fee" in words or "commission" in words or "storage" in words:
        return FEES
    if transaction == "Refund":
        return REFUNDS
    if amount_type in ("ItemPrice", "Promotion"):
        return PROCEEDS
    return OTHER


def settlement(text, tz):
    """A settlement file read.

    :param tz: time zone of the store, for the days of its lines
    :raises Malformed: when the file is no settlement
    """
    rows = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    head = next(rows, None)
    if not head or not head.get("settlement-id") or not head.get("deposit-date"):
        raise Malformed("The file has no head of a settlement")
    sums = defaultdict(lambda: [0.0, 0])
    for row in rows:
        if not (row.get("amount") or "").strip():
            continue
        posted = moment(row.get("posted-date-time") or row.get("posted-date"))
        names = [
            row.get(name) or ""
            for name in ("transaction-type", "amount-type", "amount-description")
        ]
        day = local_day(posted or moment(head["settlement-end-date"]), tz)
        total = sums[(day, row.get("sku") or "", kind_of(*names), *names)]
        total[0] += number(row["amount"])
        total[1] += int(number(row.get("quantity-purchased")))
    return Settlement(
        reference=head["settlement-id"],
        start=moment(head["settlement-start-date"]),
        end=moment(head["settlement-end-date"]),
        deposit=moment(head["deposit-date"]),
        total=number(head["total-amount"]),
        currency=head.get("currency") or "",
        lines=tuple(
            Line(*key, round(amount, 4), units) for key, (amount, units) in sums.items()
        ),
    )
