"""Contents of encrypted files: functions of this module, no methods of a model.

What is no method cannot be called by RPC, a server action or an automation rule.
The encrypted parts lie under the filestore, so backups carry them; their keys lie
wrapped in the database; the key that unwraps lies outside both.
"""

import io
import shutil
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools import config

from odoo.addons.linkstar_project.engine import crypto, sealed_file
from odoo.addons.linkstar_project.models.trust.secret_keys import keyring, real_uid

MODEL = "linkstar.document.file"


def folder(dbname, storage_key):
    """Folder of one file's parts."""
    root = Path(config.filestore(dbname)) / "linkstar"
    return root / storage_key[:2] / storage_key


def place(file_id):
    """What the wrapped key of a file is bound to."""
    return (MODEL, file_id, "data_key")


def wrap_new_key(env, file):
    """Give a file its data key, wrapped under the current key.

    :raise MissingKey: no key is configured; nothing was changed
    """
    wrapped = keyring(env).encrypt(crypto.new_data_key(), place(file.id))
    file.sudo().wrapped_key = wrapped


def data_key(env, file):
    """Unwrap a file's key.

    :raise MissingKey: no key is configured
    :raise UserError: destroyed, or wrapped under a key that is not configured
    """
    wrapped = file.sudo().wrapped_key
    if not wrapped:
        raise UserError(
            env._("This file was destroyed: its key was deleted, nobody can open it.")
        )
    try:
        return keyring(env).decrypt(wrapped, place(file.id))
    except crypto.UnknownKey:
        raise UserError(
            env._(
                "This file was stored under another key. Add that key to "
                "LINKSTAR_SECRET_KEY behind a comma, or upload the paper again."
            )
        ) from None
    except crypto.CryptoError:
        raise UserError(
            env._("The key of this file is damaged. Upload the paper again.")
        ) from None


def write_part(env, file, number, pieces):
    """Encrypt one part of an upload as it arrives; returns its plain size."""
    path = folder(env.cr.dbname, file.sudo().storage_key) / str(number)
    return sealed_file.write_part(path, pieces, data_key(env, file), number)


def reader(env, file):
    """A seekable stream of the clear content, for the server's own use."""
    home = folder(env.cr.dbname, file.sudo().storage_key)
    raw = sealed_file.SealedReader(
        lambda number: home / str(number), file.size, data_key(env, file)
    )
    return io.BufferedReader(raw, crypto.CHUNK_BYTES)


def remove_parts(env, storage_keys):
    """Delete encrypted parts once the transaction is committed."""
    homes = [folder(env.cr.dbname, key) for key in storage_keys if key]

    @env.cr.postcommit.add
    def _remove():
        for home in homes:
            shutil.rmtree(home, ignore_errors=True)


def open_file(env, file, reason, action="reveal"):
    """Return a reader for the person who signed in, and log it first.

    :param reason: why; needed for sensitive papers, kept in the audit trail
    :param action: ``reveal`` (seen or saved) or ``export`` (put into a package)
    :raise AccessError: no right, or called by an API key
    :raise UserError: no reason given, or the file cannot be opened
    """
    uid = real_uid(env)
    if request and (
        request.session.uid != uid or "Authorization" in request.httprequest.headers
    ):
        raise AccessError(
            env._(
                "Files are shown to people who signed in to the web client only, not "
                "to programs or API keys."
            )
        )
    own = file.with_user(uid).sudo(False)
    own._check_open()
    if own.is_sensitive and not (reason or "").strip():
        raise UserError(env._("Say why you need to see this paper."))
    opened = reader(env, own)
    _log(env, own, (reason or "").strip(), action)
    return opened


def _log(env, file, reason, action):
    """Write to the trail on its own cursor: a later rollback does not erase it."""
    document = file.sudo().document_id
    row = {
        "res_id": document.id,
        "res_name": document.display_name,
        "store_id": None,
        "store_code": "",
        "company_id": document.company_id.id,
        "action": action,
        "field_name": "file_ids",
        "old_value": "",
        "new_value": str(file.number),
        "reason": reason,
    }
    with env.registry.cursor() as cr:
        entries = env(cr=cr, user=real_uid(env), su=True, context={})
        entries["linkstar.audit.entry"]._append("linkstar.document", [row])
