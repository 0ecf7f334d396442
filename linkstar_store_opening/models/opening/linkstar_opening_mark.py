"""The checklist between a platform's approval and an open shop."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class LinkstarOpeningMark(models.Model):
    """One completion mark of one opening: open, done, or not needed here and why."""

    _name = "linkstar.opening.mark"
    _description = "Completion Mark of an Opening"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "project_id, mark_id"
    _rec_name = "mark_id"
    _system_fields = frozenset(
        {"project_id", "mark_id", "state", "decided_by_id", "decided_at", "reason"}
    )
    _audit_fields = ("mark_id", "state", "reason")

    project_id = fields.Many2one(
        "project.project",
        string="Opening",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    store_id = fields.Many2one(
        "linkstar.store", related="project_id.store_id", store=True, index=True
    )
    mark_id = fields.Many2one(
        "linkstar.completion.mark", required=True, readonly=True, ondelete="restrict"
    )
    evidence = fields.Selection(related="mark_id.evidence")
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("not_needed", "Not needed")],
        required=True,
        readonly=True,
        default="open",
    )
    reason = fields.Char("Why not needed", readonly=True)
    decided_by_id = fields.Many2one("res.users", "By", readonly=True)
    decided_at = fields.Datetime("On", readonly=True)
    note = fields.Char(help="E.g. last four digits of the payout account.")

    _once = models.UniqueIndex(
        "(project_id, mark_id)", "This mark stands on the opening's list already."
    )

    def action_done(self):
        """The mark is reached."""
        return self._decide("done", "")

    def action_reopen(self):
        """It was not reached after all."""
        return self._decide("open", "")

    def action_not_needed(self, reason=""):
        """This shop does without it; a lead says why."""
        self.check_access("write")
        self.store_id._check_lead()
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why this shop does without it; others will ask.")
            )
        return self._decide("not_needed", reason.strip())

    def action_ask_reason(self):
        """Open the dialog that asks why a mark is not needed (button)."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not needed"),
            "res_model": "linkstar.mark.waiver",
            "view_mode": "form",
            "target": "new",
            "context": {"default_mark_id": self.id},
        }

    def _decide(self, state, reason):
        self.check_access("write")
        self.sudo().write(
            {
                "state": state,
                "reason": reason,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        return True


class ProjectProject(models.Model):
    _inherit = "project.project"

    mark_ids = fields.One2many("linkstar.opening.mark", "project_id")
    open_mark_count = fields.Integer("Marks open", compute="_compute_open_mark_count")
    can_connect = fields.Boolean(compute="_compute_can_connect")

    @api.depends("mark_ids.state")
    def _compute_open_mark_count(self):
        for project in self:
            project.open_mark_count = len(
                project.mark_ids.filtered(lambda m: m.state == "open")
            )

    @api.depends("application_step", "store_id")
    def _compute_can_connect(self):
        """A connector of this platform is installed and the shop has its approval."""
        for project in self:
            asks = project.application_step in ("approved", "active")
            project.can_connect = bool(
                asks and project.store_id and project.store_id._get_connect_action()
            )

    def action_connect(self):
        """Connect the shop to its platform, by the connector that is installed."""
        self.ensure_one()
        self._check_opening_member()
        return self.store_id._get_connect_action()

    @api.private
    def _create_marks(self):
        """Put the SOP's completion marks on the opening's list; each once."""
        self.env["linkstar.opening.mark"].sudo().create(
            [
                {"project_id": project.id, "mark_id": mark.id}
                for project in self.sudo()
                for mark in project.sop_id.completion_mark_ids
                - project.mark_ids.mark_id
            ]
        )

    def _check_move(self, step):
        """A shop opens when every mark is done or not needed."""
        result = super()._check_move(step)
        lacking = self.mark_ids.filtered(lambda m: m.state == "open")
        if step == "active" and lacking:
            raise UserError(
                self.env._(
                    "Before the shop opens, mark these as done, or as not needed with "
                    "a reason:"
                )
                + "\n"
                + "\n".join(lacking.mark_id.mapped("name"))
            )
        return result

    def _enter_step(self, step, note=""):
        """Approved: the list of completion marks appears. Open: duties begin."""
        result = super()._enter_step(step, note)
        if step == "approved":
            self._create_marks()
        elif step == "active":
            self._create_obligations()
        return result
