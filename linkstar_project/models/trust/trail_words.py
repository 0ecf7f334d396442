"""What stands in the trail, in the reader's words.

Entries keep the technical value, the same for everybody; only its display changes.
"""

from odoo import fields
from odoo.tools import format_datetime


def value_in_words(env, field, text):
    """One value as a person reads it: labels of choices, yes and no, local times.

    :param field: the field of the model that the value is of, or None
    :param text: the value as the trail keeps it
    """
    if not text or field is None:
        return text
    if field.type == "selection":
        return dict(field._description_selection(env)).get(text, text)
    if field.type == "boolean":
        return {"yes": env._("Yes"), "no": env._("No")}.get(text, text)
    if field.type == "datetime":
        try:
            moment = fields.Datetime.to_datetime(text)
        except ValueError:
            return text
        return format_datetime(env, moment, dt_format="short")
    return text


def summary_in_words(env, model, text):
    """The values of a new or deleted record, each line with its field's label.

    :param model: an empty recordset of the record's model
    :param text: lines ``field: value``; others are parts of long texts
    """
    lines = []
    for line in (text or "").split("\n"):
        name, colon, value = line.partition(": ")
        field = model._fields.get(name) if colon else None
        if field is not None:
            label = field._description_string(env)
            line = f"{label}: {value_in_words(env, field, value)}"
        lines.append(line)
    return "\n".join(lines)
