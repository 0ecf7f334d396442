"""Changes between snapshots as HTML: side by side, one below the other on a phone.

Plain functions, because nothing here may be called by RPC. Every text is escaped.
"""

from markupsafe import Markup

COLORS = {"add": "success", "change": "warning", "drop": "danger"}

_CARD = Markup(
    '<div class="card mb-2"><div class="card-body p-2">'
    '<div class="d-flex flex-wrap gap-2 align-items-center mb-1">'
    '<span class="badge text-bg-%s">%s</span><b class="text-break">%s</b></div>%s'
    "</div></div>"
)
_PAIR = Markup(
    '<div class="mb-1"><small class="text-muted">%s</small>'
    '<div class="row g-1"><div class="col-12 col-md-6">'
    '<div class="p-1 rounded bg-danger-subtle text-break">%s</div></div>'
    '<div class="col-12 col-md-6">'
    '<div class="p-1 rounded bg-success-subtle text-break">%s</div></div></div></div>'
)


def card(kind, label, name, fields):
    """One changed step: its badge, its name, and each field before and after.

    :param kind: add, change or drop
    :param fields: ``{label: (before, after)}`` as texts or Markup
    """
    pairs = Markup("").join(
        _PAIR % (title, before or "—", after or "—")
        for title, (before, after) in fields.items()
    )
    return _CARD % (COLORS[kind], label, name, pairs)


def field_list(values):
    """What a step says, one line a field: ``{label: text}``."""
    lines = Markup("").join(
        Markup('<div class="text-break"><small class="text-muted">%s:</small> %s</div>')
        % (label, text or "—")
        for label, text in values.items()
    )
    return lines
