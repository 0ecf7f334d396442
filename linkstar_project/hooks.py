"""What installing and uninstalling does beyond the addon's records."""

from odoo.tools import SQL

#: Records of core's models that a company works with: they outlive our addons.
KEPT_MODELS = [
    "project.project",
    "project.task",
    "project.task.type",
    "project.role",
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
    untie_tables(env)


def untie_tables(env):
    """Let core's groups and roles go before our tables, which go last of all.

    Rows of ours hold on to them (an approval's step to its group), so that Odoo
    would fail to delete the group and say so in its log.
    """
    env.cr.execute(
        SQL(
            r"""
            SELECT mine.relname, tie.conname
              FROM pg_constraint tie
              JOIN pg_class mine ON mine.oid = tie.conrelid
              JOIN pg_class other ON other.oid = tie.confrelid
             WHERE tie.contype = 'f'
               AND mine.relname LIKE 'linkstar\_%%'
               AND other.relname NOT LIKE 'linkstar\_%%'
            """
        )
    )
    for table, name in env.cr.fetchall():
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )


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
