"""Duties that come back for years: their rhythm, their tasks, their next date."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import recurrence
from ...engine.recurrence import Rhythm

# The rhythms of the duties that come along, from their rules in words (grades with
# each type; check with the authority or platform). Those not named here depend on a
# date that only the company knows: a contract, a card, a financial year.
RHYTHMS = {
    "CN_ANNUAL_REPORT": Rhythm(months=12, month=6, day=30),
    "CN_TAX_REPORT": Rhythm(months=3, month=1, day=31),
    "LUCID_YEAREND": Rhythm(months=12, month=5, day=15),
    "DUAL_SYSTEM_RENEW": Rhythm(months=12, month=12, day=31),
    "FR_EPR_DECL": Rhythm(months=12, month=3, day=31),
    "UK_VAT_RETURN": Rhythm(months=3, month=2, day=7),
    "ES_VAT_RETURN": Rhythm(months=3, month=1, day=20),
    "IT_VAT_RETURN": Rhythm(months=3, month=2, day=16),
    "DE_VAT_RETURN": Rhythm(months=1, month=1, day=10),
    "FR_VAT_RETURN": Rhythm(months=1, month=1, day=15),
    "MX_RFC_NAME": Rhythm(months=1, month=1, day=17),
    "AE_VAT_RETURN": Rhythm(months=3, month=1, day=28),
    "AU_GST_RETURN": Rhythm(months=3, month=1, day=28),
    "SA_VAT_RETURN": Rhythm(months=3, month=1, day=31),
    "W8_RENEW": Rhythm(months=36, month=12, day=31),
    "LWA_ROTATE": Rhythm(days=180),
    "SPAPI_REAUTH": Rhythm(days=365),
    "SHOPEE_AUTH": Rhythm(days=365),
    "EBAY_TOKEN": Rhythm(months=18),
    "INFORM_US": Rhythm(months=12),
    "LIAB_INS": Rhythm(months=12),
    "GPSR_CONTRACT": Rhythm(months=12),
    "BATT_ANNUAL": Rhythm(months=12),
    "JP_ADMIN_CONTRACT": Rhythm(months=12),
    "DEPOSIT_BALANCE": Rhythm(months=1),
    "UK_VAT_REG": Rhythm(first_days=30),
}


class LinkstarObligationType(models.Model):
    _inherit = "linkstar.obligation.type"

    repeat_months = fields.Integer("Every … months", aggregator=None)
    repeat_days = fields.Integer(
        "Every … days", aggregator=None, help="Counted from the day it was done."
    )
    due_month = fields.Integer(
        "Month of due date",
        aggregator=None,
        help="1 to 12: the duty falls on fixed days of the calendar. 0: it counts "
        "from when it was last done.",
    )
    due_day = fields.Integer("Day of due date", aggregator=None)
    first_days = fields.Integer(
        "First time after … days", aggregator=None, help="Days after the shop opened."
    )

    _calendar = models.Constraint(
        "CHECK(COALESCE(due_month, 0) BETWEEN 0 AND 12"
        " AND COALESCE(due_day, 0) BETWEEN 0 AND 31"
        " AND COALESCE(repeat_months, 0) >= 0 AND COALESCE(repeat_days, 0) >= 0"
        " AND COALESCE(first_days, 0) >= 0)",
        "A month is 1 to 12, a day 1 to 31, and distances are not negative.",
    )

    def _rhythm(self):
        return Rhythm(
            self.repeat_months,
            self.repeat_days,
            self.due_month,
            self.due_day,
            self.first_days,
        )

    @api.model
    @api.private
    def _fill_rhythms(self):
        """Give the types that come along their rhythm where none was entered."""
        for kind in self.search([("code", "in", list(RHYTHMS))]):
            if kind._rhythm() == Rhythm():
                rhythm = RHYTHMS[kind.code]
                kind.write(
                    {
                        "repeat_months": rhythm.months,
                        "repeat_days": rhythm.days,
                        "due_month": rhythm.month,
                        "due_day": rhythm.day,
                        "first_days": rhythm.first_days,
                    }
                )


class LinkstarObligation(models.Model):
    _inherit = "linkstar.obligation"

    is_applicable = fields.Boolean(
        "Applies", default=True, help="Off: this shop does not have this duty."
    )
    applies_when = fields.Char(related="type_id.applies_when")
    due_rule = fields.Char(related="type_id.due_rule")
    consequence = fields.Char(related="type_id.consequence")
    state = fields.Selection(
        [
            ("undated", "Date missing"),
            ("planned", "Planned"),
            ("soon", "Due soon"),
            ("overdue", "Overdue"),
            ("done", "Done"),
            ("not_applicable", "Does not apply"),
        ],
        compute="_compute_state",
    )

    @api.depends("due_date", "done_date", "is_applicable", "type_id.reminder_days")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for duty in self:
            due = duty.due_date
            if not duty.is_applicable:
                duty.state = "not_applicable"
            elif duty.done_date:
                duty.state = "done"
            elif not due:
                duty.state = "undated"
            elif due < today:
                duty.state = "overdue"
            else:
                soon = fields.Date.subtract(due, days=duty._lead_days()) <= today
                duty.state = "soon" if soon else "planned"

    def _lead_days(self):
        """How many days before the due date the first reminder comes."""
        return max(recurrence.lead_days(self.type_id.reminder_days), default=30)

    def action_done(self):
        """Fulfilled today; the next one is planned."""
        self.check_access("write")
        for duty in self:
            if duty.done_date:
                raise UserError(
                    self.env._(
                        "%s is done already. Reload the page.", duty.display_name
                    )
                )
        self._fulfil()
        return True

    def _fulfil(self):
        self.write({"done_date": fields.Date.context_today(self)})
        self._plan_next()

    def _plan_next(self):
        """Create the next one of each that comes back; each day only once."""
        rows = []
        for duty in self:
            due = duty.due_date or duty.done_date
            following = recurrence.next_due(duty.type_id._rhythm(), due, duty.done_date)
            if following and duty.is_applicable:
                rows.append((duty.store_id, duty.type_id, following, duty.user_id))
        self._create_once(rows)

    @api.model
    def _create_once(self, rows):
        """Create duties ``(store, type, due or None, user)`` that do not stand yet."""
        duties = self.env["linkstar.obligation"].sudo()
        stores = self.env["linkstar.store"].union(*[row[0] for row in rows])
        known = {
            (duty.store_id, duty.type_id, duty.due_date)
            for duty in duties.search([("store_id", "in", stores.ids)])
        }
        return duties.create(
            [
                {
                    "store_id": store.id,
                    "type_id": kind.id,
                    "due_date": due,
                    "user_id": user.id,
                }
                for store, kind, due, user in rows
                if (store, kind, due or False) not in known
            ]
        )


class ProjectProject(models.Model):
    _inherit = "project.project"

    obligation_ids = fields.One2many(related="store_id.obligation_ids")

    @api.private
    def _create_obligations(self):
        """Begin the duties of a shop that opened: those its SOP names."""
        today = fields.Date.context_today(self)
        rows = []
        for project in self.sudo():
            known = project.store_id.obligation_ids.type_id
            for kind in project.sop_id.obligation_type_ids - known:
                due = recurrence.first_due(kind._rhythm(), today)
                rows.append((project.store_id, kind, due, project.user_id))
        self.env["linkstar.obligation"]._create_once(rows)


class LinkstarStore(models.Model):
    _inherit = "linkstar.store"

    obligation_ids = fields.One2many("linkstar.obligation", "store_id")
