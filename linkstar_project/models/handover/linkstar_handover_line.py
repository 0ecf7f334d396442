"""One line of a handover: what lies in one place goes to one successor."""

from odoo import api, fields, models

from .holdings import Place


class LinkstarHandoverLine(models.Model):
    """Things of one kind in one store (and role), and who takes them over."""

    _name = "linkstar.handover.line"
    _description = "Handover line"
    _inherit = ["linkstar.system.fields.mixin"]
    _order = "handover_id, store_id, group_id, id"

    _system_fields = frozenset(
        {
            "handover_id",
            "kind",
            "store_id",
            "group_id",
            "role_id",
            "member_id",
            "count",
            "detail",
            "moved",
        }
    )

    handover_id = fields.Many2one(
        "linkstar.handover", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=lambda self: self.env["linkstar.handover"]._kind_selection(),
        required=True,
        string="What",
    )
    store_id = fields.Many2one("linkstar.store", ondelete="cascade")
    group_id = fields.Many2one("linkstar.store.group", ondelete="cascade")
    role_id = fields.Many2one("project.role", ondelete="cascade")
    member_id = fields.Many2one("linkstar.store.member", ondelete="set null")
    count = fields.Integer(aggregator=None)
    detail = fields.Char(help="The first of them.")
    successor_id = fields.Many2one(
        "res.users", ondelete="restrict", domain=[("share", "=", False)]
    )
    moved = fields.Boolean(readonly=True)
    state = fields.Selection(related="handover_id.state")

    @api.depends("kind", "store_id.code", "group_id.name", "role_id.name", "count")
    @api.depends_context("lang")
    def _compute_display_name(self):
        words = self.env["linkstar.handover"]._kind_words()
        for line in self.sudo():
            place = (line.store_id.code or line.group_id.name, line.role_id.name)
            parts = [words.get(line.kind, ""), *filter(None, place)]
            line.display_name = " · ".join(parts) + f" ({line.count})"

    @api.constrains("successor_id")
    def _check_successor_id(self):
        for line in self.sudo():
            line.handover_id._check_successor(line.successor_id)

    def write(self, vals):
        """Choose another successor, while the handover is a draft."""
        if not self.env.su:
            self.handover_id.check_access("write")
            self.handover_id._check_draft()
        return super().write(vals)

    def _place(self):
        self.ensure_one()
        return Place(
            self.kind,
            self.store_id.id or 0,
            self.group_id.id or 0,
            self.role_id.id or 0,
            self.member_id.id or 0,
        )
