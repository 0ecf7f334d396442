"""Formulas that people type over metrics and event payloads.

A small language, read through :mod:`ast` and never executed as Python: numbers,
names, ``+ - * /``, comparisons, ``and or not``, ``a if c else b`` or
``if(c, a, b)``, ``min max abs round``. Conditions of triggers may also use
texts, ``payload.field`` and ``in ("A", "B")``.

:func:`parse` gives a neutral tree of the classes below. :func:`compile_python`
turns the tree into a function; ``models/measure/formula_sql.py`` turns the same
tree into SQL. Both give the same value, bit for bit, because both compute IEEE
doubles in the same order.

Missing values stay missing (``None``): a sum with an unknown part is unknown, a
division by zero is unknown, and so is the choice of an ``if`` whose condition is
unknown. Nothing missing is ever counted as zero.
"""

import ast
import math
import operator
import re
from dataclasses import dataclass

MAX_LENGTH = 2000
MAX_DEPTH = 100
MAX_NODES = 1000
MAX_NUMBER = 1e15
MIN_NUMBER = 1e-12
MAX_DIGITS = 6
# Powers of ten a computed double may reach without leaving its range, and those
# of a measure: sums of facts (|v| <= 1e15, or 0, or >= 1e-12), rates applied.
EXPONENT_LIMIT = 290
MEASURE_EXPONENTS = (-38.0, 30.0)
DOUBLE_DIGITS = 16

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
IF_CALL = re.compile(r"(^|[-+*/(,<>=!]|\b(?:and|or|not|if|else|in))(\s*)if(?=\s*\()")
UNFINISHED = re.compile(r"[-+*/(,<>=!]\s*\Z")
FULL_WIDTH = str.maketrans("（），×÷＋－＊／＜＞＝\r\n\t", "(),*/+-*/<>=   ")

NUMBER, TRUTH, TEXT, ANY = "number", "truth", "text", "any"


class FormulaError(ValueError):
    """A formula cannot be read.

    ``code`` says why (a key of the messages of the caller), ``position`` is the
    1-based character, ``detail`` the offending piece.
    """

    def __init__(self, code, position=1, detail=""):
        super().__init__(f"{code} at {position}: {detail}")
        self.code = code
        self.position = position
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Negate:
    item: object


@dataclass(frozen=True, slots=True)
class Arithmetic:
    op: str
    left: object
    right: object


@dataclass(frozen=True, slots=True)
class Compare:
    op: str
    left: object
    right: object


@dataclass(frozen=True, slots=True)
class Logic:
    op: str
    items: tuple


@dataclass(frozen=True, slots=True)
class Not:
    item: object


@dataclass(frozen=True, slots=True)
class OneOf:
    item: object
    options: tuple


@dataclass(frozen=True, slots=True)
class Choice:
    condition: object
    yes: object
    no: object


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    items: tuple
    digits: int = 0


ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
COMPARE = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "=",
    ast.NotEq: "<>",
}


