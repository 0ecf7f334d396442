"""Wizard: what shifts when reality moved, and applying it."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

#: Projects whose moves are listed; of more, only their number is told.
SHOWN_PROJECTS = 10
SHOWN_MOVES = 100


class LinkstarReschedule(models.TransientModel):
    """Projects × what moved → preview → new dates of open tasks."""

    _name = "linkstar.reschedule"
    _description = "Reschedule"

    project_ids = fields.Many2many(
        "project.project",
        string="Projects",
        required=True,
        domain=[("is_live", "=", True)],
    )
    project_id = fields.Many2one("project.project", compute="_compute_project_id")
    cause = fields.Selection(
        [
            ("reality", "Late work, hours or holidays"),
            ("anchor", "The day it counts from"),
            ("milestone", "A milestone"),
        ],
        string="What moved",
        default="reality",
        required=True,
    )
    anchor_date = fields.Date(string="New day")
    milestone_id = fields.Many2one(
        "project.milestone", domain="[('project_id', '=', project_id)]"
    )
    milestone_date = fields.Date(string="New date of the milestone")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    move_count = fields.Integer(compute="_compute_preview")

    @api.depends("project_ids")
    def _compute_project_id(self):
        for wizard in self:
            one = len(wizard.project_ids) == 1
            wizard.project_id = wizard.project_ids._origin if one else False

    @api.onchange("milestone_id")
    def _onchange_milestone_id(self):
        self.milestone_date = self.milestone_id.deadline

    def _options(self):
        """Arguments for ``reschedule``; None while something is not chosen yet."""
        if self.cause == "anchor":
            return {"anchor_date": self.anchor_date} if self.anchor_date else None
        if self.cause == "milestone":
            if not (self.milestone_id and self.milestone_date and self.project_id):
                return None
            return {
                "milestone_id": self.milestone_id._origin.id,
                "milestone_date": self.milestone_date,
            }
        return {}

    @api.depends(
        "project_ids", "cause", "anchor_date", "milestone_id", "milestone_date"
    )
    @api.depends_context("lang", "tz")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = False
            wizard.move_count = 0
            options = wizard._options()
            if options is None:
                continue
            parts = []
            for project in wizard.project_ids._origin:
                try:
                    moves = project.reschedule(**options)
                except UserError as error:
                    parts.append(wizard._render_error(project, error))
                    continue
                wizard.move_count += len(moves)
                if moves and len(parts) < SHOWN_PROJECTS:
                    parts.append(wizard._render_project(project, moves))
            if not parts:
                parts.append(
                    Markup('<p class="text-muted">%s</p>')
                    % self.env._("Nothing shifts: all open tasks stay on their dates.")
                )
            wizard.preview = Markup("").join(parts)

    def _render_error(self, project, error):
        return Markup('<h4>%s</h4><div class="alert alert-warning">%s</div>') % (
            project.display_name,
            str(error),
        )

    def _render_project(self, project, moves):
        """One project's moves as a table; every text is escaped."""
        titles = (
            self.env._("Task"),
            self.env._("Assignee"),
            self.env._("Deadline"),
            self.env._("Becomes"),
            self.env._("Why"),
        )
        header = Markup("").join(Markup("<th>%s</th>") % title for title in titles)
        rows = [
            Markup(
                "<tr><td>%s</td><td>%s</td><td>%s</td><td><b>%s</b></td><td>%s</td></tr>"
            )
            % (
                move["name"],
                move["who"] or self.env._("nobody"),
                self._moment(move["deadline"]),
                self._moment(move["new_deadline"]),
                move["why"],
            )
            for move in moves[:SHOWN_MOVES]
        ]
        more = ""
        if len(moves) > SHOWN_MOVES:
            more = self.env._("… and %s more tasks.", len(moves) - SHOWN_MOVES)
        return Markup(
            '<h4>%s</h4><div class="table-responsive"><table class="table table-sm">'
            "<thead><tr>%s</tr></thead><tbody>%s</tbody></table></div><p>%s</p>"
        ) % (project.display_name, header, Markup("").join(rows), more)

    def _moment(self, text):
        if not text:
            return "–"
        return format_datetime(self.env, text, dt_format="short")

    def action_apply(self):
        """Write the new dates; finished tasks and first deadlines stay."""
        self.ensure_one()
        options = self._options()
        if options is None:
            raise UserError(self.env._("Choose what moved, and its new date."))
        for project in self.project_ids:
            project.reschedule(preview=False, **options)
        return {"type": "ir.actions.act_window_close"}
