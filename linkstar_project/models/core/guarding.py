"""Which records belong to LinkStar, and who may see them: without queries a record.

Plain functions, because nothing here may be called by RPC.
"""

from collections import defaultdict

#: Core's models with our records among others, and the path to the project.
PROJECT_MODELS = {
    "project.project": "",
    "project.task": "",
    "project.milestone": "project_id",
    "project.update": "project_id",
}


def is_guarded_model(name):
    """Tell whether a model holds records of ours."""
    return name.startswith("linkstar.") or name in PROJECT_MODELS


def guarded(records):
    """Return the subset of records that belong to LinkStar, in the same env.

    Projects without a store and without our kind are core's: they stay as they
    are there.
    """
    name = records._name
    if name.startswith("linkstar."):
        return records
    if name not in PROJECT_MODELS:
        return records.browse()
    path = PROJECT_MODELS[name]
    own = records.sudo().with_context(active_test=False).exists()
    return records.browse(
        record.id
        for record in own
        if (owner := record[path] if path else record).store_id or owner.linkstar_kind
    )


def is_on_ours(env, model, res_id):
    """Tell whether a document (model and id) is a record of LinkStar."""
    if not model or not res_id or not is_guarded_model(model) or model not in env:
        return False
    return bool(guarded(env[model].browse(res_id)))


def store_of(record):
    """Return the store of a guarded record (superuser), or an empty recordset."""
    record = record.sudo()
    if record._name == "linkstar.store":
        return record
    path = PROJECT_MODELS.get(record._name)
    owner = record[path] if path else record
    if "store_id" in owner._fields:
        return owner.store_id
    return record.env["linkstar.store"]


def may_follow(user, record):
    """Tell whether a user may be told about a guarded record.

    Members of its store; for records without a store whoever may read them.
    """
    if not user.active or user.share:
        return False
    if user._linkstar_sees_all("read"):
        return True
    store = store_of(record)
    if store:
        return store.id in user._linkstar_store_ids()
    return record.with_user(user).sudo(False).has_access("read")


def partners_allowed(records, partner_ids):
    """Return ``{record id: partner ids}`` of the partners who may follow each.

    Records that are not ours keep all partners.
    """
    ours = guarded(records)
    partners = records.env["res.partner"].sudo().browse(partner_ids)
    allowed = {record.id: set(partner_ids) for record in records - ours}
    users = {partner.id: partner.user_ids for partner in partners}
    for record in ours:
        allowed[record.id] = {
            partner
            for partner, accounts in users.items()
            if any(may_follow(user, record) for user in accounts)
        }
    return allowed


def unreadable(env, documents):
    """Return the keys whose guarded document the user may not read.

    :param documents: iterable of ``(key, model, res_id)``
    """
    by_model = defaultdict(lambda: defaultdict(list))
    for key, model, res_id in documents:
        if model and res_id and is_guarded_model(model) and model in env:
            by_model[model][res_id].append(key)
    hidden = set()
    for model, keys in by_model.items():
        records = env[model].with_context(active_test=False).browse(keys).exists()
        ours = guarded(records)
        if not ours.browse().has_access("read"):
            closed = ours
        else:
            closed = ours - ours._filtered_access("read")
        for record in closed:
            hidden.update(keys[record.id])
    return hidden