def parse(text, names=None, condition=False):
    """Read a formula.

    :param text: what the person typed
    :param names: names that may be used, or None for any
    :param condition: True for a condition of a trigger: the result is a truth
        value, and texts and ``payload.field`` are allowed
    :return: tree of the classes of this module
    :raise FormulaError: with the position of the fault

    >>> parse("100 * ad_spend / ad_sales").op
    '/'
    >>> parse("if(gmv > 0, ad_spend / gmv, 0)").condition.op
    '>'
    >>> parse("2 ** 9")
    Traceback (most recent call last):
    odoo.addons.linkstar_project.engine.formula.FormulaError: not_allowed at 1: **
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError("too_long", MAX_LENGTH, str(len(text)))
    source = text.translate(FULL_WIDTH)
    # The line is not stripped before it is read, so that positions stay true.
    indent = len(source) - len(source.lstrip())
    source = IF_CALL.sub(lambda m: f"{m[1]}{m[2]}IF", source[indent:])
    if not source.strip():
        raise FormulaError("empty")
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        # Where a formula breaks off, Python points at its start.
        end = len(source.rstrip()) if UNFINISHED.search(source) else None
        raise FormulaError("syntax", indent + (end or error.offset or 1)) from None
    except (RecursionError, MemoryError, ValueError):
        raise FormulaError("too_deep") from None
    reader = _Reader(source, indent, names, condition)
    node, kind = reader.read(tree, 0)
    wanted = TRUTH if condition else NUMBER
    if kind not in (wanted, ANY):
        raise FormulaError("not_truth" if condition else "not_number", indent + 1)
    if not condition:
        exponents(node)
    return node


class _Reader:
    """Walk Python's tree once, refuse what the language does not have."""

    def __init__(self, source, indent, names, condition):
        self.source = source.encode()
        self.indent = indent
        self.names = names
        self.condition = condition
        self.count = 0

    def fail(self, code, node, detail=""):
        before = self.source[: getattr(node, "col_offset", 0)].decode(errors="ignore")
        raise FormulaError(code, self.indent + len(before) + 1, detail)

    def read(self, node, depth):
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_NODES:
            self.fail("too_deep", node)
        method = getattr(self, f"read_{type(node).__name__}", None)
        if method is None:
            self.fail("not_allowed", node, type(node).__name__)
        return method(node, depth + 1)

    def number(self, node, depth):
        item, kind = self.read(node, depth)
        if kind not in (NUMBER, ANY):
            self.fail("not_number", node)
        return item

    def truth(self, node, depth):
        item, kind = self.read(node, depth)
        if kind not in (TRUTH, ANY):
            self.fail("not_truth", node)
        return item

    def read_Constant(self, node, depth):
        value = node.value
        if isinstance(value, str) and self.condition:
            return Text(value), TEXT
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail("not_allowed", node, str(value)[:20])
        if value and not MIN_NUMBER <= abs(value) <= MAX_NUMBER:
            self.fail("number_range", node)
        return Number(float(value)), NUMBER

    def read_Name(self, node, depth):
        if not NAME.match(node.id):
            self.fail("unknown_name", node, node.id)
        if self.names is not None and node.id not in self.names:
            self.fail("unknown_name", node, node.id)
        return Name(node.id), NUMBER

    def read_Attribute(self, node, depth):
        path = []
        while isinstance(node, ast.Attribute):
            path.append(node.attr)
            node = node.value
        if not self.condition or getattr(node, "id", "") != "payload" or len(path) > 4:
            self.fail("not_allowed", node, ".")
        return Name(".".join(["payload"] + path[::-1])), ANY

    def read_UnaryOp(self, node, depth):
        if isinstance(node.op, ast.Not):
            return Not(self.truth(node.operand, depth)), TRUTH
        if isinstance(node.op, ast.Invert):
            self.fail("not_allowed", node, "~")
        item = self.number(node.operand, depth)
        return (Negate(item) if isinstance(node.op, ast.USub) else item), NUMBER

    def read_BinOp(self, node, depth):
        op = ARITHMETIC.get(type(node.op))
        if op is None:
            detail = {"Pow": "**", "Mod": "%", "FloorDiv": "//"}
            name = type(node.op).__name__
            self.fail("not_allowed", node, detail.get(name, name))
        left = self.number(node.left, depth)
        return Arithmetic(op, left, self.number(node.right, depth)), NUMBER

    def read_BoolOp(self, node, depth):
        op = "and" if isinstance(node.op, ast.And) else "or"
        return Logic(op, tuple(self.truth(v, depth) for v in node.values)), TRUTH

    def read_Compare(self, node, depth):
        if len(node.ops) > 1:
            self.fail("chain", node)
        if isinstance(node.ops[0], ast.In) and self.condition:
            return self.read_one_of(node, depth)
        op = COMPARE.get(type(node.ops[0]))
        if op is None:
            self.fail("not_allowed", node, type(node.ops[0]).__name__)
        left, kind = self.read(node.left, depth)
        right, other = self.read(node.comparators[0], depth)
        kinds = {kind, other} - {ANY}
        if TRUTH in kinds or len(kinds) > 1:
            self.fail("not_comparable", node)
        return Compare(op, left, right), TRUTH

    def read_one_of(self, node, depth):
        options = node.comparators[0]
        if not isinstance(options, ast.Tuple | ast.List):
            self.fail("not_allowed", options, "in")
        item, kind = self.read(node.left, depth)
        if kind == TRUTH:
            self.fail("not_comparable", node)
        return OneOf(item, tuple(self.constant(o, depth) for o in options.elts)), TRUTH

    def constant(self, node, depth):
        if not isinstance(node, ast.Constant):
            self.fail("not_allowed", node, "in")
        return self.read(node, depth)[0].value

    def read_IfExp(self, node, depth):
        return self.choice(node.test, node.body, node.orelse, depth)

    def choice(self, test, body, orelse, depth):
        condition = self.truth(test, depth)
        yes = self.number(body, depth)
        return Choice(condition, yes, self.number(orelse, depth)), NUMBER

    def read_Call(self, node, depth):
        function = getattr(node.func, "id", "")
        name, args = function.lower(), node.args
        if node.keywords or any(isinstance(arg, ast.Starred) for arg in args):
            self.fail("arguments", node, name)
        if name == "if" and len(args) == 3:
            return self.choice(*args, depth)
        if name in ("min", "max") and len(args) >= 2:
            items = tuple(self.number(arg, depth) for arg in args)
            return Call(name, items), NUMBER
        if name == "abs" and len(args) == 1:
            return Call(name, (self.number(args[0], depth),)), NUMBER
        if name == "round" and 1 <= len(args) <= 2:
            digits = self.digits(args[1]) if len(args) == 2 else 0
            return Call(name, (self.number(args[0], depth),), digits), NUMBER
        if name in ("if", "min", "max", "abs", "round"):
            self.fail("arguments", node, name)
        return self.fail("unknown_function", node, function)

    def digits(self, node):
        value = getattr(node, "value", None)
        if type(value) is not int or not 0 <= value <= MAX_DIGITS:
            self.fail("digits", node, str(MAX_DIGITS))
        return value


