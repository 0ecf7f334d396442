"""Where the keys of secrets come from: the environment, else odoo.conf."""

import os

from odoo.tools import config

from odoo.addons.linkstar_project.engine import crypto
from odoo.addons.linkstar_project.exceptions import MissingKey

SECRET = ("LINKSTAR_SECRET_KEY", "linkstar_secret_key")
HASH = ("LINKSTAR_HASH_KEY", "linkstar_hash_key")


def keyring(env, names=SECRET):
    """Return the keyring for encryption, or with ``HASH`` the one for matching.

    :raise MissingKey: no key is configured, or it is too short; nothing was
        read or written
    """
    variable, option = names
    text = os.environ.get(variable) or config.get(option) or ""
    try:
        return crypto.Keyring.from_text(text)
    except crypto.KeyTextError:
        raise MissingKey(
            env._(
                "No usable key for secrets: set the environment variable %(name)s (at "
                "least %(least)s characters) for the Odoo server, and start it again. "
                "Nothing was changed.",
                name=variable,
                least=crypto.SHORTEST_PASSPHRASE,
            )
        ) from None


def real_uid(env):
    """Return the id of who signed in, whatever user the code switched to."""
    return env["linkstar.audit.entry"]._real_uid()
