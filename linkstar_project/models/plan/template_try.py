"""The working copy of a template, tried before anybody publishes it."""

from odoo import models
from odoo.exceptions import UserError

from ...engine import snapshot as snapshot_engine
from .launch import Launch


class LinkstarStore(models.Model):
    _inherit = "linkstar.store"

    def _existing(self, store_ids):
        """The stores of these ids; raise UserError when one is missing."""
        stores = self.browse(store_ids).exists()
        if len(stores) != len(set(store_ids)) or not stores:
            raise UserError(self.env._("Choose at least one existing store."))
        return stores

    def _check_launch_rights(self, trial):
        """Leads launch for their stores; template managers try where they may look."""
        if trial and self.env.user.has_group("linkstar_project.group_template_manager"):
            self.check_access("read")
            return
        self._check_lead()


class ProjectProject(models.Model):
    _inherit = "project.project"

    def preview_working_copy(
        self, store_ids, anchor_date=None, anchor=None, subject=None, variants=None
    ):
        """Return what a launch of the unpublished steps would write.

        :return: list of dicts, one a store; see ``preview`` of a version
        """
        self.ensure_one()
        self.check_access("read")
        stores = self.env["linkstar.store"].browse(store_ids).exists()
        stores._check_member("read")
        return self._working_launch(
            stores, anchor_date, anchor, subject, variants
        ).describe()

    def try_working_copy(
        self, store_ids, anchor_date=None, anchor=None, subject=None, variants=None
    ):
        """Launch the unpublished steps as a trial; for real only versions run.

        Who leads the stores may do it, and template managers where they may look.

        :return: trial ``project.project`` records, in the order of the stores
        """
        self.ensure_one()
        self.check_access("read")
        stores = self.env["linkstar.store"]._existing(store_ids)
        stores._check_launch_rights(trial=True)
        return self._working_launch(
            stores, anchor_date, anchor, subject, variants
        ).write()

    def _working_launch(self, stores, anchor_date, anchor, subject, variants):
        if not (self.sudo().is_template and self.sudo().linkstar_kind):
            raise UserError(
                self.env._("%(name)s is no template of LinkStar.", name=self.name)
            )
        return Launch(
            self.env["linkstar.template.version"],
            stores,
            anchor_date,
            anchor,
            subject,
            trial=True,
            variants=variants,
            template=self,
        )

    def _working_snapshot(self):
        """The working copy as a snapshot; raise UserError with its first fault."""
        snapshot = self._build_snapshot()
        self._check_snapshot(snapshot)
        return snapshot_engine.complete(snapshot)

    def action_open_try(self):
        """Open the wizard that tries the working copy."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "linkstar.launch",
            "name": self.env._("Try the working copy"),
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_template_id": self.id,
                "default_trial": True,
                "linkstar_working_copy": True,
            },
        }