def names_of(node):
    """Names a tree reads.

    >>> sorted(names_of(parse("a / (b + a)")))
    ['a', 'b']
    """
    if isinstance(node, Name):
        return {node.name}
    return set().union(*(names_of(child) for child in children(node)))


def children(node):
    """Direct parts of a node, in reading order."""
    match node:
        case Negate(item) | Not(item) | OneOf(item, _):
            return (item,)
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Logic(_, items) | Call(_, items, _):
            return items
        case Choice(condition, yes, no):
            return (condition, yes, no)
    return ()


def exponents(node):
    """Powers of ten that the non-zero values of a tree lie between.

    PostgreSQL raises on a double's overflow and underflow, so a formula that could
    leave the range is refused when it is written rather than failing a report.

    The lowest power is that of the grid on which the values lie: a sum keeps the
    finest grid of its parts, however many they are, so that what a subtraction
    leaves over is covered; a product or quotient is rounded to a grid of its own.

    :return: (lowest, highest)
    :raise FormulaError: if a step may leave the range of a double
    """
    match node:
        case Number(value):
            high = math.log10(abs(value)) if value else 0.0
            low = high - DOUBLE_DIGITS
        case Name(_):
            low, high = MEASURE_EXPONENTS
        case Compare(_, left, right):
            exponents(left)
            exponents(right)
            low = high = 0.0
        case Arithmetic(op, left, right):
            (low1, high1), (low2, high2) = exponents(left), exponents(right)
            if op == "*":
                low, high = low1 + low2 - DOUBLE_DIGITS, high1 + high2
            elif op == "/":
                low, high = low1 - high2 - DOUBLE_DIGITS, high1 - low2
            else:
                low, high = min(low1, low2), max(high1, high2) + 1
        case Choice(condition, yes, no):
            exponents(condition)
            parts = [exponents(yes), exponents(no)]
            low, high = min(p[0] for p in parts), max(p[1] for p in parts)
        case Text(_):
            low = high = 0.0
        case _:
            parts = [exponents(child) for child in children(node)]
            low, high = min(p[0] for p in parts), max(p[1] for p in parts)
            if isinstance(node, Call) and node.function == "round":
                low = min(low, -node.digits - DOUBLE_DIGITS)
                high = max(high, 0.0) + node.digits
    if low < -EXPONENT_LIMIT or high > EXPONENT_LIMIT:
        raise FormulaError("value_range")
    return low, high


