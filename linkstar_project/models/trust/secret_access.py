"""Decryption of secrets: a function of this module, no method of a model.

What is no method cannot be called by RPC, a server action or an automation rule.
"""

from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.linkstar_project.engine import crypto

from .secret_keys import keyring, real_uid


def read_secret(env, res_model, res_id, field, purpose):
    """Return a secret's value for the program itself, never to show it.

    The caller uses the value within the server (a token, a signing key). The
    use is written to the audit trail on a cursor of its own before the value is
    returned, at most once a day for the same purpose and user.

    :param purpose: short text for the trail, such as "sign a webhook"
    :return: str, or None when no value is stored
    :raise AccessError: the person who signed in is no internal user
    :raise MissingKey: no key is configured
    :raise UserError: the value cannot be decrypted; says what to do
    """
    user = env["res.users"].sudo().browse(real_uid(env))
    if not (user.active or user._is_superuser()) or user.share:
        raise AccessError(env._("Only internal users may start what needs a secret."))
    value = _decrypt(env, res_model, res_id, field)
    if value is not None:
        _log(env, res_model, res_id, field, purpose, "use")
    return value


def reveal_secret(env, res_model, res_id, field, reason):
    """Return a secret's value to show it to the person who signed in.

    Rights are those of that person, even under sudo; API keys and other
    programs are refused. Logged on a cursor of its own before returning.

    :raise AccessError: no right, or not signed in through the web client
    """
    uid = real_uid(env)
    if request and (
        request.session.uid != uid or "Authorization" in request.httprequest.headers
    ):
        raise AccessError(
            env._(
                "Secrets are shown to people who signed in to the web client only, "
                "not to programs or API keys."
            )
        )
    own = env["linkstar.secret"].with_user(uid).sudo(False)
    own._check_reveal(res_model, res_id, field)
    if not (reason or "").strip():
        raise UserError(env._("Say why you need to see this value."))
    value = _decrypt(env, res_model, res_id, field)
    if value is None:
        raise UserError(env._("No value is stored here, so there is none to show."))
    _log(env, res_model, res_id, field, reason.strip(), "reveal")
    return value


def _decrypt(env, res_model, res_id, field):
    ring = keyring(env)
    secret = env["linkstar.secret"].sudo()._find(res_model, res_id, field)
    if not secret:
        return None
    place = (res_model, res_id, field)
    try:
        return ring.decrypt(secret.ciphertext, place).decode()
    except crypto.UnknownKey:
        raise UserError(
            env._(
                "This value was stored under another key. Add that key to "
                "LINKSTAR_SECRET_KEY behind a comma, or enter the value again."
            )
        ) from None
    except crypto.CryptoError:
        raise UserError(
            env._(
                "The stored value is damaged or was moved here from another record. "
                "Enter it again."
            )
        ) from None


def append_apart(env, res_model, rows):
    """Append to the trail on a cursor of its own: a later rollback erases nothing.

    :param rows: as of ``linkstar.audit.entry._append``
    """
    with env.registry.cursor() as cr:
        entries = env(cr=cr, user=real_uid(env), su=True, context={})
        entries["linkstar.audit.entry"]._append(res_model, rows)


def _log(env, res_model, res_id, field, reason, action):
    """Write to the trail on its own cursor: a later rollback does not erase it."""
    uid = real_uid(env)
    with env.registry.cursor() as cr:
        entries = env(cr=cr, user=uid, su=True, context={})["linkstar.audit.entry"]
        if action == "use" and entries._used_today(res_model, res_id, field, reason):
            return
        row = {
            "res_id": res_id,
            "res_name": "",
            "store_id": None,
            "store_code": "",
            "action": action,
            "field_name": field,
            "old_value": "",
            "new_value": "",
            "reason": reason,
        }
        entries._append(res_model, [row])
