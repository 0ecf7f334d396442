"""Formula trees as SQL.

The pieces are ``SQL`` objects: numbers travel as parameters, names as identifiers
of columns, and nothing that a person typed becomes SQL text.
"""

from odoo.tools import SQL

from ...engine import formula

ARITHMETIC = {"+": SQL("+"), "-": SQL("-"), "*": SQL("*")}
COMPARE = {op: SQL(op) for op in ("<", "<=", ">", ">=", "=", "<>")}
FUNCTIONS = {"min": SQL("MIN"), "max": SQL("MAX")}


def compile_sql(node, columns):
    """SQL of an expanded tree over one row of summed measures.

    Equal to :func:`engine.formula.evaluate` on the same row: NULL stands for
    missing, every part is written once, and rounding is half to even.

    :param node: tree of ``engine.formula`` without texts and payload names
    :param columns: mapping of name to ``SQL`` of a double
    :return: ``SQL`` of a double or boolean
    """
    match node:
        case formula.Number(value):
            return SQL("%s::float8", value)
        case formula.Name(name):
            return columns[name]
        case formula.Negate(item):
            return SQL("(- %s)", compile_sql(item, columns))
        case formula.Not(item):
            return SQL("(NOT %s)", compile_sql(item, columns))
        case formula.Arithmetic("/", left, right):
            return SQL(
                "(%s / NULLIF(%s, 0))",
                compile_sql(left, columns),
                compile_sql(right, columns),
            )
        case formula.Arithmetic(op, left, right):
            return _infix(ARITHMETIC[op], (left, right), columns)
        case formula.Compare(op, left, right):
            return _infix(COMPARE[op], (left, right), columns)
        case formula.Logic(op, items):
            return _infix(SQL("AND") if op == "and" else SQL("OR"), items, columns)
        case formula.Choice(condition, yes, no):
            return SQL(
                "(CASE %s WHEN TRUE THEN %s WHEN FALSE THEN %s END)",
                compile_sql(condition, columns),
                compile_sql(yes, columns),
                compile_sql(no, columns),
            )
        case formula.Call():
            return _call(node, columns)
    raise TypeError(type(node))


def _infix(op, items, columns):
    parts = [compile_sql(item, columns) for item in items]
    return SQL("(%s)", SQL(" %s ", op).join(parts))


def _call(node, columns):
    items = [compile_sql(item, columns) for item in node.items]
    if node.function == "abs":
        return SQL("abs(%s)", items[0])
    if node.function == "round":
        scale = 10.0**node.digits
        return SQL("(round(%s * %s::float8) / %s::float8)", items[0], scale, scale)
    # LEAST and GREATEST skip NULLs; a missing part makes the whole missing.
    return SQL(
        "(SELECT CASE WHEN count(*) = count(v) THEN %s(v) END"
        " FROM unnest(ARRAY[%s]::float8[]) AS v)",
        FUNCTIONS[node.function],
        SQL(", ").join(items),
    )