def _finite(value):
    return value if math.isfinite(value) else None


def _number(value):
    """The value as a finite float; None for texts and what no double holds."""
    if not isinstance(value, int | float):
        return None
    try:
        return _finite(float(value))
    except OverflowError:
        return None


def _divide(left, right):
    return left / right if right else None


OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


def evaluate(node, values):
    """Value of a tree.

    :param values: mapping of name to float, or None where missing
    :return: float (or bool for a condition), None if unknown

    >>> evaluate(parse("100 * a / b"), {"a": 2.0, "b": 8.0})
    25.0
    >>> evaluate(parse("a / b"), {"a": 2.0, "b": 0.0}) is None
    True
    """
    return compile_python(node)(values)


def compile_python(node):
    """Function of a mapping of values; see :func:`evaluate`."""
    match node:
        case Number(value) | Text(value):
            return lambda values: value
        case Name(name):
            return lambda values: values.get(name)
        case Negate(item):
            return _numeric(operator.neg, compile_python(item))
        case Arithmetic(op, left, right):
            return _arithmetic(OPERATORS[op], left, right)
        case Compare(op, left, right):
            return _compare(op, left, right)
        case Logic(op, items):
            return _logic(op == "or", [compile_python(item) for item in items])
        case Not(item):
            return _strict(operator.not_, compile_python(item))
        case OneOf(item, options):
            return _strict(options.__contains__, compile_python(item))
        case Choice(condition, yes, no):
            return _choice(*map(compile_python, (condition, yes, no)))
        case Call(function, items, digits):
            return _call(function, [compile_python(item) for item in items], digits)
    raise TypeError(type(node))


def _strict(function, item):
    def run(values):
        value = item(values)
        return None if value is None else function(value)

    return run


def _numeric(function, item):
    def run(values):
        value = _number(item(values))
        return None if value is None else function(value)

    return run


def _arithmetic(function, left, right):
    first, second = compile_python(left), compile_python(right)

    def run(values):
        a, b = _number(first(values)), _number(second(values))
        if a is None or b is None:
            return None
        value = function(a, b)
        return value if value is None else _finite(value)

    return run


def _compare(op, left, right):
    first, second = compile_python(left), compile_python(right)
    function = OPERATORS[op]

    def run(values):
        a, b = first(values), second(values)
        if a is None or b is None or isinstance(a, str) != isinstance(b, str):
            return None
        return function(a, b)

    return run


def _logic(decisive, items):
    """Three-valued ``and``/``or``: one decisive part decides, else unknown wins."""

    def run(values):
        unknown = False
        for item in items:
            value = item(values)
            if value is None:
                unknown = True
            elif bool(value) is decisive:
                return decisive
        return None if unknown else not decisive

    return run


def _choice(condition, yes, no):
    def run(values):
        value = condition(values)
        if value is None:
            return None
        return yes(values) if value else no(values)

    return run


def _call(function, items, digits):
    if function == "abs":
        return _numeric(abs, items[0])
    if function == "round":
        scale = 10.0**digits
        return _numeric(lambda value: _round(value, scale), items[0])
    pick = min if function == "min" else max

    def run(values):
        found = [_number(item(values)) for item in items]
        return None if None in found else pick(found)

    return run


def _round(value, scale):
    # Half to even on the scaled double, as PostgreSQL rounds doubles.
    scaled = value * scale
    return float(round(scaled)) / scale if math.isfinite(scaled) else None
