"""Survey of those a pilot concerns: three questions and a word."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

GRADES = [
    ("1", "1 – not at all"),
    ("2", "2 – hardly"),
    ("3", "3 – partly"),
    ("4", "4 – mostly"),
    ("5", "5 – fully"),
]


class LinkstarKpiPilotAnswer(models.Model):
    """One a person and pilot, read by themselves alone; reports show means only."""

    _name = "linkstar.kpi.pilot.answer"
    _description = "Answer to a pilot's survey"
    _inherit = ["linkstar.system.fields.mixin"]
    _order = "id desc"
    _rec_name = "pilot_id"

    _system_fields = frozenset({"employee_id"})

    pilot_id = fields.Many2one(
        "linkstar.kpi.pilot", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="pilot_id.company_id", store=True)
    employee_id = fields.Many2one(
        "hr.employee", required=True, readonly=True, index=True, ondelete="cascade"
    )
    fairness = fields.Selection(GRADES, string="The new score is fair", required=True)
    clarity = fields.Selection(
        GRADES, string="I understand how it comes about", required=True
    )
    motivation = fields.Selection(
        GRADES, string="It helps me to do the right things", required=True
    )
    comment = fields.Text(help="Shown without your name, once three have answered.")

    _once = models.UniqueIndex(
        "(pilot_id, employee_id)", "You have answered this survey already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Answer as oneself, once, while the survey is open."""
        if not self.env.su:
            vals_list = [vals | self._who(vals) for vals in vals_list]
            return (
                super(LinkstarKpiPilotAnswer, self.sudo()).create(vals_list).sudo(False)
            )
        return super().create(vals_list)

    def _who(self, vals):
        """The reader's employee in a pilot that concerns them."""
        self.check_access("create")
        if set(vals) & self._system_fields:
            raise AccessError(self.env._("Everybody answers for themselves."))
        pilot = self.env["linkstar.kpi.pilot"].browse(vals.get("pilot_id")).exists()
        pilot.check_access("read")
        people = pilot.sudo()._pilot_cards().employee_id if pilot else pilot
        own = [x for x in self.env.user._linkstar_kpi_own_ids() if x in people.ids]
        if not own:
            raise AccessError(
                self.env._(
                    "Only people who were scored in the pilot answer its survey."
                )
            )
        if not pilot.is_open:
            raise UserError(self.env._("This survey is closed."))
        return {"employee_id": own[0]}

    def write(self, vals):
        """Change one's answer while the survey is open."""
        if not self.env.su:
            if "pilot_id" in vals:
                raise UserError(self.env._("An answer stays with its pilot."))
            if any(not answer.sudo().pilot_id.is_open for answer in self):
                raise UserError(self.env._("This survey is closed."))
        return super().write(vals)
