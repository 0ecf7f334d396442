"""The formula language: what it reads, refuses, and computes."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import formula, metric_sql
from odoo.addons.linkstar_project.tests.formula_strategy import formulas, measures


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "empty", 1),
        ("a + ", "syntax", 3),
        ("a ** 2", "not_allowed", 1),
        ("a % 2", "not_allowed", 1),
        ("1 + a.b", "not_allowed", 5),
        ("a[0]", "not_allowed", 1),
        ("lambda: 1", "not_allowed", 1),
        ("[x for x in a]", "not_allowed", 1),
        ("__import__('os')", "unknown_function", 1),
        ("open(a)", "unknown_function", 1),
        ("a + b + nobody", "unknown_name", 9),
        ("1 + '1'", "not_allowed", 5),
        ("a < 1 < b", "chain", 1),
        ("a and b", "not_truth", 1),
        ("a > 1", "not_number", 1),
        ("1e400 * a", "number_range", 1),
        ("round(a, 9)", "digits", 10),
        ("min(a)", "arguments", 1),
        ("a*a*a*a*a*a*a*a", "value_range", 1),
        ("True", "not_allowed", 1),
    ],
)
def test_faulty_formula_is_refused_at_its_position(text, code, position):
    with pytest.raises(formula.FormulaError) as caught:
        formula.parse(text, {"a", "b"})
    assert (caught.value.code, caught.value.position) == (code, position)


@pytest.mark.parametrize(
    "text", ["-" * 1999 + "1", "(" * 900 + "a" + ")" * 900, "a+" * 999 + "a"]
)
def test_deep_formula_is_refused_without_recursion_error(text):
    with pytest.raises(formula.FormulaError):
        formula.parse(text)


def test_length_is_checked_before_reading():
    with pytest.raises(formula.FormulaError) as caught:
        formula.parse("-" * 5000 + "1")
    assert caught.value.code == "too_long"


def test_long_sum_is_allowed():
    assert formula.evaluate(formula.parse("+".join("a" * 60)), {"a": 2.0}) == 120.0


def test_if_is_written_as_sellers_write_it():
    tree = formula.parse("if(a > 0, if (b > 1, 1, 2), 3)")
    assert formula.evaluate(tree, {"a": 1.0, "b": 0.0}) == 2.0
    assert formula.parse("1 if (a > 0) else 2") == formula.parse("IF(a > 0, 1, 2)")


def test_full_width_signs_of_chinese_keyboards_are_read():
    assert formula.parse("（a＋b）÷2") == formula.parse("(a+b)/2")


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("a / b", {"a": 1.0, "b": 0.0}, None),
        ("a + b", {"a": 1.0, "b": None}, None),
        ("max(a, b)", {"a": 1.0, "b": None}, None),
        ("if(a > 1, 5, 6)", {"a": None}, None),
        ("if(a > 1 or b > 1, 5, 6)", {"a": None, "b": 2.0}, 5.0),
        ("if(a > 1 and b > 1, 5, 6)", {"a": None, "b": 0.0}, 6.0),
        ("round(a)", {"a": 2.5}, 2.0),
        ("round(a, 1)", {"a": 0.25}, 0.2),
    ],
)
def test_missing_values_stay_missing(text, values, expected):
    assert formula.evaluate(formula.parse(text), values) == expected


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(formulas(), measures(allow_wild=True))
def test_value_is_finite_or_missing_on_any_input(text, values):
    value = formula.evaluate(formula.parse(text), values)
    assert value is None or math.isfinite(value)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    for condition in (False, True):
        try:
            tree = formula.parse(text, {"a"}, condition=condition)
        except formula.FormulaError:
            continue
        formula.evaluate(tree, {"a": 1.0})


def test_condition_reads_payload_and_metrics():
    text = 'payload.status == "CLOSED" and (acos > 30 or payload.q.n in (1, 2))'
    tree = formula.parse(text, {"acos"}, condition=True)
    values = {"payload.status": "CLOSED", "payload.q.n": 2}
    assert formula.evaluate(tree, values) is True
    assert formula.evaluate(tree, values | {"payload.status": 5}) is None
    assert formula.evaluate(tree, {"payload.status": "OPEN"}) is False


@pytest.mark.parametrize("value", ["many", 10**400, -(10**400), None])
@pytest.mark.parametrize(
    "text",
    [
        "-payload.x < 1",
        "abs(payload.x) > 1",
        "round(payload.x, 2) > 1",
        "max(payload.x, 1) > 1",
        "min(1, payload.x) > 1",
        "payload.x + 1 > 1",
        "1.5 / payload.x > 1",
    ],
)
def test_condition_on_a_value_of_the_wrong_kind_is_unknown(text, value):
    tree = formula.parse(text, condition=True)
    assert formula.evaluate(tree, {"payload.x": value}) is None


def test_formulas_of_formulas_are_laid_open():
    trees = {
        "profit": formula.parse("gmv - cost"),
        "margin": formula.parse("100 * profit / gmv"),
    }
    tree = metric_sql.expand("margin", trees)
    assert metric_sql.measures_of(tree) == {"gmv", "cost"}
    assert formula.evaluate(tree, {"gmv": 200.0, "cost": 150.0}) == 25.0


def test_formula_that_needs_itself_is_refused():
    trees = {"a": formula.parse("b + 1"), "b": formula.parse("a + 1")}
    with pytest.raises(formula.FormulaError) as caught:
        metric_sql.expand("a", trees)
    assert caught.value.code == "cycle"


def test_formulas_that_double_are_refused_before_they_fill_the_memory():
    trees = {"f0": formula.parse("a + a")}
    for step in range(1, 40):
        trees[f"f{step}"] = formula.parse(f"f{step - 1} + f{step - 1}")
    with pytest.raises(formula.FormulaError) as caught:
        metric_sql.expand("f39", trees)
    assert caught.value.code == "too_deep"
