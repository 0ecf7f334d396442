"""As much GraphQL as Data Kiosk queries need: names, arguments, selections.

>>> parse('{ a(from: "x", ids: ["1"], by: {date: DAY}) { b c { d } } }')
[Field(name='a', arguments={'from': 'x', 'ids': ['1'], 'by': {'date': 'DAY'}}, \
fields=[Field(name='b', arguments={}, fields=[]), Field(name='c', arguments={}, \
fields=[Field(name='d', arguments={}, fields=[])])])]
"""

import json
import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r'\s*(?:#[^\n]*\n\s*)*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|\w+|[{}()\[\]:])[\s,]*'
)


class QueryError(ValueError):
    """A query that cannot be read or asks for what is not there."""


@dataclass
class Field:
    """A field of a selection."""

    name: str
    arguments: dict
    fields: list


class _Reader:
    def __init__(self, text):
        self.tokens, place, text = [], 0, text.strip()
        while place < len(text):
            match = _TOKEN.match(text, place)
            if not match:
                raise QueryError(f"Syntax error at {text[place : place + 20]!r}.")
            self.tokens.append(match.group(1))
            place = match.end()
        self.place = 0

    def peek(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self, wanted=None):
        token = self.peek()
        if token is None or (wanted and token != wanted):
            raise QueryError(
                f"Syntax error: expected {wanted or 'more'}, found {token}."
            )
        self.place += 1
        return token


def parse(text):
    """Return the fields of a query's outermost selection."""
    reader = _Reader(text)
    if reader.peek() == "query":
        reader.take()
        if reader.peek() != "{":
            reader.take()
    return _selection(reader)


def _selection(reader):
    reader.take("{")
    fields = []
    while reader.peek() != "}":
        name, arguments, inner = reader.take(), {}, []
        if not name.isidentifier():
            raise QueryError(f"Syntax error: {name} is no field.")
        if reader.peek() == "(":
            arguments = _pairs(reader, "(", ")")
        if reader.peek() == "{":
            inner = _selection(reader)
        fields.append(Field(name, arguments, inner))
    reader.take("}")
    return fields


def _pairs(reader, opening, closing):
    reader.take(opening)
    found = {}
    while reader.peek() != closing:
        name = reader.take()
        reader.take(":")
        found[name] = _value(reader)
    reader.take(closing)
    return found


def _value(reader):
    token = reader.peek()
    if token == "{":
        return _pairs(reader, "{", "}")
    if token == "[":
        reader.take()
        found = []
        while reader.peek() != "]":
            found.append(_value(reader))
        reader.take()
        return found
    token = reader.take()
    if token[0] in '"-' or token[0].isdigit():
        return json.loads(token)
    return {"true": True, "false": False, "null": None}.get(token, token)


def select(value, fields):
    """Return the chosen fields of a value; QueryError for one that does not exist."""
    if value is None:
        return None
    if isinstance(value, list):
        return [select(part, fields) for part in value]
    if not fields:
        if isinstance(value, dict):
            raise QueryError("A selection of fields is required.")
        return value
    if not isinstance(value, dict):
        raise QueryError(f"{fields[0].name} is not a field here.")
    found = {}
    for chosen in fields:
        if chosen.name not in value:
            raise QueryError(f"Field '{chosen.name}' is undefined.")
        found[chosen.name] = select(value[chosen.name], chosen.fields)
    return found
