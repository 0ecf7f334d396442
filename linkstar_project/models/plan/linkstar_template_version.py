"""Published versions of templates."""

import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import snapshot as snapshot_engine
from ...engine.variants import select
from .launch import Launch


class LinkstarTemplateVersion(models.Model):
    """A template as it was published: frozen, with a checksum."""

    _name = "linkstar.template.version"
    _description = "Template version"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "project_id, number desc"
    _rec_name = "display_name"

    _system_fields = frozenset(
        {"project_id", "number", "snapshot", "checksum", "state", "retired_at"}
    )
    _audit_fields = ("number", "checksum", "state", "note")
    _audit_store_path = None

    project_id = fields.Many2one(
        "project.project",
        string="Template",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("is_template", "=", True)],
    )
    number = fields.Integer(required=True, readonly=True)
    # A JSON field is copied at each read: it never comes along by accident.
    snapshot = fields.Json(required=True, readonly=True, prefetch=False, copy=False)
    checksum = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [("published", "Published"), ("retired", "Retired")],
        default="published",
        required=True,
        readonly=True,
        index=True,
    )
    note = fields.Text(help="What changed and why.")
    task_count = fields.Integer(string="Steps", readonly=True)
    retired_at = fields.Datetime(readonly=True)
    launch_ids = fields.One2many("project.project", "version_id", string="Launches")
    launch_count = fields.Integer(
        compute="_compute_launch_count", string="Launches no."
    )

    _project_number_uniq = models.Constraint(
        "UNIQUE(project_id, number)", "This version number exists already."
    )

    @api.depends("project_id.name", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(template)s v%(number)s",
                template=version.project_id.sudo().name or "",
                number=version.number,
            )

    def _compute_launch_count(self):
        counts = dict(
            self.env["project.project"]._read_group(
                [("version_id", "in", self.ids), ("is_trial", "=", False)],
                ["version_id"],
                ["__count"],
            )
        )
        for version in self:
            version.launch_count = counts.get(version, 0)

    def unlink(self):
        """Delete versions that were never launched."""
        self.project_id._check_template_manager()
        used = self.sudo().with_context(active_test=False).filtered("launch_ids")
        if used:
            raise UserError(
                self.env._(
                    "%(version)s was launched and stays on record. Retire it instead.",
                    version=used[0].display_name,
                )
            )
        return super().unlink()

    # -- life --------------------------------------------------------------------

    def action_retire(self):
        """Retire: it can no longer be launched; what runs goes on."""
        self.check_access("read")
        self.project_id._check_template_manager()
        self.sudo().write({"state": "retired", "retired_at": fields.Datetime.now()})
        return True

    def action_republish(self):
        """Take a retirement back."""
        self.check_access("read")
        self.project_id._check_template_manager()
        self.sudo().write({"state": "published", "retired_at": False})
        return True

    def _read_snapshot(self):
        """Return the completed snapshot; raise UserError if it was altered."""
        self.ensure_one()
        snapshot = self.sudo().snapshot
        if snapshot_engine.checksum(snapshot) != self.sudo().checksum:
            raise UserError(
                self.env._(
                    "The snapshot of %(version)s does not match its checksum: it was "
                    "changed outside LinkStar. Publish the template again.",
                    version=self.display_name,
                )
            )
        return snapshot_engine.complete(snapshot)

    def _says(self, snapshot):
        """Whether this version, if any, says the same as a snapshot."""
        if not self or snapshot_engine.checksum(snapshot) == self.sudo().checksum:
            return bool(self)
        return snapshot_engine.says_the_same(self.sudo().snapshot, snapshot)

    def _snapshot_for(self, project, snapshot=None):
        """Return the snapshot with only the steps that apply to a project.

        :param project: launched project: its categories and its store's site count
        :param snapshot: result of ``_read_snapshot``, when read already
        """
        project = project.sudo()
        codes = project.variant_ids.mapped("code")
        sites = project.store_id._site_codes().get(project.store_id.id, ())
        return select(snapshot or self._read_snapshot(), codes, sites)

    def export_json(self):
        """Return the snapshot as one canonical JSON text."""
        self.check_access("read")
        return snapshot_engine.canonical(self._read_snapshot())

    # -- launching ---------------------------------------------------------------

    def preview(
        self,
        store_ids,
        anchor_date=None,
        anchor=None,
        subject=None,
        override_reason=None,
        variants=None,
    ):
        """Return what a launch would write, without writing anything.

        :param store_ids: ids of stores of which the caller is a member
        :param anchor_date: date or ISO string of day 0 (default: today)
        :param anchor: ``start`` or ``target`` (default: the template's)
        :param subject: SKU, or dict with ``sku`` or ``key`` and ``label``
        :param variants: codes of product categories whose extra steps come in
            (default: the listing's)
        :return: list of dicts, one a store: ``store_id``, ``name``, ``start``,
            ``end``, ``variants``, ``tasks`` (``uid``, ``name``, ``start``, ``end``,
            ``owner_id``, ``owner``, ``role``, ``is_fallback``, ``is_critical``,
            ``is_key``, ``is_review``, ``evidence_required``, ``gates``, ``parent``,
            ``variants``), ``warnings`` (sentences), ``running_id`` of a live launch
        """
        self.ensure_one()
        self.check_access("read")
        stores = self.env["linkstar.store"].browse(store_ids).exists()
        stores._check_member("read")
        launch = Launch(self, stores, anchor_date, anchor, subject, variants=variants)
        return launch.describe()

    def launch(
        self,
        store_ids,
        anchor_date=None,
        anchor=None,
        subject=None,
        trial=False,
        override_reason=None,
        variants=None,
    ):
        """Launch this version for stores: projects, tasks, owners and dates.

        The caller leads all of the stores; a template manager may launch trials
        for stores they may see. One live launch each for template, store (or
        stock pool) and subject; the database refuses a second one.

        :param store_ids: list of ids of ``linkstar.store``
        :param anchor_date: date or ISO string of day 0 (default: today)
        :param anchor: ``start`` or ``target`` (default: the template's)
        :param subject: SKU, or dict: ``sku``, or ``key`` and ``label``
        :param trial: real records that notify nobody and count nowhere
        :param override_reason: why a second live launch is wanted (leads)
        :param variants: codes of product categories whose extra steps come in
            (default: the listing's)
        :return: ``project.project`` records, in the order of the stores
        :raises AlreadyLaunched: with ``project_id`` of the running one
        """
        self.ensure_one()
        self.check_access("read")
        stores = self.env["linkstar.store"]._existing(store_ids)
        stores._check_launch_rights(trial)
        if self.state != "published" and not trial:
            raise UserError(
                self.env._(
                    "%(version)s is retired. Launch a published version.",
                    version=self.display_name,
                )
            )
        launch = Launch(
            self,
            stores,
            anchor_date,
            anchor,
            subject,
            trial,
            override_reason,
            variants,
        )
        return launch.write()

    @api.model
    def _from_json(self, text):
        """Parse an exported snapshot; raise UserError when it is no template."""
        try:
            snapshot = json.loads(text)
        except ValueError:
            snapshot = None
        if not isinstance(snapshot, dict) or "tasks" not in snapshot:
            raise UserError(
                self.env._("The file is no LinkStar template. Export one to compare.")
            )
        return snapshot
