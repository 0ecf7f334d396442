"""Finds what cells of a sheet name, once for the whole sheet.

Plain functions, because nothing here may be called by RPC.
"""


def find_roles(env):
    """Return ``{folded name or code: role id}``, in every installed language."""
    names = {}
    for code, _name in env["res.lang"].get_installed():
        for role in env["project.role"].with_context(lang=code).search([]):
            for text in (role.code, role.name):
                if text:
                    names.setdefault(text.casefold(), role.id)
    return names


def find_people(env, wanted):
    """Return ``{name: {(user id, employee id)}}`` by login, e-mail and name.

    :param wanted: case-folded names
    """
    found = {}
    users = env["res.users"].sudo().search([("share", "=", False)])
    employees = env["hr.employee"].sudo().search([])
    own = {employee.user_id.id: employee.id for employee in employees}
    people = [
        ((user.id, own.get(user.id)), (user.login, user.email, user.name))
        for user in users
    ]
    people += [
        ((False, employee.id), (employee.work_email, employee.name))
        for employee in employees
        if not employee.user_id
    ]
    for person, texts in people:
        for text in texts:
            if text and text.casefold() in wanted:
                found.setdefault(text.casefold(), set()).add(person)
    return found


def find_led_stores(env):
    """Return ``{folded code or name: store ids}`` of the stores the user leads."""
    stores = env["linkstar.store"].search([])
    if not (env.su or env.user.has_group("linkstar_project.group_admin")):
        stores &= stores.browse(env.user._linkstar_lead_store_ids())
    found = {}
    for store in stores:
        for text in {store.code, store.name}:
            if text:
                found.setdefault(text.casefold(), set()).add(store.id)
    return found
