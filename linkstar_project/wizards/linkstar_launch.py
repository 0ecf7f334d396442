"""Wizard: launch a version for stores, with a look at the plan first."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..engine.variants import codes_of
from ..exceptions import AlreadyLaunched
from .launch_preview import LaunchPreview

#: Plans of more stores than this are written, but not all shown.
SHOWN_PLANS = 5


class LinkstarLaunch(models.TransientModel):
    """Version × stores × date → preview → projects."""

    _name = "linkstar.launch"
    _description = "Launch a template"

    template_id = fields.Many2one(
        "project.project",
        required=True,
        domain=[("is_template", "=", True), ("linkstar_kind", "!=", False)],
    )
    version_id = fields.Many2one(
        "linkstar.template.version",
        compute="_compute_version_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('project_id', '=', template_id), ('state', '=', 'published')]",
        help="Empty: the working copy as it is now, as a trial only.",
    )
    allowed_store_ids = fields.Many2many(
        "linkstar.store", compute="_compute_allowed_store_ids"
    )
    store_ids = fields.Many2many(
        "linkstar.store",
        string="Stores",
        required=True,
        domain="[('id', 'in', allowed_store_ids)]",
    )
    anchor = fields.Selection(
        [("start", "Start date"), ("target", "Target date")],
        string="Counts from",
        compute="_compute_version_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    anchor_date = fields.Date(
        string="Date", required=True, default=fields.Date.context_today
    )
    listing_id = fields.Many2one(
        "linkstar.listing",
        string="SKU",
        domain="[('store_id', 'in', store_ids)]",
        help="Empty: the launch is about the whole store.",
    )
    allowed_variant_ids = fields.Many2many(
        "linkstar.variant", compute="_compute_allowed_variant_ids"
    )
    variant_ids = fields.Many2many(
        "linkstar.variant",
        "linkstar_launch_variant_rel",
        string="Categories",
        compute="_compute_variant_ids",
        store=True,
        readonly=False,
        domain="[('id', 'in', allowed_variant_ids)]",
        help="Product categories that need steps and papers of their own.",
    )
    trial = fields.Boolean(
        compute="_compute_trial",
        store=True,
        precompute=True,
        readonly=False,
        help="Real records that notify nobody and count nowhere; discard them later.",
    )
    override_reason = fields.Char(
        string="Reason for a second launch",
        help="Only where the same launch is still running.",
    )
    has_running = fields.Boolean(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("template_id")
    @api.depends_context("linkstar_working_copy")
    def _compute_version_id(self):
        working_copy = self.env.context.get("linkstar_working_copy")
        for wizard in self:
            template = wizard.template_id
            if working_copy:
                wizard.version_id = False
            elif wizard.version_id.project_id != template:
                wizard.version_id = template.last_version_id
            wizard.anchor = template.anchor or "start"

    @api.depends("template_id")
    def _compute_allowed_store_ids(self):
        stores = self.env["linkstar.store"].search([("state", "!=", "closed")])
        for wizard in self:
            template = wizard.template_id._origin
            bound = template._linkstar_bound(stores) if template else stores
            wizard.allowed_store_ids = stores.browse(bound.ids)

    @api.depends("version_id")
    def _compute_trial(self):
        """Only what is published is launched for real."""
        for wizard in self:
            wizard.trial = wizard.trial or not wizard.version_id

    @api.depends("version_id", "template_id")
    def _compute_allowed_variant_ids(self):
        variants = self.env["linkstar.variant"]
        for wizard in self:
            version, template = wizard.version_id._origin, wizard.template_id._origin
            if version:
                codes = codes_of(version._read_snapshot())
            else:
                codes = template.task_ids.variant_ids.mapped("code")
            wizard.allowed_variant_ids = variants.search([("code", "in", codes)])

    @api.depends("listing_id", "version_id")
    def _compute_variant_ids(self):
        """Those of the MSKU, as far as the template knows them."""
        for wizard in self:
            known = wizard.allowed_variant_ids._origin
            wizard.variant_ids = wizard.listing_id._origin.variant_ids & known

    @api.depends(
        "template_id",
        "version_id",
        "store_ids",
        "anchor",
        "anchor_date",
        "listing_id",
        "variant_ids",
    )
    def _compute_preview(self):
        for wizard in self:
            wizard.has_running = False
            wizard.preview = False
            if not (wizard.template_id and wizard.store_ids and wizard.anchor_date):
                continue
            try:
                plans = wizard._plans()
            except UserError as error:
                wizard.preview = Markup('<div class="alert alert-warning">%s</div>') % (
                    str(error)
                )
                continue
            wizard.has_running = any(plan["running_id"] for plan in plans)
            wizard.preview = wizard._render(plans)

    def _plans(self):
        version, stores = self.version_id._origin, self.store_ids._origin
        if version:
            return version.preview(stores.ids, **self._options())
        template = self.template_id._origin
        return template.preview_working_copy(stores.ids, **self._options())

    def _options(self):
        sku = self.listing_id.sku
        return {
            "anchor_date": self.anchor_date,
            "anchor": self.anchor,
            "subject": {"sku": sku} if sku else None,
            "variants": self.variant_ids._origin.mapped("code"),
        }

    def _render(self, plans):
        """The dry run as cards, one a store; see ``launch_preview``."""
        shown = LaunchPreview(self.env).render(plans[:SHOWN_PLANS])
        if len(plans) > SHOWN_PLANS:
            shown += Markup("<p>%s</p>") % self.env._(
                "… and %s more stores.", len(plans) - SHOWN_PLANS
            )
        return shown

    def _launched(self):
        if not self.version_id:
            return self.template_id.try_working_copy(
                self.store_ids.ids, **self._options()
            )
        return self.version_id.launch(
            self.store_ids.ids,
            trial=self.trial,
            override_reason=self.override_reason,
            **self._options(),
        )

    def action_launch(self):
        """Launch and open what was launched."""
        self.ensure_one()
        try:
            projects = self._launched()
        except AlreadyLaunched as error:
            if not error.project_id:
                raise
            raise RedirectWarning(
                str(error),
                {
                    "type": "ir.actions.act_window",
                    "res_model": "project.project",
                    "res_id": error.project_id,
                    "views": [[False, "form"]],
                },
                self.env._("Open the running project"),
            ) from error
        action = {
            "type": "ir.actions.act_window",
            "res_model": "project.project",
            "name": self.env._("Launched"),
            "views": [[False, "list"], [False, "form"]],
            "domain": [("id", "in", projects.ids)],
        }
        if len(projects) == 1:
            action.update(
                res_model="project.task",
                name=projects.name,
                views=[[False, "list"], [False, "kanban"], [False, "form"]],
                domain=[("project_id", "=", projects.id)],
                context={"default_project_id": projects.id},
            )
        return action
