"""Changes of targets after they are agreed or begun: a reason, another person."""

import math

from odoo import fields, models
from odoo.exceptions import UserError


class LinkstarKpiTarget(models.Model):
    _inherit = "linkstar.kpi.target"

    def request_change(self, value, reason):
        """Ask for another value of a target that is agreed or has begun.

        :param value: the new target
        :param reason: why; another KPI manager decides
        """
        self.ensure_one()
        self._check_kpi_manager()
        self.check_access("write")
        target = self.sudo()
        target.lock_for_update()
        fixed = target.state == "agreed" or (
            target.is_started
            and not target.is_late
            and target.state in ("proposed", "countered")
        )
        if not fixed or not (reason or "").strip() or not math.isfinite(value):
            raise UserError(
                self.env._(
                    "A change needs a target that is agreed or has begun, and a "
                    "reason for it."
                )
            )
        target.write(
            {
                "state_before": target.state,
                "state": "change",
                "requested_value": value,
                "requested_by": self.env.uid,
                "change_reason": reason,
            }
        )
        return True

    def decide_change(self, approve):
        """Approve or refuse a change asked by somebody else."""
        self.ensure_one()
        self._check_kpi_manager()
        self.check_access("write")
        target = self.sudo()
        target.lock_for_update()
        asked = self.env.user._linkstar_kpi_is_one_of(
            target.requested_by, target.employee_id
        )
        if target.state != "change" or asked:
            raise UserError(
                self.env._(
                    "Somebody other than the person who asked, and the one it "
                    "concerns, decides on an open request."
                )
            )
        values = {
            "state": target.state_before or "agreed",
            "requested_value": 0.0,
            "requested_by": False,
        }
        if approve:
            values["value"] = target.requested_value
            values |= {"state": "agreed", "agreed_by": self.env.uid}
            values["agreed_at"] = fields.Datetime.now()
        target.write(values)
        return True

    def action_approve_change(self):
        """Approve the change that somebody else asked for."""
        return self.decide_change(True)

    def action_refuse_change(self):
        """Refuse the change that somebody else asked for."""
        return self.decide_change(False)

    def action_ask(self):
        """Open the form to ask for another figure: the person's, or a change."""
        self.ensure_one()
        self.check_access("read")
        own = self.sudo().employee_id.user_id == self.env.user
        counter = own and self.state in ("proposed", "countered")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for another figure"),
            "res_model": "linkstar.kpi.target.ask",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_target_id": self.id,
                "default_kind": "counter" if counter else "change",
                "default_value": self.value,
            },
        }
