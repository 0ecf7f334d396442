"""What installing and uninstalling does beyond the addon's records."""

from odoo.tools import SQL

#: Records of core's models that a company works with: they outlive our addons.
KEPT_MODELS = [
    "project.project",
    "project.task",
    "project.task.type",
    "project.milestone",
    "project.tags",
]


def uninstall_hook(env):
    """Leave nothing behind that Odoo does not know of.

    The guard of the audit trail goes first: its tables could not be emptied else.
    Projects and tasks stay with core; they lose our fields only.
    """
    env.cr.execute(SQL("DROP FUNCTION IF EXISTS linkstar_audit_append_only() CASCADE"))
    forget_data(env, "linkstar_project")


def forget_data(env, module):
    """Keep Odoo from deleting, one by one, records that came with ``module``.

    Templates, tasks and stages stay: a company has edited them and launched from
    them, so they are its own by now. Records of our own models go with their tables,
    in whatever order they refer to each other.
    """
    env["ir.model.data"].search(
        [
            ("module", "=", module),
            "|",
            ("model", "in", KEPT_MODELS),
            ("model", "=like", "linkstar.%"),
        ]
    ).unlink()
