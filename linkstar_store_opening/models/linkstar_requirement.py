"""What an opening needs, and whether it is there."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import validity


class LinkstarRequirement(models.Model):
    """A paper required by one opening, judged for the planned day of submission."""

    _name = "linkstar.requirement"
    _description = "Document Requirement"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "project_id, due_date, id"
    _rec_name = "type_id"
    _system_fields = frozenset(
        {"decision", "decided_by_id", "decided_at", "refusal", "brought_by_ids"}
    )
    _audit_fields = ("type_id", "document_id", "decision", "user_id", "due_date")

    project_id = fields.Many2one(
        "project.project",
        string="Opening",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('linkstar_kind', '=', 'opening'), ('is_template', '=', False)]",
    )
    store_id = fields.Many2one(
        "linkstar.store", related="project_id.store_id", store=True, index=True
    )
    type_id = fields.Many2one("linkstar.document.type", required=True)
    entity_id = fields.Many2one(
        "res.partner", compute="_compute_entity_id", store=True, readonly=False
    )
    document_id = fields.Many2one(
        "linkstar.document",
        index=True,
        domain="[('type_id', '=', type_id), ('entity_id', '=', entity_id)]",
    )
    user_id = fields.Many2one("res.users", string="Owner")
    brought_by_ids = fields.Many2many(
        "res.users",
        string="Brought by",
        readonly=True,
        help="Everybody who was to bring this paper or chose it: none reviews it.",
    )
    reviewer_id = fields.Many2one("res.users")
    due_date = fields.Date()
    is_optional = fields.Boolean()
    is_later = fields.Boolean(
        "Needed later",
        help="Comes during the platform's review or after its approval, and does not "
        "hold the submission.",
    )
    decision = fields.Selection(
        [("accepted", "Accepted"), ("refused", "Refused")], readonly=True
    )
    refusal = fields.Text(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    use_date = fields.Date(related="project_id.planned_submission_date")
    state = fields.Selection(
        [
            ("missing", "Missing"),
            ("incomplete", "Date missing"),
            ("expired", "Expired for this use"),
            ("refused", "Refused"),
            ("expiring", "Expiring"),
            ("uploaded", "In review"),
            ("accepted", "Accepted"),
        ],
        compute="_compute_state",
        search="_search_state",
    )
    explanation = fields.Char(compute="_compute_state")

    _once = models.UniqueIndex(
        "(project_id, type_id, COALESCE(entity_id, 0))",
        "This paper is on the list of this opening already.",
    )

    @api.depends("project_id.entity_id")
    def _compute_entity_id(self):
        for requirement in self:
            requirement.entity_id = (
                requirement.entity_id or requirement.project_id.entity_id
            )

    @api.constrains("document_id", "type_id", "entity_id")
    def _check_document(self):
        for requirement in self:
            document = requirement.document_id
            if not document:
                continue
            if document.type_id != requirement.type_id:
                raise ValidationError(
                    self.env._(
                        "%(document)s is a %(given)s, but %(asked)s is asked for. "
                        "Choose another document.",
                        document=document.name,
                        given=document.type_id.name,
                        asked=requirement.type_id.name,
                    )
                )
            if requirement.entity_id and document.entity_id != requirement.entity_id:
                raise ValidationError(
                    self.env._(
                        "%(document)s belongs to %(given)s, but the opening is for "
                        "%(asked)s. A platform refuses papers of another name.",
                        document=document.name,
                        given=document.entity_id.display_name,
                        asked=requirement.entity_id.display_name,
                    )
                )

    @api.depends(
        "document_id.issue_date",
        "document_id.expiry_date",
        "document_id.type_id",
        "decision",
        "is_later",
        "is_optional",
        "project_id.planned_submission_date",
    )
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for requirement in self:
            use_on = max(requirement.use_date or today, today)
            requirement.state, requirement.explanation = requirement._judge(use_on)

    def _judge(self, use_on):
        """``(state, sentence)`` for the day ``use_on``, in the reader's language."""
        if not self.document_id:
            return "missing", self._missing_text()
        verdict = self.document_id._judge(use_on)
        if verdict.state == validity.UNKNOWN:
            if verdict.code == "issue_date_missing":
                return "incomplete", self.env._("Enter the day of issue.")
            return "incomplete", self.env._("Enter the day of expiry.")
        if verdict.state == validity.EXPIRED:
            return "expired", self.env._(
                "Good until %(until)s, but used on %(use)s: get a newer one.",
                until=verdict.good_until,
                use=use_on,
            )
        if self.decision == "refused":
            return "refused", self.refusal or ""
        if verdict.state == validity.EXPIRING:
            return "expiring", self.env._(
                "Good until %(until)s: plan the next one.", until=verdict.good_until
            )
        if self.decision == "accepted":
            return "accepted", ""
        return "uploaded", self.env._("Waits for its review.")

    def _missing_text(self):
        """Why it is not there, or that it may wait."""
        if self.is_optional:
            return self.env._("Only some shops need it; it does not hold the opening.")
        if self.is_later:
            return self.env._("Needed later; it does not hold the submission.")
        return self.env._("Not there yet: choose or add the document.")

    @api.model
    def _search_state(self, operator, value):
        """Search by the judged state: few requirements are open at any time."""
        if operator not in ("in", "not in"):
            return NotImplemented
        found = self.search([("project_id.active", "=", True)])
        ids = found.filtered(lambda r: r.state in value).ids
        return [("id", operator, ids)]

    def action_open(self):
        """This paper's own page, where its file can be brought and judged."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.type_id.name,
            "res_model": self._name,
            "view_mode": "form",
            "res_id": self.id,
        }

    def action_accept(self):
        """Accept the papers; the owner of a requirement cannot accept its own."""
        self._decide("accepted")

    def action_refuse(self, refusal=""):
        """Send the papers back; ``refusal`` says what is wrong."""
        self._decide("refused", refusal)

    def _decide(self, decision, refusal=""):
        self.check_access("write")
        self.lock_for_update()
        for requirement in self:
            requirement._check_decision()
            requirement._check_not_decided(decision)
        self.sudo().write(
            {
                "decision": decision,
                "refusal": refusal,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _check_not_decided(self, decision):
        """Two reviewers at once: the second is told what the first decided."""
        first = self.sudo().decided_by_id
        if not self.env.su and self.decision and first != self.env.user:
            raise ValidationError(
                self.env._(
                    "%(person)s has decided on %(paper)s already: %(decision)s. A new "
                    "file opens the review again.",
                    person=first.name,
                    paper=self.type_id.name,
                    decision=dict(
                        self._fields["decision"]._description_selection(self.env)
                    )[self.decision],
                )
            )

    def _check_decision(self):
        if not self.document_id:
            raise ValidationError(
                self.env._("%s has no document to decide on.", self.type_id.name)
            )
        brought = self.sudo().brought_by_ids | self.user_id
        brought |= self.document_id.sudo().create_uid
        if not self.env.su and brought & self.env.user._linkstar_same_person():
            raise ValidationError(
                self.env._(
                    "You bring %s yourself: somebody else must review it.",
                    self.type_id.name,
                )
            )

    def write(self, vals):
        """A changed paper is reviewed again."""
        if "document_id" in vals:
            self.filtered(
                lambda r: r.document_id.id != vals["document_id"]
            )._reopen_review()
        if {"document_id", "user_id"} & vals.keys():
            self._note_who_brings("document_id" in vals)
        return super().write(vals)

    def _note_who_brings(self, is_chosen):
        """Remember who brought a paper, also after somebody else was named."""
        for requirement in self.sudo():
            people = requirement.user_id
            if is_chosen:
                people |= self.env.user
            requirement.brought_by_ids |= people

    def _reopen_review(self):
        """Take back decisions on papers that are no longer the same."""
        self.sudo().filtered("decision").write(
            {"decision": False, "refusal": False, "decided_by_id": False}
        )
