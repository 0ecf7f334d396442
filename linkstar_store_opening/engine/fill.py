"""Fill the gaps of a standard paper: ``{{entity_name}}``, nothing that computes.

>>> fill("I, {{ representative }}, of {{entity_name}}", {"entity_name": "Nova"})
('I, ________, of Nova', ['representative'])
"""

import re

_GAP = re.compile(r"\{\{\s*([a-z_]{1,40})\s*\}\}")
BLANK = "________"


def gaps(text):
    """Names of the gaps of a text, each once, in order.

    >>> gaps("{{a}} {{ b }} {{a}}")
    ['a', 'b']
    """
    return list(dict.fromkeys(_GAP.findall(text or "")))


def fill(text, values, escape=str):
    """Return ``(filled text, names left blank)``.

    :param values: ``{name: text}``; an empty text leaves a line to write on
    :param escape: turns a value into the text's own form, such as HTML
    """
    empty = []

    def put(found):
        value = values.get(found[1])
        if not value and found[1] not in empty:
            empty.append(found[1])
        return str(escape(value)) if value else BLANK

    return _GAP.sub(put, text or ""), empty
