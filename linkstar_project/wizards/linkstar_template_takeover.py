"""Wizard: another content of a template beside the working copy, to take over."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import merge, takeover
from ..models.plan import compare_render
from ..models.plan.step_words import StepWords


class LinkstarTemplateTakeover(models.TransientModel):
    """Show what differs step by step; take it over wholly or for single steps.

    The other content is a newer built-in version, a backup, a file or an older
    version. Nothing is published: the working copy changes, and can be restored.
    """

    _name = "linkstar.template.takeover"
    _description = "Compare and take over"
    _rec_name = "source"
    _inherit = ["linkstar.system.fields.mixin"]

    _system_fields = frozenset(
        {"template_id", "snapshot", "source", "builtin_checksum", "summary"}
    )

    template_id = fields.Many2one("project.project", readonly=True, required=True)
    source = fields.Char(string="Compared with", readonly=True)
    snapshot = fields.Json(readonly=True, prefetch=False)
    builtin_checksum = fields.Char(readonly=True)
    summary = fields.Char(readonly=True)
    line_ids = fields.One2many("linkstar.template.takeover.line", "takeover_id")

    @api.model
    @api.private
    def _open(self, template, incoming, source, builtin_checksum=False):
        """Make the wizard and return the action that opens it."""
        current = template._build_snapshot()
        incoming = takeover.align(current, incoming)
        changes = merge.diff(current, incoming)
        words = StepWords(self.env, current, incoming)
        kinds = [change.kind for change in changes]
        wizard = self.sudo().create(
            {
                "template_id": template.id,
                "source": source,
                "snapshot": incoming,
                "builtin_checksum": builtin_checksum,
                "summary": self.env._(
                    "%(added)s added, %(changed)s changed, %(dropped)s dropped.",
                    added=kinds.count("add"),
                    changed=kinds.count("change"),
                    dropped=kinds.count("drop"),
                ),
                "line_ids": [
                    (0, 0, self._line_values(change, words)) for change in changes
                ],
            }
        )
        return wizard.with_env(self.env)._reopen()

    @api.model
    def _line_values(self, change, words):
        ours, theirs = {}, {}
        if change.kind == "change":
            for label, (before, after) in words.pairs(change).items():
                ours[label], theirs[label] = before, after
        elif change.kind == "add":
            theirs = words.summary(change.after)
        else:
            ours = words.summary(change.before)
        return {
            "step_uid": change.uid,
            "kind": change.kind,
            "name": words.name(change.after or change.before),
            "ours": compare_render.field_list(ours),
            "theirs": compare_render.field_list(theirs),
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare %s", self.sudo().template_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "current",
        }

    def action_all(self):
        """Choose every step."""
        self.line_ids.write({"take": True})
        return True

    def action_none(self):
        """Choose no step."""
        self.line_ids.write({"take": False})
        return True

    def action_apply(self):
        """Take the chosen steps over into the working copy; publish it yourself."""
        self.ensure_one()
        self._check_manager()
        chosen = self.line_ids.filtered("take").mapped("step_uid")
        if not chosen:
            raise UserError(
                self.env._("Choose at least one step, or keep the template as it is.")
            )
        template = self.template_id
        template.sudo().lock_for_update()
        result = takeover.take(template._build_snapshot(), self.sudo().snapshot, chosen)
        template._check_snapshot(result)
        template._write_steps(result)
        template._linkstar_audit_log(
            "other",
            reason=self.sudo().source or "",
            new=self.env._("%s steps taken over", len(chosen)),
        )
        self._settle()
        return self._open_template()

    def action_keep(self):
        """Keep the working copy; this built-in version is not offered again."""
        self.ensure_one()
        self._check_manager()
        self._settle()
        return self._open_template()

    def _check_manager(self):
        self.check_access("write")
        self.template_id.check_access("write")
        self.template_id._check_template_manager()

    def _settle(self):
        wizard = self.sudo()
        if wizard.builtin_checksum:
            wizard.template_id.builtin_checksum = wizard.builtin_checksum

    def _open_template(self):
        view = self.env.ref("linkstar_project.project_template_view_form")
        return {
            "type": "ir.actions.act_window",
            "res_model": "project.project",
            "res_id": self.sudo().template_id.id,
            "views": [[view.id, "form"]],
            "target": "main",
        }


class LinkstarTemplateTakeoverLine(models.TransientModel):
    """One step that differs, ours and theirs."""

    _name = "linkstar.template.takeover.line"
    _description = "Step to take over"
    _inherit = ["linkstar.system.fields.mixin"]
    _order = "id"

    _system_fields = frozenset(
        {"takeover_id", "step_uid", "kind", "name", "ours", "theirs"}
    )

    takeover_id = fields.Many2one(
        "linkstar.template.takeover", required=True, index=True, ondelete="cascade"
    )
    step_uid = fields.Char(readonly=True)
    kind = fields.Selection(
        [("add", "Added"), ("change", "Changed"), ("drop", "Dropped")],
        string="Difference",
        readonly=True,
    )
    name = fields.Char(string="Step", readonly=True)
    ours = fields.Html(readonly=True)
    theirs = fields.Html(string="Other", readonly=True)
    take = fields.Boolean(string="Take over", default=True)
