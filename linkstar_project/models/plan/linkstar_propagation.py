"""One bringing of a version to running projects: compared, decided, applied, undone."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import merge

#: So many projects are done while the user waits; more go to the scheduled action.
DIRECT = 20
#: Projects in one transaction of the scheduled action.
BATCH = 20
KEPT_DRAFT_DAYS = 7


class LinkstarPropagation(models.Model):
    """What a new version means for running projects, and what became of it."""

    _name = "linkstar.propagation"
    _description = "Version for running projects"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "id desc"
    _rec_name = "display_name"

    _system_fields = frozenset({"version_id", "user_id", "state", "applied_at"})
    _audit_fields = ("version_id", "user_id", "state")
    _audit_store_path = None

    version_id = fields.Many2one(
        "linkstar.template.version", required=True, index=True, ondelete="cascade"
    )
    template_id = fields.Many2one(related="version_id.project_id", string="Template")
    user_id = fields.Many2one(
        "res.users", string="By", required=True, default=lambda self: self.env.uid
    )
    state = fields.Selection(
        [
            ("draft", "To decide"),
            ("queued", "In progress"),
            ("done", "Applied"),
            ("undone", "Undone"),
        ],
        default="draft",
        required=True,
        index=True,
    )
    applied_at = fields.Datetime(string="Applied on")
    line_ids = fields.One2many(
        "linkstar.propagation.line", "propagation_id", string="Projects"
    )
    change_ids = fields.One2many(
        "linkstar.propagation.change", "propagation_id", string="Changes"
    )
    project_count = fields.Integer(compute="_compute_counts", string="Projects no.")
    change_count = fields.Integer(compute="_compute_counts", string="Changes no.")
    conflict_count = fields.Integer(compute="_compute_counts", string="To decide")
    progress = fields.Integer(compute="_compute_counts", string="Done (%)")

    @api.depends("version_id.display_name")
    def _compute_display_name(self):
        for propagation in self:
            propagation.display_name = propagation.version_id.sudo().display_name

    @api.depends("line_ids.state", "change_ids.choice")
    def _compute_counts(self):
        lines = self._count("line", [])
        done = self._count("line", [("state", "!=", "waiting")])
        changes = self._count("change", [])
        conflicts = self._count("change", [("conflict", "in", ("started", "edited"))])
        for propagation in self:
            total = lines.get(propagation.id, 0)
            propagation.project_count = total
            propagation.change_count = changes.get(propagation.id, 0)
            propagation.conflict_count = conflicts.get(propagation.id, 0)
            part = 100 * done.get(propagation.id, 0)
            propagation.progress = part // total if total else 0

    def _count(self, kind, domain):
        groups = self.env[f"linkstar.propagation.{kind}"]._read_group(
            [("propagation_id", "in", self.ids), *domain],
            ["propagation_id"],
            ["__count"],
        )
        return {propagation.id: count for propagation, count in groups}

    # -- opening -----------------------------------------------------------------

    def _open(self, version, projects):
        """Create one for these projects, as yet without rows to decide.

        :param projects: as superuser, checked
        """
        return self.sudo().create(
            {
                "version_id": version.id,
                "user_id": self.env.uid,
                "line_ids": [
                    (
                        0,
                        0,
                        {"project_id": p.id, "from_version_id": p.version_id.id},
                    )
                    for p in projects
                ],
            }
        )

    def _compare(self):
        """Fill the rows to decide from how things are now."""
        self.ensure_one()
        record = self.sudo()
        record.change_ids.unlink()
        version = record.version_id.with_env(self.env)
        running = record.line_ids.project_id
        lines = {line.project_id.id: line for line in record.line_ids}
        labels = version._step_labels()
        rows = []
        for one in version._decide(running):
            known = merge.by_uid(one.base)
            for change in [*one.taken, *one.left]:
                words = version._three_way_words(change, one, known, labels)
                rows.append((lines[one.project.id], words))
        record.env["linkstar.propagation.change"]._insert(rows)

    # -- applying ----------------------------------------------------------------

    def action_apply(self):
        """Apply as decided: at once for a few projects, else in the background."""
        self._check_mine()
        if self.state != "draft":
            raise UserError(self.env._("This was applied already."))
        self.version_id._checked_running(self.sudo().line_ids.project_id.ids)
        self.sudo().write({"state": "queued", "user_id": self.env.uid})
        if len(self.sudo().line_ids) <= DIRECT:
            self._work(self.sudo().line_ids)
            self._finish()
        else:
            self.env.ref("linkstar_project.cron_propagate")._trigger()
        return True

    def _check_mine(self):
        """Raise unless the user leads the stores of all projects."""
        self.ensure_one()
        self.check_access("read")
        stores = self.sudo().line_ids.project_id.store_id
        stores.with_env(self.env(su=False))._check_lead()

    def _work(self, lines):
        """Apply to the projects of these waiting lines; each alone when one fails."""
        version = self.sudo().version_id
        ended = lines.filtered(
            lambda line: not line.project_id.is_live
            or line.project_id.version_id.number > version.number
        )
        reason = self.env._("It has ended, or runs a newer version, meanwhile.")
        ended.write({"state": "skipped", "error": reason})
        lines = lines - ended
        try:
            with self.env.cr.savepoint():
                decided = version._decide(lines.project_id, lines._choices())
                self._record(version._apply_decided(decided))
        except UserError as error:
            if len(lines) == 1:
                lines.write({"state": "failed", "error": str(error)})
                return
            for line in lines:
                self._work(line)

    def _record(self, journals):
        """Keep what was changed in each project."""
        now = fields.Datetime.now()
        for line in self.sudo().line_ids:
            journal = journals.get(line.project_id.id)
            if journal is None:
                continue
            data = journal.data
            line.write(
                {
                    "state": "applied",
                    "journal": data,
                    "error": False,
                    "step_count": len({*data["tasks"], *data["links"], *data["added"]}),
                    "applied_at": now,
                }
            )
        self._finish()

    def _finish(self):
        """Note the end once no project waits any more."""
        record = self.sudo()
        if record.state != "done" and not record.line_ids.filtered(
            lambda line: line.state == "waiting"
        ):
            record.write({"state": "done", "applied_at": fields.Datetime.now()})

    @api.model
    def _cron_apply(self):
        """Scheduled action: apply what is queued, a batch of projects at a time."""
        queued = self.sudo().search([("state", "=", "queued")], order="id")
        for found in queued:
            propagation = found.try_lock_for_update()
            while propagation and propagation.state == "queued":
                waiting = propagation.line_ids.filtered(
                    lambda line: line.state == "waiting"
                )
                user = propagation.user_id
                batch = waiting[:BATCH]
                propagation.with_user(user).sudo()._work(batch)
                propagation._finish()
                left = len(waiting) - len(batch)
                if not self.env["ir.cron"]._commit_progress(len(batch), remaining=left):
                    return
                propagation = propagation.try_lock_for_update()

    # -- undoing -----------------------------------------------------------------

    def action_undo(self):
        """Take back what was applied, project by project.

        Where somebody changed the same things since, or a later version came, that
        project stays as it is and its line says why.

        :raises UserError: when nothing could be undone, with the first reason
        """
        self._check_mine()
        lines = self.sudo().line_ids.filtered(lambda line: line.state == "applied")
        if not lines:
            raise UserError(self.env._("There is nothing to undo."))
        lines._undo()
        if all(line.state == "applied" for line in lines):
            raise UserError(lines[0].error)
        if not self.sudo().line_ids.filtered(lambda line: line.state == "applied"):
            self.sudo().state = "undone"
        return True

    def action_discard(self):
        """Throw a comparison away that was not applied."""
        self._check_mine()
        if self.state != "draft":
            raise UserError(self.env._("This was applied and stays on record."))
        self.sudo().unlink()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_project.linkstar_propagation_action"
        )

    def action_open_changes(self):
        """Show the rows to decide, all of them, by step."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_project.linkstar_propagation_change_action"
        )
        action["domain"] = [("propagation_id", "=", self.id)]
        return action

    def action_take_all(self):
        """Decide every conflict for the new version."""
        return self._choose("take")

    def action_keep_all(self):
        """Decide every conflict for the project as it is."""
        return self._choose("keep")

    def _choose(self, choice):
        self._check_mine()
        self.change_ids.filtered(
            lambda change: change.conflict in ("started", "edited")
        ).write({"choice": choice})
        return True

    @api.autovacuum
    def _gc_drafts(self):
        """Comparisons that nobody applied are stale after a few days."""
        before = fields.Datetime.now() - timedelta(days=KEPT_DRAFT_DAYS)
        self.sudo().search(
            [("state", "=", "draft"), ("create_date", "<", before)]
        ).unlink()


