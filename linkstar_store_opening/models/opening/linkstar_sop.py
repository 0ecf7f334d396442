"""What companies set on a step list beside its steps."""

import json

from odoo import api, fields, models
from odoo.tools import file_open

from ...engine import application_states as states
from ...engine import sop_template

#: Papers that the platform itself gives during its review.
GIVEN_LATER = ("PLATFORM_NOTICE", "POSTCARD_CODE", "VIDEO_APPT")


class LinkstarSop(models.Model):
    _inherit = "linkstar.sop"

    approval_policy_id = fields.Many2one(
        "linkstar.approval.policy",
        "Approvals before submission",
        domain="[('res_model', '=', 'project.project')]",
        help="Who approves, in which order. Empty: the company's policy of kind "
        "“opening_submission”, if there is one.",
    )
    look_every_days = fields.Integer(
        "Look at the platform every … days", default=3, aggregator=None
    )
    prepare_days = fields.Integer("Usual days to prepare", aggregator=None)
    review_days = fields.Integer("Usual days under review", aggregator=None)
    later_type_ids = fields.Many2many(
        "linkstar.document.type",
        "linkstar_sop_later_type_rel",
        string="Papers for later",
        help="Papers that the platform gives during its review, or asks for after its "
        "approval. They do not hold the submission.",
    )
    optional_type_ids = fields.Many2many(
        "linkstar.document.type",
        "linkstar_sop_optional_type_rel",
        string="Papers for some shops only",
        help="Papers that only some shops need, such as a trademark.",
    )
    is_outdated = fields.Boolean("Past its review date", compute="_compute_is_outdated")
    lesson_ids = fields.One2many(
        "project.project",
        "sop_id",
        domain=[("lessons", "!=", False), ("lessons_taken", "=", False)],
        string="Lessons of closed openings",
    )

    @api.depends("review_date")
    def _compute_is_outdated(self):
        today = fields.Date.context_today(self)
        for sop in self:
            sop.is_outdated = bool(sop.review_date and sop.review_date < today)

    def _typical_days(self, state):
        """Usual days in one of the four states; 0 when nobody knows."""
        days = {states.TO_SUBMIT: "prepare_days", states.IN_REVIEW: "review_days"}
        return self[days[state]] if self and state in days else 0

    @api.model
    @api.private
    def _fill_typical_days(self):
        """Days of the step lists that come along, where none were entered."""
        with file_open("linkstar_store_opening/data/sops.json") as handle:
            data = {sop["code"]: sop for sop in json.load(handle)["sops"]}
        for sop in self.search([("code", "in", list(data))]):
            if not (sop.prepare_days or sop.review_days) and not sop.is_closed:
                prepare, review = sop_template.typical_days(data[sop.code]["steps"])
                sop.write({"prepare_days": prepare, "review_days": review})

    @api.model
    @api.private
    def _fill_paper_times(self):
        """Which papers wait, in step lists that come along and say nothing yet."""
        with file_open("linkstar_store_opening/data/sops.json") as handle:
            data = {sop["code"]: sop for sop in json.load(handle)["sops"]}
        for sop in self.search([("code", "in", list(data))]):
            if sop.later_type_ids or sop.optional_type_ids:
                continue
            later, optional = sop_template.paper_times(data[sop.code], GIVEN_LATER)
            sop.later_type_ids = self._by_code("linkstar.document.type", later)
            sop.optional_type_ids = self._by_code("linkstar.document.type", optional)

    def _paper_time(self, document_type, entity_kind):
        """``{"is_later": …, "is_optional": …}`` for one paper of an opening.

        A paper that stands in for the entity's own kind of identity papers is never
        optional, though no step names it.
        """
        own = document_type.code in self._identity_codes(entity_kind)
        return {
            "is_later": document_type in self.later_type_ids,
            "is_optional": document_type in self.optional_type_ids and not own,
        }


class LinkstarOpeningHealth(models.AbstractModel):
    _name = "linkstar.opening.health"
    _description = "Health of openings"
    _inherit = "linkstar.health.provider"

    @api.model
    def _health_checks(self, now):
        """Step lists past their review date. See ``linkstar.health.provider``."""
        outdated = self.env["linkstar.sop"].search([("review_date", "<", now.date())])
        return [
            {
                "code": "sop_review_due",
                "area": "openings",
                "severity": "warning",
                "title": self.env._("The step list of %s is old", sop.name),
                "detail": self.env._(
                    "It was to be compared with the platform's pages by %s.",
                    sop.review_date,
                ),
                "next_step": self.env._(
                    "Compare it with the platform's pages, change what differs, and "
                    "set the next review date."
                ),
                "res_model": "linkstar.sop",
                "res_id": sop.id,
            }
            for sop in outdated
        ]
