"""A server action that launches a template: any automation rule may use it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...exceptions import AlreadyLaunched

STATE = "linkstar_launch"
#: Where a record names its listing, first come first served.
LISTING_FIELDS = ("listing_id", "subject_listing_id")


class IrActionsServer(models.Model):
    """Core's server action with one more thing to do."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[(STATE, "Launch a template")],
        ondelete={STATE: "cascade"},
    )
    linkstar_template_id = fields.Many2one(
        "project.project",
        string="Template to launch",
        domain=[("is_template", "=", True), ("linkstar_kind", "!=", False)],
        ondelete="restrict",
        index="btree_not_null",
        help="Its newest published version is launched for the record's store.",
    )
    linkstar_store_ids = fields.Many2many(
        "linkstar.store",
        string="Launch for",
        help="Empty: for the store of the record that the action runs on.",
    )
    linkstar_days = fields.Integer(
        string="Days until day 0",
        help="The start or target date of the launch: so many days after the action "
        "runs.",
    )
    linkstar_owner_id = fields.Many2one(
        "res.users",
        string="With the rights of",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Must lead the stores. Empty: whoever sets the action off.",
    )

    def _name_depends(self):
        return [*super()._name_depends(), "linkstar_template_id"]

    def _generate_action_name(self):
        if self.state == STATE and self.linkstar_template_id:
            return self.env._("Launch %s", self.linkstar_template_id.name)
        return super()._generate_action_name()

    @api.constrains("state", "linkstar_template_id", "linkstar_store_ids", "model_id")
    def _check_linkstar_launch(self):
        for action in self.filtered(lambda action: action.state == STATE):
            if not action.linkstar_template_id:
                raise ValidationError(self.env._("Choose the template to launch."))
            model = self.env[action.model_id.model]
            names_store = model._name == "linkstar.store" or (
                "store_id" in model._fields
                and model._fields["store_id"].comodel_name == "linkstar.store"
            )
            if not (action.linkstar_store_ids or names_store):
                raise ValidationError(
                    self.env._(
                        "%(model)s names no store: choose the stores to launch for.",
                        model=action.model_id.name,
                    )
                )

    def _run_action_linkstar_launch_multi(self, eval_context=None):
        """Launch once for each store and MSKU of the records; what runs stays.

        The rights are those of the person named, else of who set the action off:
        automation rules run as superuser, a launch never does.

        :return: action that shows the projects, new and running ones
        """
        records = eval_context.get("records") or eval_context.get("record")
        if records and not records.env.su:
            # Core checks them only where the action names no groups.
            records.check_access("read")
        user = self.linkstar_owner_id or self.env.user
        version = self.linkstar_template_id.last_version_id
        if not version:
            raise UserError(
                self.env._(
                    "%(name)s was never published. Publish it first.",
                    name=self.linkstar_template_id.name,
                )
            )
        version = version.with_user(user).sudo(False)
        project_ids = []
        for sku, store_ids in self._linkstar_matters(records).items():
            project_ids += self._linkstar_launch_each(version, sku, store_ids)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Launched"),
            "res_model": "project.project",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", project_ids)],
        }

    def _linkstar_matters(self, records):
        """Return ``{sku or "": store ids}`` of what the action runs on."""
        fixed = self.sudo().linkstar_store_ids.ids
        if not records:
            return {"": fixed} if fixed else {}
        matters = {}
        for record in records.sudo():
            listing = self._linkstar_listing(record)
            if record._name == "linkstar.store":
                own = record.ids
            else:
                own = record["store_id"].ids if "store_id" in record._fields else []
            known = matters.setdefault(listing.sku or "", [])
            known += [i for i in (fixed or own) if i not in known]
        return {sku: ids for sku, ids in matters.items() if ids}

    @api.model
    def _linkstar_listing(self, record):
        """The listing a record is, or names."""
        none = self.env["linkstar.listing"].sudo()
        if record._name == none._name:
            return record
        for name in LISTING_FIELDS:
            field = record._fields.get(name)
            if field is not None and field.comodel_name == none._name:
                return record[name]
        return none

    def _linkstar_launch_each(self, version, sku, store_ids):
        """Launch for all stores at once; where some run already, one by one."""
        day = fields.Date.context_today(self) + timedelta(days=self.linkstar_days)
        named = {"anchor_date": day, "subject": sku or None}
        try:
            with self.env.cr.savepoint():
                return version.launch(store_ids, **named).ids
        except AlreadyLaunched as error:
            if len(store_ids) == 1:
                return [error.project_id] if error.project_id else []
        found = []
        for store_id in store_ids:
            found += self._linkstar_launch_each(version, sku, [store_id])
        return found
