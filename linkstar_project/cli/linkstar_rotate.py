"""The command ``odoo --addons-path=FOLDER linkstar_rotate -d DATABASE``."""

import sys

import odoo.init  # noqa: F401  (imported first for its setup)
from odoo import api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class LinkstarRotate(Command):
    """Encrypt stored values, and wrap files' keys, under the current key.

    The first key of LINKSTAR_SECRET_KEY is the current one; keep the old one behind a
    comma until this command reports 0 left. It may be stopped and started again.
    """

    name = "linkstar_rotate"

    def run(self, args):
        config.parse_config(args, setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            sys.exit("Name one database: linkstar_rotate -d DATABASE")
        with Registry(names[0]).cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            for model, left in env["linkstar.secret"]._rotate_all():
                # Each batch stands by itself: a stop in between loses one at most.
                cr.commit()  # pylint: disable=invalid-commit
                sys.stdout.write(f"{model}: {left} left\n")
                sys.stdout.flush()
