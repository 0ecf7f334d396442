"""Which measures a set of metrics needs: formulas laid open down to measures."""

from .formula import (
    MAX_NODES,
    Arithmetic,
    Call,
    Choice,
    Compare,
    FormulaError,
    Logic,
    Name,
    Negate,
    Not,
    exponents,
    names_of,
)

#: Number of days a figure covers; usable in every formula.
PERIOD_DAYS = "period_days"
#: How a measure is put together over time, by additivity.
OVER_TIME = {"additive": "sum", "semi_additive": "last", "snapshot": "snapshot"}


def expand(code, trees):
    """Tree of a formula with every formula in it replaced by its own tree.

    :param code: code of a formula metric
    :param trees: mapping of code to tree; codes not in it are measures
    :return: tree whose names are measures only
    :raise FormulaError: code ``cycle`` (a metric that needs itself) or ``too_deep``

    >>> from .formula import parse
    >>> trees = {"profit": parse("gmv - cost"), "margin": parse("profit / gmv")}
    >>> sorted(names_of(expand("margin", trees)))
    ['cost', 'gmv']
    """
    budget = [MAX_NODES]

    def replace(node, path):
        budget[0] -= 1
        if budget[0] < 0:
            raise FormulaError("too_deep")
        match node:
            case Name(name) if name in path:
                raise FormulaError("cycle", 1, " → ".join((*path, name)))
            case Name(name) if name in trees:
                return replace(trees[name], (*path, name))
            case Negate(item):
                return Negate(replace(item, path))
            case Not(item):
                return Not(replace(item, path))
            case Arithmetic(op, left, right):
                return Arithmetic(op, replace(left, path), replace(right, path))
            case Compare(op, left, right):
                return Compare(op, replace(left, path), replace(right, path))
            case Logic(op, items):
                return Logic(op, tuple(replace(item, path) for item in items))
            case Call(function, items, digits):
                parts = tuple(replace(item, path) for item in items)
                return Call(function, parts, digits)
            case Choice(condition, yes, no):
                return Choice(*(replace(part, path) for part in (condition, yes, no)))
        return node

    tree = replace(trees[code], (code,))
    exponents(tree)
    return tree


def measures_of(tree):
    """Codes of the measures that an expanded tree reads, without built-in names."""
    return names_of(tree) - {PERIOD_DAYS}
