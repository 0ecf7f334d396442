"""Where the faults found on rounds go."""

from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import UserError


class LinkstarStore(models.Model):
    _inherit = "linkstar.store"

    @api.private
    def _linkstar_faults_project(self):
        """Return the store's one project of found faults (superuser), made if needed.

        It belongs to the store like every launched project, so the store's rules
        hold; it is live whenever one of its tasks is open.
        """
        self.ensure_one()
        projects = self.env["project.project"].sudo()
        key = f"rounds/{self.id}"
        found = projects.search([("launch_key", "=", key), ("outcome", "=", False)])
        if found:
            return found[0]
        lang = self.company_id.partner_id.lang or self.env.lang
        name = self.with_context(lang=lang).env._(
            "Faults found on rounds · %s", self.sudo().code
        )
        try:
            with self.env.cr.savepoint():
                return projects.create(
                    {
                        "name": name,
                        "linkstar_kind": "routine",
                        "store_id": self.id,
                        "company_id": self.sudo().company_id.id,
                        "launch_key": key,
                    }
                )
        except UniqueViolation:
            # A colleague's fault of the same instant: its project cannot be seen
            # from within this transaction.
            raise UserError(
                self.env._("A colleague reported a fault just now. Tap once more.")
            ) from None
