"""Projects that were launched for a store, and templates that launch them."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: What everybody sets for themselves on a project they may read.
PERSONAL_FIELDS = frozenset({"is_favorite"})


class ProjectProject(models.Model):
    """Core's project with a store, a version and a life."""

    _name = "project.project"
    _inherit = [
        "project.project",
        "linkstar.system.fields.mixin",
        "linkstar.audit.mixin",
        "linkstar.copy.mixin",
    ]

    _system_fields = frozenset(
        {
            "store_id",
            "version_id",
            "is_trial",
            "is_live",
            "launch_key",
            "anchor_date",
            "subject",
            "subject_listing_id",
            "override_reason",
            "schedule_status",
            "schedule_note",
            "schedule_checked_at",
            "forecast_end",
            "finished_at",
            "archived_at",
            "outcome",
            "template_code",
            "builtin_checksum",
            "sheet_key",
            # Core opens a record to whoever knows its token, without signing in.
            "access_token",
        }
    )
    _audit_fields = (
        "name",
        "active",
        "user_id",
        "is_template",
        "linkstar_kind",
        "store_id",
        "version_id",
        "is_trial",
        "anchor_date",
        "subject",
        "override_reason",
        "outcome",
        "lessons",
        "finished_at",
    )

    linkstar_kind = fields.Selection(
        [("routine", "Routine")],
        string="LinkStar kind",
        index=True,
        help="What the project is for. Empty: an ordinary project.",
    )
    store_id = fields.Many2one("linkstar.store", index=True, ondelete="restrict")
    version_id = fields.Many2one(
        "linkstar.template.version",
        string="Template version",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="The published version this project was launched from.",
    )
    is_trial = fields.Boolean(
        string="Trial",
        copy=False,
        help="Trial projects notify nobody, count nowhere and can be discarded.",
    )
    is_live = fields.Boolean(
        string="Live",
        compute="_compute_is_live",
        store=True,
        index=True,
        help="Launched for real and not finished, closed or archived.",
    )
    launch_key = fields.Char(
        copy=False,
        help="Template, store or stock pool, and subject: one live project each.",
    )
    anchor = fields.Selection(
        [("start", "Start date"), ("target", "Target date")],
        string="Counts from",
        default="start",
        help="Start date: steps run forward from the day work begins. Target date: "
        "they run backward from the day it must be finished.",
    )
    anchor_date = fields.Date(copy=False)
    subject = fields.Char(copy=False, help="The SKU or other thing it is about.")
    subject_listing_id = fields.Many2one(
        "linkstar.listing",
        string="Listing",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    override_reason = fields.Char(
        string="Reason for a second launch",
        copy=False,
        help="Why a lead launched it while another one was still running.",
    )
    schedule_status = fields.Selection(
        [("on_track", "On track"), ("at_risk", "At risk"), ("late", "Late")],
        copy=False,
        index=True,
    )
    schedule_note = fields.Json(copy=False)
    forecast_end = fields.Datetime(copy=False)
    finished_at = fields.Datetime(
        string="Finished on", copy=False, help="When its last open task was closed."
    )
    archived_at = fields.Datetime(
        string="Archived on",
        copy=False,
        help="When the retention archived it; a restored one is not archived again.",
    )
    outcome = fields.Selection(
        [
            ("success", "Reached its goal"),
            ("partial", "Partly"),
            ("failed", "Missed its goal"),
            ("dropped", "Dropped"),
        ],
        copy=False,
        tracking=True,
    )
    lessons = fields.Text(copy=False)

    _launch_key_live_uniq = models.UniqueIndex(
        "(launch_key) WHERE is_live IS TRUE",
        "This template is already running for this store and subject.",
    )

    @api.depends(
        "active", "is_template", "is_trial", "launch_key", "outcome", "finished_at"
    )
    def _compute_is_live(self):
        for project in self:
            project.is_live = bool(
                project.active
                and project.launch_key
                and not project.is_template
                and not project.is_trial
                and not project.outcome
                and not project.finished_at
            )

    # -- rights ------------------------------------------------------------------

    def _linkstar_is_launched(self):
        """Tell whether this is work for a store, no template."""
        self.ensure_one()
        return bool(self.linkstar_kind and not self.is_template)

    def _check_template_manager(self):
        """Raise AccessError unless the user manages the template library."""
        user = self.env.user
        if self.env.su or user.has_group("linkstar_project.group_template_manager"):
            return
        raise AccessError(
            self.env._(
                "Only template managers change templates. Ask one of them, or an "
                "administrator to make you one."
            )
        )

    def _linkstar_check_project_rights(self, vals_list):
        """Keep ordinary projects to core's managers, ours to their people.

        Leads and template managers may write ``project.project`` because of our
        access rows; without this they could write everybody's projects.
        """
        if self.env.su:
            return
        self._linkstar_check_system_fields(vals_list)
        if self and set().union(*vals_list) <= PERSONAL_FIELDS:
            return
        kinds = [vals.get("linkstar_kind") for vals in vals_list]
        records = self.sudo()
        if any(kinds) or any(record.is_template for record in records if record.id):
            ours = any(kinds) or any(record.linkstar_kind for record in records)
            if ours:
                self._check_template_manager()
        for record in records:
            if record._linkstar_is_launched():
                record._linkstar_check_launched_write(self.env, vals_list)
        if self.env.user.has_group("project.group_project_manager"):
            return
        if not all(kinds) and not (records and all(r.linkstar_kind for r in records)):
            raise AccessError(
                self.env._(
                    "Only project administrators change projects outside LinkStar."
                )
            )

    def _linkstar_check_launched_write(self, user_env, vals_list):
        """Refuse changes that would take a launched project out of the rules."""
        keys = set().union(*vals_list)
        self.with_env(user_env).store_id._check_lead()
        frozen = keys & {"is_template", "linkstar_kind", "company_id"}
        if frozen or not all(v.get("allow_task_dependencies", True) for v in vals_list):
            raise UserError(
                self.env._(
                    "%(project)s was launched from a template: its kind, company and "
                    "dependencies stay as they are.",
                    project=self.display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Create projects; templates of ours need a template manager."""
        self.browse()._linkstar_check_project_rights(vals_list)
        context = self._linkstar_without_defaults()
        for vals in vals_list:
            if vals.get("linkstar_kind"):
                vals.setdefault("allow_task_dependencies", True)
                vals.setdefault("allow_milestones", True)
                vals.setdefault("privacy_visibility", "employees")
                if not vals.get("type_ids"):
                    vals["type_ids"] = [(6, 0, self._linkstar_stage_ids())]
        return super(ProjectProject, context).create(vals_list)

    def write(self, vals):
        """Write; see ``_linkstar_check_project_rights``."""
        self._linkstar_check_project_rights([vals])
        before = self._linkstar_audited()._linkstar_audit_snapshot(vals.keys())
        result = super().write(vals)
        self._linkstar_audit_write(before, vals)
        return result

    def _check_project_group_with_field(self, field_name, group_name):
        """Core switches a feature off for everybody when no project uses it.

        As superuser: who sees no project of any store must not decide that.
        """
        return super(ProjectProject, self.sudo())._check_project_group_with_field(
            field_name, group_name
        )

    def unlink(self):
        """Delete; launched projects stay, trials may go."""
        # First of all: the message below names the project.
        self.check_access("unlink")
        for project in self.sudo():
            if project._linkstar_is_launched() and not project.is_trial:
                if not self.env.su:
                    raise UserError(
                        self.env._(
                            "%(project)s counts for scores and stays on record. "
                            "Close or archive it instead.",
                            project=project.display_name,
                        )
                    )
        if any(
            project.linkstar_kind and project.is_template for project in self.sudo()
        ):
            self._check_template_manager()
        return super().unlink()

    def _linkstar_audit_summary(self):
        """Only projects of ours are audited."""
        ours = self._linkstar_audited()
        return super(ProjectProject, ours)._linkstar_audit_summary() if ours else {}

    def _linkstar_audited(self):
        """The records of ours among these."""
        return self.sudo().filtered("linkstar_kind").with_env(self.env)

    @api.model
    def _linkstar_stage_ids(self):
        """Ids of the stages that our templates and launches share."""
        ids = [
            self.env["ir.model.data"]._xmlid_to_res_id(
                f"linkstar_project.stage_{name}", raise_if_not_found=False
            )
            for name in ("todo", "doing", "review", "done")
        ]
        return [stage_id for stage_id in ids if stage_id]
