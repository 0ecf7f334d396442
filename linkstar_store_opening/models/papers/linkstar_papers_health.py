"""Health of papers: keys that do not open what is stored, consent, retention."""

from odoo import api, models

from odoo.addons.linkstar_project.exceptions import MissingKey
from odoo.addons.linkstar_project.models.trust import secret_keys

from .linkstar_document_file import KEEPERS


class LinkstarPapersHealth(models.AbstractModel):
    _name = "linkstar.papers.health"
    _description = "Health of papers"
    _inherit = "linkstar.health.provider"

    @api.model
    def _health_checks(self, now):
        """See ``linkstar.health.provider``."""
        if not self.env.user.has_groups(KEEPERS):
            return []
        return self._check_unknown_keys() + self._check_stale_papers()

    def _check_unknown_keys(self):
        try:
            ring = secret_keys.keyring(self.env)
        except MissingKey:
            # The check of keys in linkstar_project says it.
            return []
        lost = {}
        for model, column in (
            ("linkstar.document.file", "wrapped_key"),
            ("linkstar.secret", "ciphertext"),
        ):
            table = self.env[model]
            total = table.sudo().search_count([(column, "!=", False)])
            known = sum(
                table.sudo().search_count([(column, "like", f"v1.{kid}.%")])
                for kid in ring.known
            )
            lost[model] = total - known
        files, values = lost["linkstar.document.file"], lost["linkstar.secret"]
        if not files and not values:
            return []
        return [
            {
                "code": "unknown_secret_key",
                "area": "access",
                "severity": "error",
                "title": self.env._(
                    "%(files)s files and %(values)s values were stored under a key "
                    "that this server does not have.",
                    files=files,
                    values=values,
                ),
                "detail": self.env._(
                    "This is so after a restore with a new key. Nothing was changed."
                ),
                "next_step": self.env._(
                    "Add the old key to LINKSTAR_SECRET_KEY behind a comma and start "
                    "again; then run the command linkstar_rotate."
                ),
            }
        ]

    def _check_stale_papers(self):
        stale = self.env["linkstar.standard.paper"].search([("is_stale", "=", True)])
        count = len(stale)
        if not count:
            return []
        return [
            {
                "code": "standard_paper_review",
                "area": "papers",
                "severity": "warning",
                "title": self.env._(
                    "%s standard papers are to be reviewed", len(stale)
                ),
                "detail": ", ".join(stale[:20].mapped("name")),
                "next_step": self.env._("Read each text again and set its next date."),
                "res_model": "linkstar.standard.paper",
                "domain": [("id", "in", stale.ids)],
            }
        ]
