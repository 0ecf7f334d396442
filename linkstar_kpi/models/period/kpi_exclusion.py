"""Exclusions: days of a store or listing for which nobody is judged."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

CAUSES = [
    ("out_of_stock", "Out of stock"),
    ("suspension", "Account suspended"),
    ("listing_down", "Listing taken down"),
    ("leave", "Leave"),
    ("platform", "Platform outage"),
    ("other", "Other"),
]


class LinkstarKpiExclusion(models.Model):
    """Requested by one person, decided by another, with evidence."""

    _name = "linkstar.kpi.exclusion"
    _description = "KPI exclusion"
    _inherit = [
        "linkstar.audit.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.kpi.manager.mixin",
    ]
    _order = "date_from desc, id desc"

    _system_fields = frozenset(
        {"state", "requested_by", "decided_by", "decided_at", "decision_note"}
        | {"event_id", "effect_snapshot"}
    )
    _audit_fields = (
        "store_id",
        "listing_id",
        "date_from",
        "date_to",
        "cause",
        "responsible_id",
        "state",
        "decision_note",
    )

    store_id = fields.Many2one(
        "linkstar.store", required=True, index=True, ondelete="restrict"
    )
    listing_id = fields.Many2one(
        "linkstar.listing",
        ondelete="restrict",
        domain="[('store_id', '=', store_id)]",
        help="Empty: the whole store.",
    )
    company_id = fields.Many2one(related="store_id.company_id", store=True)
    date_from = fields.Date(required=True)
    date_to = fields.Date(required=True)
    cause = fields.Selection(CAUSES, required=True)
    responsible_id = fields.Many2one(
        "hr.employee",
        string="Caused by",
        help="Who could have prevented it. Causing a stock-out never excludes it "
        "for the person who caused it.",
    )
    responsible_other = fields.Char(
        string="Or caused by", help="A supplier, a carrier, the platform …"
    )
    reason = fields.Text(required=True, help="What happened, in one or two lines.")
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
    )
    requested_by = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    decision_note = fields.Char(readonly=True, copy=False)
    event_id = fields.Many2one("linkstar.event", readonly=True, copy=False)
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")

    _dates = models.Constraint(
        "CHECK(date_to >= date_from)", "An exclusion cannot end before it begins."
    )

    @api.depends("store_id.code", "listing_id.sku", "date_from", "date_to")
    def _compute_display_name(self):
        for item in self:
            where = item.listing_id.sku or item.store_id.code or ""
            item.display_name = f"{where} {item.date_from} – {item.date_to}"

    @api.constrains("listing_id", "store_id")
    def _check_listing(self):
        for item in self.sudo():
            if item.listing_id and item.listing_id.store_id != item.store_id:
                raise ValidationError(
                    self.env._(
                        "Listing %(sku)s is not in store %(store)s.",
                        sku=item.listing_id.sku,
                        store=item.store_id.code,
                    )
                )

    def write(self, vals):
        """Change requests while they are open."""
        if not self.env.su:
            self._check_open()
        if not self.env.su and any(item.state != "requested" for item in self):
            raise UserError(
                self.env._("This exclusion is decided. Request a new one instead.")
            )
        system = self.env.ref("base.user_root")
        if not self.env.su and any(
            item.sudo().create_uid not in (self.env.user, system) for item in self
        ):
            # Whoever decides would otherwise decide on words of their own.
            raise AccessError(
                self.env._(
                    "Only who requested this exclusion changes it. Refuse it and say "
                    "what to change."
                )
            )
        return super().write(vals)

    def _check_open(self):
        """Raise for what is not yet, or no longer, open to changes."""

    @api.ondelete(at_uninstall=False)
    def _unlink_only_open(self):
        if any(item.state != "requested" for item in self):
            raise UserError(self.env._("A decided exclusion stays on record."))

    def decide(self, approve, note=""):
        """Approve or refuse open requests of other people.

        :param approve: True to let the days not count
        :param note: why; needed for a refusal
        :raise AccessError: for one's own request, or without the right
        """
        self.check_access("read")
        for item in self.sudo():
            item._check_may_decide(self.env.user)
        if not approve and not (note or "").strip():
            raise UserError(self.env._("Say why you refuse: the person will ask."))
        requests = self.sudo()
        requests.lock_for_update()
        if approve:
            requests._check_cause()
        if any(item.state != "requested" for item in requests):
            raise UserError(self.env._("Somebody decided this request already."))
        requests._keep_effect()
        requests.write(
            {
                "state": "approved" if approve else "refused",
                "decided_by": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "decision_note": note,
            }
        )
        return True

    def _check_cause(self):
        """A stock-out is excluded only with who or what caused it."""
        for item in self:
            known = item.responsible_id or (item.responsible_other or "").strip()
            if item.cause == "out_of_stock" and not known:
                raise UserError(
                    self.env._(
                        "Say who or what caused the stock-out of %s before you "
                        "approve: it still counts for whoever caused it.",
                        item.display_name,
                    )
                )

    def _check_may_decide(self, user):
        if user._linkstar_kpi_is_one_of(self.requested_by, self.responsible_id):
            raise AccessError(
                self.env._(
                    "Somebody else decides on %s: nobody decides on their own request.",
                    self.display_name,
                )
            )
        if not user.has_group("linkstar_kpi.group_kpi_manager"):
            self.store_id.with_user(user)._check_lead()
        if self._concerns(user):
            raise AccessError(
                self.env._(
                    "%s counts for your own score. Ask another KPI manager to decide.",
                    self.display_name,
                )
            )

    def _concerns(self, user):
        """Whether a user is assessed on these days and holds a share of the store."""
        same = user._linkstar_same_person()
        assessed = self.env["linkstar.kpi.assignment"].search_count(
            [
                ("employee_id.user_id", "in", same.ids),
                ("date_from", "<=", self.date_to),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", self.date_from),
            ],
            limit=1,
        )
        segments = self.env["linkstar.store.member"]._segments(
            self.date_from, self.date_to
        )
        return bool(assessed) and any(
            row["user_id"] in same.ids and row["store_id"] == self.store_id.id
            for row in segments
        )

    def action_approve(self):
        """Approve open requests; see :meth:`decide`."""
        return self.decide(True)

    def action_refuse(self):
        """Refuse open requests with the note given on the form."""
        return self.decide(False, self.env._("Refused by %s", self.env.user.name))
