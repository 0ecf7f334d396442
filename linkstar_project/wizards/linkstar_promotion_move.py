"""A promotion moved: see what would move with it, then move it."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

#: Moves shown per project; the numbers above them count all.
SHOWN_MOVES = 12


class LinkstarPromotionMove(models.TransientModel):
    """Which projects move to the new dates, with a look at each first."""

    _name = "linkstar.promotion.move"
    _description = "Move the projects of a promotion"

    promotion_id = fields.Many2one(
        "linkstar.promotion", required=True, ondelete="cascade"
    )
    project_ids = fields.Many2many(
        "project.project",
        string="Projects",
        compute="_compute_project_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Projects of stores you lead. Take out what is to stay.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("promotion_id")
    def _compute_project_ids(self):
        for wizard in self:
            wizard.project_ids = wizard.promotion_id._projects_to_move()._led()

    @api.depends("project_ids")
    def _compute_preview(self):
        for wizard in self:
            projects = wizard.project_ids._origin.filtered(
                lambda project, w=wizard: project.promotion_id == w.promotion_id
                and project.promotion_milestone
            )
            wizard.preview = Markup().join(wizard._render(p) for p in projects)

    def _render(self, project):
        """One project: old and new target, and the first moves; text is escaped."""
        day = self.promotion_id[project.promotion_milestone]
        moves = project.reschedule(preview=True, anchor_date=day)
        head = self.env._(
            "%(project)s: %(old)s → %(new)s, %(count)s tasks move",
            project=project.display_name,
            old=format_date(self.env, project.anchor_date),
            new=format_date(self.env, day),
            count=len(moves),
        )
        rows = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (
                move["name"],
                self._moment(move["deadline"]),
                self._moment(move["new_deadline"]),
            )
            for move in moves[:SHOWN_MOVES]
        )
        titles = (
            self.env._("Task"),
            self.env._("Deadline"),
            self.env._("New deadline"),
        )
        header = Markup().join(Markup("<th>%s</th>") % title for title in titles)
        more = ""
        if len(moves) > SHOWN_MOVES:
            more = self.env._("… and %s more.", len(moves) - SHOWN_MOVES)
        return Markup(
            '<h5>%s</h5><table class="table table-sm"><tr>%s</tr>%s</table><p>%s</p>'
        ) % (head, header, rows, more)

    def _moment(self, text):
        moment = fields.Datetime.to_datetime(text)
        if not moment:
            return "–"
        return format_datetime(self.env, moment, dt_format="short")

    def action_move(self):
        """Move the chosen projects; who does not lead one is refused."""
        self.ensure_one()
        promotion = self.promotion_id
        for project in self.project_ids._origin & promotion._projects_to_move():
            project.reschedule(
                preview=False, anchor_date=promotion[project.promotion_milestone]
            )
        return {"type": "ir.actions.act_window_close"}
