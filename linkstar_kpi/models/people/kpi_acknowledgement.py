"""Acknowledgements: who has seen the rules they are assessed by."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LinkstarKpiAcknowledgement(models.Model):
    """An employee's acknowledgement of one scheme version.

    Pay rules are announced to the people they concern; publishing a score waits
    for this, or for "delivered, not signed" stated by another person.
    """

    _name = "linkstar.kpi.acknowledgement"
    _description = "KPI scheme acknowledgement"
    _inherit = ["linkstar.audit.mixin", "linkstar.kpi.manager.mixin"]
    _order = "acknowledged_at desc, id desc"

    _audit_fields = ("employee_id", "version_id", "kind", "user_id")
    _audit_store_path = None

    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict", readonly=True
    )
    version_id = fields.Many2one(
        "linkstar.kpi.scheme.version",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(related="version_id.company_id", store=True)
    kind = fields.Selection(
        [("acknowledged", "Acknowledged"), ("delivered", "Delivered, not signed")],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True)
    acknowledged_at = fields.Datetime(required=True, readonly=True)
    note = fields.Char(readonly=True)

    _once = models.UniqueIndex(
        "(employee_id, version_id)", "This version is acknowledged already."
    )

    @api.model
    @api.private
    def _record(self, employee, version, kind, note=""):
        """Note an acknowledgement once; the first one stands.

        :param employee: ``hr.employee``; ``acknowledged`` only by themselves,
            ``delivered`` only by a KPI manager about somebody else
        """
        own = employee.sudo().user_id == self.env.user
        if kind == "acknowledged" and not own:
            raise AccessError(
                self.env._("Only %s can acknowledge their own rules.", employee.name)
            )
        if kind == "delivered":
            self._check_kpi_manager()
            user = self.env.user
            own = own or user._linkstar_kpi_is_one_of(employee.user_id, employee)
            if own or not (note or "").strip():
                raise UserError(
                    self.env._(
                        "Say how and when the rules were delivered; nobody states "
                        "this about themselves."
                    )
                )
        known = self.sudo().search(
            [("employee_id", "=", employee.id), ("version_id", "=", version.id)]
        )
        return known or self.sudo().create(
            {
                "employee_id": employee.id,
                "version_id": version.id,
                "kind": kind,
                "user_id": self.env.uid,
                "acknowledged_at": fields.Datetime.now(),
                "note": note,
            }
        )
