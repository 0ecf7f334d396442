"""Only allowed moves, and every step belongs to one of the four states."""

import pytest

from odoo.addons.linkstar_store_opening.engine import application_states as states


def test_every_step_shows_as_one_of_the_four_states():
    assert set(states.STEP_STATES) == set(states.MOVES)
    assert set(states.STEP_STATES.values()) == set(states.STATES)


def test_every_move_leads_to_a_known_step():
    for moves in states.MOVES.values():
        assert set(moves) <= set(states.STEP_STATES)


def test_nothing_is_approved_without_having_been_submitted():
    for step in ("preparing", "ready", "rejected", "waiting"):
        assert not states.can_move(step, "approved")


def test_a_blocked_application_goes_nowhere():
    assert states.next_steps("blocked") == ()


@pytest.mark.parametrize(
    ("permanences", "step"),
    [
        ([], "preparing"),
        (["fixable"], "preparing"),
        (["fixable", "wait_then_retry"], "waiting"),
        (["appeal", "fixable"], "appeal"),
        (["fixable", "final"], "blocked"),
    ],
)
def test_the_gravest_reason_decides_the_next_step(permanences, step):
    assert states.step_after_refusal(permanences) == step
    assert states.can_move("rejected", step)
