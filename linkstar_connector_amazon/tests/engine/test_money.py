"""Money of reports: nothing is lost, whatever the order or the split of rows."""

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_connector_amazon.engine import (
    economics,
    settlements,
    windows,
)

AMOUNTS = st.integers(-10_000_00, 10_000_00)
FEE_NAMES = ("Referral fee", "FBA fulfillment fees", "Storage fee", "Other thing")


def money(cents):
    """Amazon's shape of an amount."""
    return {"amount": cents / 100, "currencyCode": "EUR"}


@st.composite
def entry(draw):
    """A row of economics, with all that may be missing missing at times."""
    ordered, refunded = draw(AMOUNTS), draw(AMOUNTS)
    fees = draw(
        st.lists(st.tuples(st.sampled_from(FEE_NAMES), st.lists(AMOUNTS)), max_size=4)
    )
    ads = draw(st.one_of(st.none(), st.lists(AMOUNTS, max_size=3)))
    total = ordered - refunded
    total -= sum(sum(parts) for _name, parts in fees) + sum(ads or ())
    return {
        "startDate": f"2026-03-0{draw(st.integers(1, 3))}",
        "marketplaceId": draw(st.sampled_from("AB")),
        "msku": draw(st.sampled_from(["X", "Y"])),
        "childAsin": draw(st.sampled_from(["B1", None])),
        "sales": {
            "unitsOrdered": draw(st.integers(0, 50)),
            "unitsRefunded": draw(st.integers(0, 5)),
            "netUnitsSold": draw(st.integers(-5, 50)),
            "orderedProductSales": money(ordered),
            "refundedProductSales": money(refunded),
            "netProductSales": money(ordered - refunded),
        },
        "fees": [
            {
                "feeTypeName": name,
                "charges": [
                    {"aggregatedDetail": {"totalAmount": money(part)}} for part in parts
                ],
            }
            for name, parts in fees
        ],
        "ads": None
        if ads is None
        else [{"adTypeName": "x", "charge": {"totalAmount": money(a)}} for a in ads],
        "netProceeds": {"total": money(total)},
    }


@given(st.lists(entry(), max_size=30))
def test_the_parts_of_a_document_sum_up_to_amazons_own_total(entries):
    text = "\n".join(json.dumps(part) for part in entries)
    found = economics.economics_rows(text)
    for site, rows in found.items():
        own = [part for part in entries if part["marketplaceId"] == site]
        assert len({(row["day"], row["sku"]) for row in rows}) == len(rows)
        total = sum(part["netProceeds"]["total"]["amount"] for part in own)
        assert sum(row["net_proceeds"] for row in rows) == pytest.approx(
            total, abs=0.01
        )
        for row in rows:
            parts = row["referral_fee"] + row["fba_fee"] + row["storage_fee"]
            assert row["fees"] == pytest.approx(parts + row["other_fees"], abs=0.01)
            assert row["net_proceeds"] == pytest.approx(
                row["net_sales"] - row["fees"] - row["ad_spend"], abs=0.01
            )


@given(st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(0, 90))
def test_windows_cover_every_day_once(first, days):
    last = first + timedelta(days=days)
    found = windows.chunks(first, last, economics.CHUNK)
    covered = [
        one + timedelta(days=n)
        for one, other in found
        for n in range((other - one).days + 1)
    ]
    assert sorted(covered) == [first + timedelta(days=n) for n in range(days + 1)]
    assert all((other - one).days < economics.CHUNK for one, other in found)
    assert found == sorted(found, reverse=True)


def test_the_query_fits_amazons_length_and_quotes_its_values():
    text = economics.query(date(2026, 1, 1), date(2026, 1, 7), ["A", "B"])
    assert len(text) < 8000
    assert 'marketplaceIds: ["A", "B"]' in text


def european(cents):
    """As a settlement of the continent writes it."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100},{abs(cents) % 100:02d}"


def american(cents):
    """As a settlement of America writes it."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


@given(AMOUNTS)
def test_both_ways_to_write_an_amount_are_read(cents):
    assert settlements.number(european(cents)) == cents / 100
    assert settlements.number(american(cents)) == cents / 100


@given(st.integers(-(10**9), 10**9))
def test_thousands_are_set_apart_either_way(cents):
    text = f"{abs(cents) / 100:,.2f}"
    sign = -1 if cents < 0 else 1
    swapped = text.translate(str.maketrans(",.", ".,"))
    prefix = "-" if sign < 0 else ""
    assert settlements.number(prefix + text) == pytest.approx(cents / 100)
    assert settlements.number(prefix + swapped) == pytest.approx(cents / 100)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_every_way_to_write_a_moment_is_read(moment):
    moment = moment.replace(microsecond=0)
    for pattern in ("%Y-%m-%d %H:%M:%S UTC", "%d.%m.%Y %H:%M:%S UTC"):
        assert settlements.moment(moment.strftime(pattern)) == moment
    assert settlements.moment(moment.isoformat() + "Z") == moment


HEAD = (
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount "
    "currency transaction-type amount-type amount-description amount posted-date-time "
    "sku quantity-purchased"
).split()
LINE = st.tuples(
    st.sampled_from(["Order", "Refund", "ServiceFee"]),
    st.sampled_from(
        ["ItemPrice", "ItemFees", "Cost of Advertising", "ItemWithheldTax"]
    ),
    st.sampled_from(["Principal", "Commission", "Tax", "Shipping"]),
    AMOUNTS,
    st.sampled_from(["2026-03-02 10:00:00 UTC", "2026-03-05 23:30:00 UTC"]),
    st.sampled_from(["", "X", "Y"]),
    st.sampled_from(["", "1", "2"]),
)


def table(lines, write):
    """A settlement file of lines."""
    total = sum(line[3] for line in lines)
    head = ["1", "2026-03-01 00:00:00 UTC", "2026-03-15 00:00:00 UTC"]
    head += ["2026-03-17 00:00:00 UTC", write(total), "EUR"]
    rows = ["\t".join(HEAD), "\t".join(head + [""] * (len(HEAD) - len(head)))]
    for kind, amount_type, text, cents, posted, sku, units in lines:
        row = [""] * 6 + [kind, amount_type, text, write(cents), posted, sku, units]
        row[0] = "1"
        rows.append("\t".join(row))
    return "\n".join(rows) + "\n"


@given(st.lists(LINE, max_size=40), st.sampled_from([european, american]))
def test_the_lines_of_a_settlement_sum_up_to_its_total(lines, write):
    found = settlements.settlement(table(lines, write), "Europe/Berlin")
    assert found.is_complete
    assert sum(line.units for line in found.lines) == sum(
        int(line[6] or 0) for line in lines
    )
    keys = [
        (one.day, one.sku, one.transaction, one.amount_type, one.description)
        for one in found.lines
    ]
    assert len(set(keys)) == len(keys)
    # Half past eleven at night in London is the next day in Berlin.
    assert {one.day for one in found.lines} <= {date(2026, 3, 2), date(2026, 3, 6)}


def test_what_is_no_settlement_is_refused():
    for text in ("", "settlement-id\n", "x\ty\n1\t2\n", "<html></html>"):
        with pytest.raises(settlements.Malformed):
            settlements.settlement(text, "UTC")
