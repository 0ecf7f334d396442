"""A duty of one store with its due date."""

from odoo import fields, models


class LinkstarObligation(models.Model):
    """A dated duty of a store, e.g. the yearly re-authorisation."""

    _name = "linkstar.obligation"
    _description = "Obligation"
    _inherit = ["linkstar.audit.mixin"]
    _order = "due_date, id"
    _audit_fields = ("type_id", "store_id", "due_date", "done_date", "user_id")

    type_id = fields.Many2one("linkstar.obligation.type", required=True, index=True)
    store_id = fields.Many2one(
        "linkstar.store", required=True, index=True, ondelete="cascade"
    )
    due_date = fields.Date(index=True, help="Last day, in the store's time zone.")
    done_date = fields.Date()
    user_id = fields.Many2one("res.users", string="Responsible")
    note = fields.Text()

    _once = models.UniqueIndex(
        "(store_id, type_id, due_date)",
        "This duty stands already for the same store and day.",
    )

    def _compute_display_name(self):
        for obligation in self:
            obligation.display_name = obligation.type_id.name

    def action_done(self):
        """Mark the duty as fulfilled today."""
        self.write({"done_date": fields.Date.context_today(self)})
