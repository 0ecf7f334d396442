"""Wizard: launch a version for stores, with a look at the plan first."""

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

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
        required=True,
        compute="_compute_version_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('project_id', '=', template_id), ('state', '=', 'published')]",
    )
    store_ids = fields.Many2many("linkstar.store", string="Stores", required=True)
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
    trial = fields.Boolean(
        help="Real records that notify nobody and count nowhere; discard them later."
    )
    override_reason = fields.Char(
        string="Reason for a second launch",
        help="Only where the same launch is still running.",
    )
    has_running = fields.Boolean(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("template_id")
    def _compute_version_id(self):
        for wizard in self:
            template = wizard.template_id
            if wizard.version_id.project_id != template:
                wizard.version_id = template.last_version_id
            wizard.anchor = template.anchor or "start"

    @api.depends("version_id", "store_ids", "anchor", "anchor_date", "listing_id")
    def _compute_preview(self):
        for wizard in self:
            wizard.has_running = False
            wizard.preview = False
            if not (wizard.version_id and wizard.store_ids and wizard.anchor_date):
                continue
            try:
                plans = wizard.version_id._origin.preview(
                    wizard.store_ids._origin.ids, **wizard._options()
                )
            except UserError as error:
                wizard.preview = Markup('<div class="alert alert-warning">%s</div>') % (
                    str(error)
                )
                continue
            wizard.has_running = any(plan["running_id"] for plan in plans)
            wizard.preview = wizard._render(plans)

    def _options(self):
        sku = self.listing_id.sku
        return {
            "anchor_date": self.anchor_date,
            "anchor": self.anchor,
            "subject": {"sku": sku} if sku else None,
        }

    def _render(self, plans):
        """The plans as tables; every text is escaped."""
        parts = [self._render_plan(plan) for plan in plans[:SHOWN_PLANS]]
        if len(plans) > SHOWN_PLANS:
            parts.append(
                Markup("<p>%s</p>")
                % self.env._("… and %s more stores.", len(plans) - SHOWN_PLANS)
            )
        return Markup("").join(parts)

    def _render_plan(self, plan):
        warnings = list(plan["warnings"])
        if plan["running_id"]:
            warnings.insert(
                0,
                self.env._(
                    "It is already running for this store and subject. Open that "
                    "project, or give a reason for a second launch."
                ),
            )
        head = Markup("<h4>%s</h4>") % plan["name"]
        alerts = Markup("").join(
            Markup('<div class="alert alert-warning py-1 mb-1">%s</div>') % text
            for text in warnings
        )
        titles = (
            self.env._("Task"),
            self.env._("Assignee"),
            self.env._("Role"),
            self.env._("Start"),
            self.env._("Deadline"),
        )
        header = Markup("").join(Markup("<th>%s</th>") % title for title in titles)
        rows = Markup("").join(self._render_row(task) for task in plan["tasks"])
        return Markup(
            '%s%s<table class="table table-sm"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (head, alerts, header, rows)

    def _render_row(self, task):
        name = escape(task["name"])
        if task["is_key"]:
            name = Markup("<strong>%s</strong>") % name
        if task["parent"]:
            name = Markup("&#8195;%s") % name
        owner = escape(task["owner"] or self.env._("nobody"))
        if task["is_fallback"]:
            owner = Markup('<span class="text-warning">%s</span>') % owner
        start, end = (
            format_datetime(self.env, task[key], dt_format="short")
            for key in ("start", "end")
        )
        return Markup(
            "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>"
        ) % (name, owner, task["role"], start, end)

    def action_launch(self):
        """Launch and open what was launched."""
        self.ensure_one()
        projects = self.version_id.launch(
            self.store_ids.ids,
            trial=self.trial,
            override_reason=self.override_reason,
            **self._options(),
        )
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
