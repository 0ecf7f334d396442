"""Templates: publishing, built-in ones, launching from the form."""

from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine import launch_plan
from ...engine import snapshot as snapshot_engine
from ...engine.variants import parse_sites


class ProjectProject(models.Model):
    _inherit = "project.project"

    template_code = fields.Char(
        copy=False,
        index="btree_not_null",
        help="Names a built-in template, such as new_product.",
    )
    builtin_checksum = fields.Char(
        copy=False, help="Checksum of the built-in content it was created from."
    )
    sheet_key = fields.Char(
        copy=False, help="Names the spreadsheet of an SOP that it was imported from."
    )
    launch_scope = fields.Selection(
        [("store", "Store"), ("stock_pool", "Stock pool")],
        string="Runs once per",
        default="store",
        help="Stock pool: stores that sell from one stock share one launch.",
    )
    bound_store_ids = fields.Many2many(
        "linkstar.store",
        "linkstar_template_store_rel",
        "project_id",
        "store_id",
        string="For stores",
        help="Empty, with no groups either: for every store.",
    )
    bound_group_ids = fields.Many2many(
        "linkstar.store.group",
        "linkstar_template_group_rel",
        "project_id",
        "group_id",
        string="For store groups",
    )
    version_ids = fields.One2many(
        "linkstar.template.version", "project_id", string="Versions"
    )
    last_version_id = fields.Many2one(
        "linkstar.template.version",
        compute="_compute_last_version_id",
        string="Current version",
        help="The newest published version: the one that is launched.",
    )
    has_unpublished_changes = fields.Boolean(
        compute="_compute_has_unpublished_changes",
        help="The working copy differs from the newest version.",
    )
    step_count = fields.Integer(compute="_compute_step_count", string="Steps")

    _template_code_uniq = models.UniqueIndex(
        "(template_code) WHERE template_code IS NOT NULL",
        "This built-in template exists already.",
    )
    _sheet_key_uniq = models.UniqueIndex(
        "(sheet_key) WHERE sheet_key IS NOT NULL",
        "This spreadsheet was imported as a template already.",
    )

    @api.depends("version_ids.state", "version_ids.number")
    def _compute_last_version_id(self):
        versions = self.env["linkstar.template.version"].search(
            [("project_id", "in", self.ids), ("state", "=", "published")],
            order="number",
        )
        newest = {version.project_id.id: version.id for version in versions}
        for project in self:
            project.last_version_id = newest.get(project.id, False)

    @api.depends("last_version_id")
    def _compute_has_unpublished_changes(self):
        for project in self:
            # A form that is being filled in is judged by what is saved.
            saved = project._origin
            project.has_unpublished_changes = bool(
                saved and saved.linkstar_kind and saved.is_template
            ) and not saved.last_version_id._says(saved._build_snapshot())

    def _compute_step_count(self):
        counts = dict(
            self.env["project.task"]
            .sudo()
            ._read_group([("project_id", "in", self.ids)], ["project_id"], ["__count"])
        )
        for project in self:
            project.step_count = counts.get(project, 0)

    # -- publishing --------------------------------------------------------------

    def publish_version(self, note=""):
        """Freeze the working copy as a new version.

        :param note: what changed and why
        :return: the new ``linkstar.template.version``
        :raises UserError: for loops, empty templates, or when nothing changed
        """
        self.ensure_one()
        self.check_access("write")
        self._check_template_manager()
        if not (self.is_template and self.linkstar_kind):
            raise UserError(
                self.env._("%(name)s is no template of LinkStar.", name=self.name)
            )
        template = self.sudo()
        template._complete_step_uids()
        snapshot = template._build_snapshot()
        self._check_snapshot(snapshot)
        versions = self.env["linkstar.template.version"].sudo()
        last = versions.search(
            [("project_id", "=", self.id)], order="number desc", limit=1
        )
        if last.state == "published" and last._says(snapshot):
            raise UserError(
                self.env._(
                    "Nothing changed in %(name)s since version %(number)s.",
                    name=self.name,
                    number=last.number,
                )
            )
        version = versions.create(
            {
                "project_id": self.id,
                "number": last.number + 1,
                "snapshot": snapshot,
                "checksum": snapshot_engine.checksum(snapshot),
                "note": note or False,
                "task_count": len(snapshot["tasks"]),
            }
        )
        return version.with_env(self.env)

    def _complete_step_uids(self):
        """Give steps that came in by other ways their lasting identity."""
        tasks = self.env["project.task"].with_context(active_test=False)
        for task in tasks.search(
            [("project_id", "in", self.ids), ("node_uid", "=", False)]
        ):
            task.node_uid = uuid4().hex

    def _check_snapshot(self, snapshot):
        """Raise UserError with the first fault of a snapshot, in words."""
        for code, args in launch_plan.all_faults(snapshot):
            raise UserError(self._fault_words(code, args))

    def _fault_words(self, code, args):
        words = {
            "empty": self.env._(
                "The template has no steps yet. Add steps, then publish."
            ),
            "duplicate": self.env._("Two steps share one identity. Copy one of them."),
            "cycle": self.env._(
                "These steps wait for each other: %s. Remove one of the dependencies.",
                args.get("path"),
            ),
            "parent_cycle": self.env._(
                "These steps contain each other: %s.", args.get("path")
            ),
            "parent_dependency": self.env._(
                "“%s” waits for the step it belongs to. Remove that dependency.",
                args.get("task"),
            ),
            "unknown_predecessor": self.env._(
                "“%s” waits for a step that is not in the template, or archived.",
                args.get("task"),
            ),
            "unknown_parent": self.env._(
                "“%s” belongs to a step that is archived.", args.get("task")
            ),
            "unknown_milestone": self.env._(
                "“%s” has a milestone of another project.", args.get("task")
            ),
            "negative": self.env._("“%s” has a negative duration.", args.get("task")),
        }
        return words[code]

    def _build_snapshot(self):
        """Return the working copy as a snapshot (plain values).

        Archived steps are left out, and dependencies on them.
        """
        self.ensure_one()
        template = self.sudo().with_context(active_test=True, lang="en_US")
        tasks = self.env["project.task"].sudo().with_context(lang="en_US")
        tasks = tasks.search([("project_id", "=", self.id)], order="sequence, id")
        uids = {task.id: task.node_uid or f"task{task.id}" for task in tasks}
        milestones = template.milestone_ids.sorted(lambda m: (m.sequence, m.id))
        return {
            "format": snapshot_engine.FORMAT,
            "template": {
                "name": self._linkstar_texts(template, "name"),
                "code": template.template_code or None,
                "kind": template.linkstar_kind,
                "anchor": template.anchor or "start",
                "scope": template.launch_scope or "store",
                "milestones": [
                    {"uid": f"m{milestone.id}", "name": milestone.name}
                    for milestone in milestones
                ],
                **self._variants_snapshot(tasks.variant_ids),
            },
            "tasks": [self._step_snapshot(task, uids) for task in tasks],
        }

    def _step_snapshot(self, task, uids):
        # Only where they are set: a template without them keeps its checksum.
        narrowed = {
            "variants": sorted(task.variant_ids.mapped("code")),
            "sites": parse_sites(task.for_sites),
        }
        return {
            **{key: codes for key, codes in narrowed.items() if codes},
            "uid": uids[task.id],
            "name": self._step_text(task, "name"),
            "description": self._step_text(task, "description"),
            "parent": uids.get(task.parent_id.id),
            "sequence": task.sequence,
            "role": task.role_ids[:1].code or None,
            "hours": task.allocated_hours,
            "offset_days": task.offset_days,
            "duration_kind": task.duration_kind or "working",
            "duration_days": task.duration_days,
            "depends_on": sorted(
                uids[before.id] for before in task.depend_on_ids if before.id in uids
            ),
            "milestone": f"m{task.milestone_id.id}" if task.milestone_id else None,
            "is_key": task.is_key,
            "is_review": task.is_review,
            "evidence_required": task.evidence_required,
            # Only where it is set: older versions keep their checksum.
            **({"grade_wanted": True} if task.grade_wanted else {}),
            "priority": task.priority,
            "tags": sorted(task.tag_ids.mapped("name")),
            "gates": [gate._to_snapshot() for gate in task.gate_ids],
        }

    def _variants_snapshot(self, variants):
        """The categories that steps name, for a database that lacks them."""
        if not variants:
            return {}
        return {
            "variants": [
                {
                    "code": variant.code,
                    "name": self._linkstar_texts(variant, "name"),
                    "papers": self._linkstar_texts(variant, "papers"),
                }
                for variant in variants.sorted("code")
            ]
        }

    def _step_text(self, task, name):
        """A step's text by language.

        Core's task names and descriptions have one language. Other languages come
        from ``step_texts``, until somebody edits the text: then they are stale.
        """
        value = task[name]
        if not value:
            return {}
        texts = task.step_texts or {}
        lang = texts.get("lang") or "en_US"
        known = texts.get(name) or {}
        return known if known.get(lang) == str(value) else {lang: str(value)}

    @api.model
    def _linkstar_texts(self, record, name):
        """Return a translated field of a record as ``{lang: text}``.

        Languages that are not installed (yet) are included.
        """
        if not record.ids:
            return {}
        record.flush_recordset([name])
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE id = %s",
                SQL.identifier(name),
                SQL.identifier(record._table),
                record.id,
            )
        )
        return {lang: text for lang, text in (rows[0][0] or {}).items() if text}

    # -- launching ---------------------------------------------------------------

    def _linkstar_bound(self, stores):
        """Return those of these stores that this template is meant for.

        A template without stores and groups of its own is for every store.
        """
        self.ensure_one()
        template = self.sudo().with_context(active_test=False)
        groups = template.bound_group_ids.filtered("active")
        if not (template.bound_store_ids or template.bound_group_ids):
            return stores.sudo()
        own = template.bound_store_ids | groups.store_ids
        return stores.sudo() & own

    def launch_template(self, store_ids, **options):
        """Launch the newest published version; see ``version.launch``."""
        self.ensure_one()
        self.check_access("read")
        version = self.last_version_id
        if not version:
            raise UserError(
                self.env._(
                    "%(name)s was never published. Publish it first.", name=self.name
                )
            )
        return version.launch(store_ids, **options)

    def action_discard_trial(self):
        """Delete trial projects with all their tasks, without a trace in figures."""
        for project in self:
            project.check_access("read")
            if not project.sudo().is_trial:
                raise UserError(
                    self.env._(
                        "%(name)s is no trial and stays on record.",
                        name=project.name,
                    )
                )
            if not self.env.user.has_group("linkstar_project.group_template_manager"):
                project.sudo().store_id.with_env(self.env)._check_lead()
        self.sudo().unlink()
        # The list or form shows records that are gone: open the trials anew.
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_project.project_trial_action"
        )
        return {**action, "target": "main"}

    def _linkstar_check_reopen(self):
        """Raise UserError when another launch took this project's place."""
        for project in self.sudo():
            other = self.sudo().search(
                [
                    ("launch_key", "=", project.launch_key),
                    ("is_live", "=", True),
                    ("id", "!=", project.id),
                ],
                limit=1,
            )
            if other:
                raise UserError(
                    self.env._(
                        "%(project)s cannot be reopened: %(other)s runs for the same "
                        "store and subject. Work on there.",
                        project=project.name,
                        other=other.name,
                    )
                )
