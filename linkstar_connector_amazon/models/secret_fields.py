"""Secrets typed into a form and kept encrypted in linkstar.secret."""

from odoo.addons.linkstar_project.models.trust.secret_access import read_secret


def store_typed(records, typed_field, name):
    """Inverse of a non-stored field: encrypt what was typed, keep no copy.

    :param typed_field: name of the non-stored field that was typed into
    :param name: the name under which ``linkstar.secret`` keeps the value
    :return: the records that got a new value
    """
    changed = records.filtered(typed_field)
    secrets = records.env["linkstar.secret"].sudo()
    for record in changed:
        secrets._store(record._name, record.id, name, record[typed_field].strip())
    return changed


def stored(record, name, purpose):
    """The plain value of a secret of ``record``, or an empty string."""
    return read_secret(record.env, record._name, record.id, name, purpose) or ""


def which_are_set(records, name):
    """Ids of the records that have a value for ``name``; nothing is decrypted."""
    return set(records.env["linkstar.secret"]._masked(records._name, records.ids, name))
