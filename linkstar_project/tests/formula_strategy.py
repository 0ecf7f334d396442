"""Random formulas and measures for property tests."""

from hypothesis import strategies as st

NAMES = ("a", "b", "c")


def _numbers():
    return st.one_of(
        st.integers(0, 1000).map(str),
        st.floats(0.001, 1e6).map(lambda value: f"{value:.6f}"),
    )


def _extend(parts):
    pair = st.tuples(parts, parts)
    truth = st.builds(
        lambda pair, op: f"{pair[0]} {op} {pair[1]}",
        pair,
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    )
    truth |= st.builds(
        lambda first, op, second: f"({first}) {op} not ({second})",
        truth,
        st.sampled_from(["and", "or"]),
        truth,
    )
    return st.one_of(
        st.builds(
            lambda pair, op: f"({pair[0]} {op} {pair[1]})",
            pair,
            st.sampled_from(["+", "-", "*", "/"]),
        ),
        st.builds(lambda part: f"(-{part})", parts),
        st.builds(lambda part: f"abs({part})", parts),
        st.builds(lambda part, n: f"round({part}, {n})", parts, st.integers(0, 3)),
        st.builds(
            lambda pair, f: f"{f}({pair[0]}, {pair[1]})",
            pair,
            st.sampled_from(["min", "max"]),
        ),
        st.builds(lambda test, pair: f"if({test}, {pair[0]}, {pair[1]})", truth, pair),
    )


def formulas(max_leaves=6):
    """Texts of formulas over a, b and c that the language accepts."""
    from odoo.addons.linkstar_project.engine import formula  # noqa: PLC0415

    def accepted(text):
        try:
            formula.parse(text)
        except formula.FormulaError:
            return False
        return True

    leaves = st.one_of(st.sampled_from(NAMES), _numbers())
    return st.recursive(leaves, _extend, max_leaves=max_leaves).filter(accepted)


def measures(allow_wild=False):
    """Values of a, b and c; wild ones go to the edges of a double."""
    values = st.one_of(
        st.none(),
        st.integers(-1000, 1000).map(float),
        st.floats(-1e9, 1e9, allow_subnormal=False).map(lambda v: round(v, 6)),
    )
    if allow_wild:
        values |= st.floats(allow_nan=False, allow_infinity=False)
    return st.fixed_dictionaries({name: values for name in NAMES})
