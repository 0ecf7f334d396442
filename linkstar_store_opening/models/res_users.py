"""Whose papers a user may see."""

from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _linkstar_document_domain(self, mode):
        """Domain of the record rule on papers.

        Compliance and administrators see all papers of their companies; others those
        used by openings of their stores, answers of platforms to those, and papers
        they entered themselves.
        """
        self.ensure_one()
        keeper = self.has_group("linkstar_store_opening.group_compliance")
        if keeper or self.has_group("linkstar_project.group_admin"):
            return [(1, "=", 1)]
        if mode == "read" and self.has_group("linkstar_project.group_auditor"):
            return [(1, "=", 1)]
        stores = list(self._linkstar_store_ids())
        return [
            "|",
            "|",
            ("create_uid", "=", self.id),
            ("requirement_ids.store_id", "in", stores),
            ("submission_id.store_id", "in", stores),
        ]
