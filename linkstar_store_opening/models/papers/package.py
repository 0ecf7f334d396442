"""The package of an opening: functions, called with the exporter's rights."""

from odoo import fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.linkstar_project.engine import sealed_file

from ...engine import file_check, sensitive_text, watermark
from ...engine import package as archive
from . import paper_store

#: Larger files are not stamped (that needs the whole file at once) and so stay out.
LARGEST_STAMPED = 64 * 1024 * 1024


def describe(requirement):
    """One paper of an opening for the web client."""
    document = requirement.document_id
    file = document.file_id
    return {
        "id": requirement.id,
        "name": requirement.type_id.name,
        "entity": requirement.entity_id.display_name or "",
        "state": requirement.state,
        "state_label": dict(
            requirement._fields["state"]._description_selection(requirement.env)
        )[requirement.state],
        "explanation": requirement.explanation or "",
        "due_date": fields.Date.to_string(requirement.due_date),
        "owner": requirement.user_id.name or "",
        "optional": requirement.is_optional,
        "later": requirement.is_later,
        "document_id": document.id,
        "live_only": requirement.type_id.is_live_only,
        "formats": sorted(requirement.type_id._file_limits().formats),
        "file": bool(file),
        "may_open": bool(file) and file.may_open,
    }


def write(project, out, recipient, password, reason):
    """Write the package to ``out``; see ``project.write_package``."""
    env = project.env
    recipient = " ".join((recipient or "").split())[:80]
    if not recipient:
        raise UserError(
            env._("Name who receives the package: it is written on each page.")
        )
    if sensitive_text.carries_number(recipient):
        raise UserError(env._("Name the recipient in words, not by a number."))
    if not (reason or "").strip():
        raise UserError(env._("Say what the package is for."))
    try:
        target = archive.open_archive(out, password or "")
    except ValueError:
        raise UserError(
            env._(
                "Choose a password of at least %s characters.",
                archive.SHORTEST_PASSWORD,
            )
        ) from None
    today = fields.Date.to_string(fields.Date.context_today(project))
    code = project.store_id.code or str(project.id)
    mark = f"{code} · {recipient} · {today}"
    rows, included = [], 0
    for number, requirement in enumerate(project.requirement_ids, start=1):
        name, note = _add(target, number, requirement, mark, reason)
        included += bool(name)
        rows.append(_row(requirement, name, note))
    index = archive.index_sheet(
        project.display_name, _facts(env, code, recipient, today), _headers(env), rows
    )
    target.add(archive.INDEX_NAME, [index])
    target.close()
    left_out = len(rows) - included
    project.sudo()._linkstar_audit_log(
        "export",
        reason.strip(),
        new=env._(
            "Package for %(recipient)s: %(count)s papers",
            recipient=recipient,
            count=included,
        ),
    )
    return {"included": included, "left_out": left_out}


def _add(target, number, requirement, mark, reason):
    """Add one paper; ``(name in the archive, note)``, no name if it stays out."""
    env = requirement.env
    document = requirement.document_id
    if not document.has_access("read") or not document.file_id:
        return "", env._("No file")
    file = document.file_id
    try:
        with paper_store.open_file(env, file, reason, "export") as stream:
            return _copy(target, number, requirement, file, stream, mark)
    except AccessError:
        return "", env._("Left out: sensitive, and you may not see it")


def _copy(target, number, requirement, file, stream, mark):
    env = requirement.env
    code, kind = requirement.type_id.code, file.kind
    if kind not in file_check.SHOWN:
        name = archive.entry_name(number, code, file.number, kind)
        target.add(name, sealed_file.chunks(stream))
        return name, env._("Without watermark: this format has none")
    if file.size > LARGEST_STAMPED:
        return "", env._("Left out: too large for a watermark")
    try:
        data, kind = watermark.stamp(stream.read(), kind, mark)
    except ValueError:
        return "", env._("Left out: the file could not be given a watermark")
    name = archive.entry_name(number, code, file.number, kind)
    target.add(name, [data])
    return name, ""


def _facts(env, code, recipient, today):
    return [
        (env._("Shop"), code),
        (env._("Recipient"), recipient),
        (env._("Date"), today),
        (env._("Exported by"), env.user.name),
    ]


def _headers(env):
    return [
        env._("File"),
        env._("Paper"),
        env._("Company or person"),
        env._("Version"),
        env._("Issued on"),
        env._("Expires on"),
        env._("State"),
        env._("Remark"),
    ]


def _row(requirement, name, note):
    document = requirement.document_id
    if not document.has_access("read"):
        document = document.browse()
    states = dict(requirement._fields["state"]._description_selection(requirement.env))
    return [
        name,
        requirement.type_id.name,
        requirement.entity_id.display_name,
        document.file_id.number,
        document.issue_date,
        document.expiry_date,
        states[requirement.state],
        note,
    ]
