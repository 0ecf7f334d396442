"""Store rounds: one person's checklist for one store and day."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

STATES = [
    ("open", "To walk"),
    ("done", "Done"),
    ("missed", "Missed"),
    ("cancelled", "Cancelled"),
]
#: One screen's worth of rounds in My work.
LIST_LIMIT = 100


class LinkstarRound(models.Model):
    """Written by our code only: the access table gives nobody write rights.

    It can be answered until midnight of the person's own day; afterwards it stays
    as it is, and what was not looked at counts as missed.
    """

    _name = "linkstar.round"
    _description = "Store round"
    _order = "date desc, store_id, id"

    template_id = fields.Many2one(
        "linkstar.round.template",
        string="Checklist",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    store_id = fields.Many2one(
        "linkstar.store", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    employee_id = fields.Many2one(
        "hr.employee", readonly=True, index="btree_not_null", ondelete="set null"
    )
    role_id = fields.Many2one("project.role", readonly=True, ondelete="restrict")
    date = fields.Date(
        required=True, readonly=True, index=True, help="Day in the person's calendar."
    )
    opens_at = fields.Datetime(required=True, readonly=True)
    closes_at = fields.Datetime(
        required=True, readonly=True, help="Midnight of the person's own day."
    )
    state = fields.Selection(
        STATES, required=True, default="open", readonly=True, index=True
    )
    done_at = fields.Datetime(string="Done on", readonly=True)
    check_ids = fields.One2many("linkstar.round.check", "round_id", readonly=True)
    step_count = fields.Integer(string="Checks", readonly=True)
    done_count = fields.Integer(string="Checks done", readonly=True)
    fault_count = fields.Integer(string="Faults found", readonly=True)
    rate = fields.Float(
        string="Execution rate (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Checks done out of checks due.",
    )
    company_id = fields.Many2one(related="store_id.company_id")

    _once = models.UniqueIndex(
        "(template_id, store_id, user_id, date)", "This round stands already."
    )
    _to_close = models.Index("(closes_at) WHERE state = 'open'")

    @api.depends("template_id", "store_id", "date")
    def _compute_display_name(self):
        for record in self:
            parts = (record.template_id.name, record.store_id.code, str(record.date))
            record.display_name = " · ".join(part for part in parts if part)

    # -- what My work shows ------------------------------------------------------

    @api.model
    def linkstar_my_rounds(self):
        """Return the signed-in person's rounds of today, open ones first.

        :return: list of ``{"id", "name", "store", "minutes", "closes_at" (UTC),
            "done", "total", "faults", "state"}``
        """
        now = fields.Datetime.now()
        mine = self.search(
            [
                ("user_id", "=", self.env.uid),
                ("state", "in", ("open", "done")),
                ("opens_at", "<=", now),
                ("closes_at", ">", now),
            ],
            order="state desc, closes_at, id",
            limit=LIST_LIMIT,
        )
        return [one._linkstar_summary() for one in mine]

    def _linkstar_summary(self):
        self.ensure_one()
        known = self.sudo()
        return {
            "id": self.id,
            "name": known.template_id.name,
            "store": known.store_id.code,
            "store_name": known.store_id.name,
            "minutes": known.template_id.minutes,
            "closes_at": fields.Datetime.to_string(self.closes_at),
            "done": self.done_count,
            "total": self.step_count,
            "faults": self.fault_count,
            "state": self.state,
        }

    def linkstar_card(self):
        """Return one round with its checks, as the phone shows it.

        :return: a row of :meth:`linkstar_my_rounds` plus ``mine``, ``open`` and
            ``checks``
        """
        self.ensure_one()
        self.check_access("read")
        return {
            **self._linkstar_summary(),
            "mine": self.user_id == self.env.user,
            "open": self._linkstar_is_open(),
            "person": self.sudo().user_id.name,
            "checks": self.check_ids._linkstar_cards(),
        }

    # -- guarded changes ---------------------------------------------------------

    def _linkstar_is_open(self):
        now = fields.Datetime.now()
        return self.state in ("open", "done") and self.opens_at <= now < self.closes_at

    def _linkstar_check_answerable(self):
        """Raise unless the signed-in person may answer this round right now.

        Locks it: two taps at once are counted one after the other.
        """
        self.ensure_one()
        self.check_access("read")
        if self.user_id != self.env.user:
            raise AccessError(
                self.env._(
                    "This is the round of %(person)s. Each person answers their own.",
                    person=self.sudo().user_id.name,
                )
            )
        self.sudo().lock_for_update()
        if not self._linkstar_is_open():
            raise UserError(
                self.env._(
                    "This round is over: it could be answered until midnight. "
                    "Reload the page to see today's."
                )
            )

    def _linkstar_recount(self):
        """Bring the counts in step with the checks; a full round is done."""
        now = fields.Datetime.now()
        for record in self.sudo():
            answered = record.check_ids.filtered(lambda check: check.result != "todo")
            faults = answered.filtered(lambda check: check.result == "fault")
            full = len(answered) == len(record.check_ids)
            record.write(
                {
                    "done_count": len(answered),
                    "fault_count": len(faults),
                    "rate": 100.0 * len(answered) / (len(record.check_ids) or 1),
                    "state": "done" if full else "open",
                    "done_at": (record.done_at or now) if full else False,
                }
            )
