"""What installing and uninstalling does beyond the addon's records."""

from odoo.tools import SQL


def uninstall_hook(env):
    """Leave nothing behind that Odoo does not know of.

    The guard of the audit trail goes first: its tables could not be emptied else.
    Projects and tasks stay with core; they lose our fields only.
    """
    env.cr.execute(SQL("DROP FUNCTION IF EXISTS linkstar_audit_append_only() CASCADE"))
