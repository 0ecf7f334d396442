"""Ties between shops: symmetric, bounded, and blind to how a value is written."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import tabular
from odoo.addons.linkstar_store_opening.engine import linkage, linkage_sheet

AMAZON = linkage.Policy(accounts_per_entity=1, scope="region")
EBAY = linkage.Policy(accounts_per_entity=0)
DAY = date(2026, 3, 1)

uses = st.builds(
    linkage.Use,
    store=st.integers(1, 4),
    seller=st.integers(1, 4),
    entity=st.integers(0, 3),
    platform=st.integers(1, 2),
    scope=st.sampled_from(["na", "eu"]),
    start=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    end=st.none() | st.dates(date(2027, 1, 2), date(2028, 1, 1)),
    suspended=st.booleans(),
)
kinds = st.sampled_from(sorted(linkage.SEVERITY))
policies = st.builds(
    linkage.Policy,
    accounts_per_entity=st.integers(0, 3),
    scope=st.sampled_from(["platform", "region", "site"]),
    window_days=st.integers(0, 400),
)


@given(kinds, uses, uses, policies)
def test_a_tie_is_the_same_from_both_sides(kind, one, two, policy):
    assert linkage.judge(kind, one, two, policy, {}) == linkage.judge(
        kind, two, one, policy, {}
    )


@given(kinds, uses, uses, policies)
def test_trouble_never_makes_a_tie_milder(kind, one, two, policy):
    calm = linkage.judge(kind, replace(one, suspended=False), two, policy, {})
    troubled = linkage.judge(kind, replace(one, suspended=True), two, policy, {})
    if calm:
        assert linkage.RANK[troubled.severity] >= linkage.RANK[calm.severity]


@given(kinds, uses, uses, policies)
def test_sites_of_one_account_and_other_platforms_are_no_tie(kind, one, two, policy):
    same = replace(two, seller=one.seller)
    assert linkage.judge(kind, one, same, policy, {}) is None
    away = replace(two, platform=one.platform + 1)
    assert linkage.judge(kind, one, away, policy, {}) is None


@given(st.lists(st.sampled_from(sorted(linkage.RANK))))
def test_the_score_lies_between_0_and_100_and_grows(severities):
    score = linkage.score(severities)
    assert 0 <= score <= 100
    assert linkage.score([*severities, linkage.LOW]) >= score
    if linkage.CRITICAL in severities:
        assert score >= linkage.STOP_AT


def use(store, **values):
    return linkage.Use(
        **{
            "store": store,
            "seller": store,
            "entity": store,
            "platform": 1,
            "scope": "na",
            "start": DAY,
            **values,
        }
    )


def test_a_released_phone_ties_within_the_window_only():
    before = use(1, end=DAY + timedelta(days=10))
    soon = use(2, start=DAY + timedelta(days=10 + 365))
    later = use(2, start=DAY + timedelta(days=10 + 366))
    assert linkage.judge("phone", before, soon, AMAZON, {}).code == "shared"
    assert linkage.judge("phone", before, later, AMAZON, {}) is None


def test_one_company_may_have_as_many_accounts_as_the_platform_allows():
    one, two = use(1, entity=9), use(2, entity=9)
    counts = {(9, 1, "na"): 2}
    assert linkage.judge("entity", one, two, AMAZON, counts).code == "too_many"
    assert linkage.judge("entity", one, two, EBAY, counts) is None
    five = linkage.Policy(accounts_per_entity=5)
    assert linkage.judge("phone", one, two, five, counts) is None
    elsewhere = replace(two, scope="eu")
    assert linkage.judge("entity", one, elsewhere, AMAZON, counts) is None


@pytest.mark.parametrize(
    ("kind", "one", "two"),
    [
        ("phone", "138 1234 5678", "+8613812345678"),
        ("phone", "0086 138-1234-5678", "13812345678"),
        ("email", "Ann@Example.com", "ann+amazon@example.com"),
        ("email", "a.n.n@gmail.com", "ann@googlemail.com"),
        ("bank_account", "6222 0212 3456", "622202123456"),
        ("id_number", "g1234567(8)", "G12345678"),
        ("ip", "203.0.113.7", "203.000.113.007"),
        ("mac", "AA-BB-CC-00-11-22", "aabb.cc00.1122"),
        ("address", "Rd. 5, Ningbo", "rd 5 ningbo"),
        ("device", "ＰＣ－７", "pc-7"),
    ],
)
def test_equal_things_compare_equal_however_they_are_written(kind, one, two):
    assert linkage.normalise(kind, one) == linkage.normalise(kind, two)


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("phone", "", "empty"),
        ("phone", "12", "phone"),
        ("email", "ann", "email"),
        ("email", "+@x.com", "email"),
        ("ip", "300.1.1.1", "ip"),
        ("mac", "aa:bb", "mac"),
        ("bank_account", "12", "short"),
        ("card", "4111 1111 1111 1111 12/28 LEE", "card"),
        ("card", "4111-1111-1111-1111", "card"),
        ("card", "4111111111111111", "card"),
        ("device", "--", "empty"),
    ],
)
def test_what_cannot_be_one_of_its_kind_is_refused(kind, text, code):
    with pytest.raises(ValueError, match=f"^{code}$"):
        linkage.normalise(kind, text)


@given(kinds, st.text(max_size=60))
def test_writing_a_value_in_its_one_form_again_changes_nothing(kind, text):
    try:
        once = linkage.normalise(kind, text)
    except ValueError:
        return
    if kind not in ("phone",):
        assert linkage.normalise(kind, once) == once


def test_a_faulty_row_names_its_fault_and_never_its_value():
    headers = ["store", "kind", "name", "number", "from", "to"]
    rows = [
        (2, ["US-A", "phone", "P1", "secret-number", None, None]),
        (3, ["US-A", "nothing", "P2", "1", None, None]),
        (4, ["US-A", "ip", "P3", "10.0.0.1", "2026-02-01", "2026-01-01"]),
        (5, ["", "ip", "P4", "10.0.0.2", None, None]),
        (6, ["US-A", "ip", "P5", "10.0.0.3", "soon", None]),
        (7, ["US-A", "ip", "P6", "10.0.0.4", None, None]),
        (8, ["US-A", "ip", "P7", "10.0.0.4", None, None]),
    ]
    sheet = linkage_sheet.read_sheet(tabular.Table(headers, rows))
    assert [(e.row, e.code) for e in sheet.errors] == [
        (2, "value_phone"),
        (3, "kind"),
        (4, "dates"),
        (5, "missing"),
        (6, "date"),
        (8, "twice"),
    ]
    assert "secret-number" not in repr(sheet.errors) + repr(sheet.entries)
    assert [entry.name for entry in sheet.entries] == ["P6"]
