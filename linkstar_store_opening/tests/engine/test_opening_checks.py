"""What stands against an opening, and names and codes of a batch."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_store_opening.engine.opening_checks import (
    BLOCKED,
    OK,
    WARNING,
    Facts,
    apply_rule,
    check,
    unique_codes,
    worst,
)

DAY = date(2026, 6, 1)
FINE = {"has_sop": True, "entity_kind": "CN_COMPANY", "platform": "amazon"}


def codes(**facts):
    return [finding.code for finding in check(Facts(**{**FINE, **facts}))]


def test_nothing_stands_against_a_plain_opening():
    assert codes() == []
    assert worst([]) == OK


def test_what_blocks():
    assert codes(is_closed=True) == ["closed"]
    assert codes(has_sop=False) == ["no_sop"]
    assert codes(is_blocked=True) == ["refused_for_good"]
    assert codes(code_taken=True) == ["code_taken"]


@given(st.integers(-50, 50))
def test_a_waiting_period_blocks_only_plans_before_its_end(days):
    planned = DAY + timedelta(days=days)
    assert ("waits" in codes(wait_until=DAY, planned=planned)) == (days < 0)


@given(st.integers(0, 20), st.integers(0, 20), st.sampled_from(["", "  ", "letter"]))
def test_the_limit_holds_unless_a_reason_is_given(accounts, limit, reason):
    found = check(Facts(**FINE, accounts=accounts, limit=limit, reason=reason))
    beyond = bool(limit) and accounts >= limit
    blocked = beyond and not reason.strip()
    assert (worst(found) == BLOCKED) == blocked
    if beyond and not blocked:
        assert worst(found) == WARNING


def test_doubtful_kinds_are_a_warning_not_a_refusal():
    found = codes(platform="walmart", entity_kind="CN_SOLE_TRADER")
    assert found == ["kind_doubtful"]
    assert codes(entity_kind="") == ["kind_unknown"]


@given(st.lists(st.sampled_from(["US-A", "US-A2", "US-A3", "DE-A"]), max_size=12))
def test_codes_of_a_batch_differ_and_first_ones_stay(given_codes):
    result = unique_codes(given_codes)
    assert len(set(result)) == len(given_codes)
    for code in set(given_codes):
        assert result[given_codes.index(code)] == code


def test_unknown_words_of_a_rule_stay():
    assert apply_rule("{entity}  {foo}", entity="Nova") == "Nova {foo}"
