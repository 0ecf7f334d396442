"""Appeals: a person contests a published score, somebody else answers."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.linkstar_kpi.engine import scoring


class LinkstarKpiAppeal(models.Model):
    """One at a time for a card, within the days that the scheme gives."""

    _name = "linkstar.kpi.appeal"
    _description = "Scorecard appeal"
    _inherit = ["linkstar.audit.mixin", "linkstar.kpi.manager.mixin"]
    _order = "create_date desc, id desc"

    _audit_fields = ("scorecard_id", "state", "reason", "answer", "correction")
    _audit_store_path = None

    scorecard_id = fields.Many2one(
        "linkstar.kpi.scorecard", required=True, index=True, ondelete="restrict"
    )
    employee_id = fields.Many2one(related="scorecard_id.employee_id", store=True)
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True)
    reason = fields.Text(required=True)
    state = fields.Selection(
        [("open", "Open"), ("upheld", "Upheld"), ("refused", "Refused")],
        default="open",
        required=True,
        index=True,
    )
    can_answer = fields.Boolean(compute="_compute_can_answer")
    answer_by = fields.Date(
        string="Answer by",
        readonly=True,
        help="The day until which the person may expect an answer.",
    )
    is_overdue = fields.Boolean(compute="_compute_is_overdue")
    answer = fields.Text()
    answered_by = fields.Many2one("res.users")
    answered_at = fields.Datetime()
    correction = fields.Float(
        string="Correction (points)", digits=(6, 2), aggregator=None
    )

    _one_open = models.UniqueIndex(
        "(scorecard_id) WHERE state = 'open'", "This card has an open appeal already."
    )

    @api.depends("scorecard_id.display_name")
    def _compute_display_name(self):
        for item in self:
            item.display_name = item.scorecard_id.display_name

    @api.model
    @api.private
    def _open(self, card, reason):
        """Open an appeal on a published card; the caller checked who appeals."""
        card = card.sudo()
        card.lock_for_update()
        if card.state != "published":
            raise UserError(
                self.env._("A score can be contested while it is published.")
            )
        if card.appeal_until and fields.Date.today() > card.appeal_until:
            raise UserError(
                self.env._(
                    "The time to appeal ended on %s. Talk to your KPI manager.",
                    card.appeal_until,
                )
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say what is wrong with the score."))
        card.write({"state": "appeal"})
        days = card.scheme_version_id.appeal_days
        return self.sudo().create(
            {
                "scorecard_id": card.id,
                "reason": reason[:4000],
                "answer_by": fields.Date.today() + timedelta(days=max(days, 1)),
            }
        )

    def _may_be_answered_by(self, user):
        """Whether this user neither earned, adjusted nor published the score."""
        card = self.sudo().scorecard_id
        involved = card.adjusted_by | card.published_by
        return not user._linkstar_kpi_is_one_of(involved, card.employee_id)

    @api.depends("state", "answer_by")
    def _compute_is_overdue(self):
        today = fields.Date.today()
        for item in self:
            late = bool(item.answer_by and item.answer_by < today)
            item.is_overdue = item.state == "open" and late

    def action_answer(self):
        """Open the answer's form."""
        self.ensure_one()
        self._check_kpi_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer the appeal"),
            "res_model": "linkstar.kpi.appeal.answer",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_appeal_id": self.id},
        }

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_answer(self):
        user = self.env.user
        manager = user.has_group("linkstar_kpi.group_kpi_manager")
        for item in self:
            item.can_answer = (
                manager and item.state == "open" and item._may_be_answered_by(user)
            )

    def decide(self, uphold, answer, correction=0.0):
        """Answer an appeal.

        :param uphold: True if the person is right
        :param answer: the reasons, shown to the person
        :param correction: points to add to the score when upheld
        :raise AccessError: for the person themselves, and for whoever adjusted or
            published the score
        """
        self.ensure_one()
        self._check_kpi_manager()
        self.check_access("read")
        item = self.sudo()
        card = item.scorecard_id
        card.lock_for_update()
        if not item._may_be_answered_by(self.env.user):
            raise AccessError(
                self.env._(
                    "Somebody who neither earned, adjusted nor published the score "
                    "answers an appeal. Ask another KPI manager."
                )
            )
        if item.state != "open":
            raise UserError(self.env._("This appeal is answered already."))
        if not (answer or "").strip():
            raise UserError(self.env._("Give your reasons: the person will read them."))
        correction = scoring.half_up(correction) if uphold else 0.0
        item.write(
            {
                "state": "upheld" if uphold else "refused",
                "answer": answer,
                "answered_by": self.env.uid,
                "answered_at": fields.Datetime.now(),
                "correction": correction,
            }
        )
        values = {"state": "published"}
        if correction:
            values["adjustment"] = scoring.half_up(card.adjustment + correction)
            values["adjustment_reason"] = answer
            values |= card._restated_by(correction)
        card.write(values)
        return True
