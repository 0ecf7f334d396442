"""What uninstalling does beyond the addon's records."""

from odoo.addons.linkstar_project.hooks import forget_data


def uninstall_hook(env):
    """Step lists that were launched stay with core as ordinary templates."""
    forget_data(env, "linkstar_store_opening")