class LinkstarPropagationLine(models.Model):
    """One project in it, and what to put back to undo it."""

    _name = "linkstar.propagation.line"
    _description = "Project brought to a version"
    _inherit = ["linkstar.system.fields.mixin"]
    _order = "propagation_id desc, id"
    _rec_name = "project_id"

    _system_fields = frozenset(
        {
            "propagation_id",
            "project_id",
            "store_id",
            "from_version_id",
            "state",
            "journal",
            "error",
            "step_count",
            "applied_at",
            "undone_at",
        }
    )

    propagation_id = fields.Many2one(
        "linkstar.propagation", required=True, index=True, ondelete="cascade"
    )
    project_id = fields.Many2one(
        "project.project", required=True, index=True, ondelete="cascade"
    )
    store_id = fields.Many2one(
        related="project_id.store_id", store=True, index=True, string="Store"
    )
    from_version_id = fields.Many2one(
        "linkstar.template.version", string="From version", ondelete="set null"
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("applied", "Applied"),
            ("undone", "Undone"),
            ("failed", "Failed"),
            ("skipped", "Skipped"),
        ],
        default="waiting",
        required=True,
    )
    journal = fields.Json(prefetch=False, copy=False)
    step_count = fields.Integer(string="Steps changed")
    error = fields.Char(string="Reason")
    applied_at = fields.Datetime()
    undone_at = fields.Datetime()
    change_ids = fields.One2many("linkstar.propagation.change", "line_id")

    def _choices(self):
        """What was decided: ``{project_id: {step uid: choice}}``."""
        return {
            line.project_id.id: {c.node_uid: c.choice for c in line.change_ids}
            for line in self
        }

    def _undo(self):
        """Undo each of these by itself; a refusal is kept as the line's reason."""
        now = fields.Datetime.now()
        for line in self:
            version = line.propagation_id.version_id
            try:
                with self.env.cr.savepoint():
                    line.project_id._linkstar_undo(version, line.journal)
            except UserError as error:
                line.error = str(error)
                continue
            line.write({"state": "undone", "undone_at": now, "error": False})
