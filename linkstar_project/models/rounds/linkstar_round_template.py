"""Checklists of store rounds: what is looked at, by whom, how often."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.linkstar_project.engine import rounds


class LinkstarRoundTemplate(models.Model):
    """A short list that the people of a role walk through in each of their stores."""

    _name = "linkstar.round.template"
    _description = "Round checklist"
    _inherit = ["linkstar.audit.mixin"]
    _order = "sequence, id"

    _audit_fields = (
        "name",
        "role_id",
        "cadence",
        "weekday",
        "weekends",
        "who",
        "store_ids",
        "platform_ids",
        "active",
    )
    _audit_store_path = None

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    role_id = fields.Many2one(
        "project.role",
        required=True,
        ondelete="restrict",
        help="Members of a store with this role walk the round.",
    )
    cadence = fields.Selection(
        [("daily", "Daily"), ("weekly", "Weekly")], required=True, default="daily"
    )
    weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        default="0",
        help="Day of a weekly round, in the person's own calendar.",
    )
    weekends = fields.Boolean(
        string="On weekends too", help="Daily rounds on Saturdays and Sundays as well."
    )
    who = fields.Selection(
        [
            ("each", "Every member of the role"),
            ("first", "One member: the one with the largest share"),
        ],
        required=True,
        default="first",
        help="Whoever is on leave is passed over; without anybody the lead walks.",
    )
    minutes = fields.Integer(
        default=2, help="How long it takes; shown beside its name."
    )
    fault_hours = fields.Integer(
        string="Mend faults within (hours)",
        default=24,
        help="Deadline of the task that a found fault becomes.",
    )
    store_ids = fields.Many2many(
        "linkstar.store",
        "linkstar_round_template_store_rel",
        string="Stores",
        help="Empty: all active and restricted stores.",
    )
    platform_ids = fields.Many2many(
        "linkstar.platform",
        "linkstar_round_template_platform_rel",
        string="Platforms",
        help="Empty: stores of every platform.",
    )
    line_ids = fields.One2many("linkstar.round.template.line", "template_id", copy=True)
    line_count = fields.Integer(string="Checks", compute="_compute_line_count")
    active = fields.Boolean(default=True)

    _minutes_range = models.Constraint(
        "CHECK(minutes BETWEEN 1 AND 60)", "A round takes 1 to 60 minutes."
    )
    _fault_hours_range = models.Constraint(
        "CHECK(fault_hours BETWEEN 1 AND 720)",
        "A fault is to be mended within 1 to 720 hours.",
    )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for template in self:
            template.line_count = len(template.line_ids)

    @api.constrains("cadence", "weekday")
    def _check_weekday(self):
        """A weekly round names its day."""
        for template in self:
            if template.cadence == "weekly" and not template.weekday:
                raise ValidationError(
                    self.env._("Choose the weekday of round %s.", template.name)
                )

    def _engine_cadence(self):
        """Return the cadence as :class:`engine.rounds.Cadence`."""
        self.ensure_one()
        return rounds.Cadence(self.cadence, int(self.weekday or 0), self.weekends)

    def _serves(self, store):
        """Tell whether the round is walked in ``store`` (a record, superuser)."""
        if self.store_ids and store not in self.store_ids:
            return False
        return not self.platform_ids or store.platform_id in self.platform_ids


class LinkstarRoundTemplateLine(models.Model):
    """One thing to look at."""

    _name = "linkstar.round.template.line"
    _description = "Check of a round"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        "linkstar.round.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Check", required=True, translate=True)
    instruction = fields.Char(
        string="How to",
        translate=True,
        help="Where to look and what counts as a fault: one sentence.",
    )
    photo_required = fields.Boolean(
        string="Photo", help="Answered with a photo or screenshot only."
    )
    fault_role_id = fields.Many2one(
        "project.role",
        string="Mended by",
        ondelete="restrict",
        help="Role that gets the task of a fault. Empty: whoever found it.",
    )
