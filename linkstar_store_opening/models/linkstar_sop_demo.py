"""Openings of the demo company, made the way a person makes them."""

from odoo import api, fields, models


class LinkstarSop(models.Model):
    _inherit = "linkstar.sop"

    @api.model
    @api.private
    def _create_demo_openings(self):
        """One opening in review, one refused and being prepared again, one new."""
        lead = self.env.ref("linkstar_project.demo_user_lead")
        entity = self.env.ref("linkstar_project.demo_entity_cn")
        entity.linkstar_entity_kind = "CN_COMPANY"
        in_review = self._demo_opening(lead, entity, "amazon", "CA", "operator_us")
        self._demo_papers(in_review, entity)
        in_review.action_ready()
        in_review.action_submit_round()
        in_review.action_in_review()
        refused = self._demo_opening(lead, entity, "walmart", "US", "operator_de")
        self._demo_papers(refused, entity)
        refused.action_ready()
        refused.action_submit_round()
        refused.refuse_round(
            "We could not verify your address: the statement is older than 60 days.",
            ["DOC_TOO_OLD"],
        )
        refused.move_application("preparing", "A newer statement is on its way.")
        new = self._demo_opening(lead, entity, "tiktok", "US", "operator_us")
        self._demo_papers(new, entity, leave_out=4)

    def _demo_opening(self, lead, entity, platform, site, owner):
        marketplace = self.env["linkstar.marketplace"].search(
            [("platform_id.code", "=", platform), ("code", "=", site)]
        )
        wizard = (
            self.env["linkstar.opening.wizard"]
            .with_user(lead)
            .create(
                {
                    "platform_id": marketplace.platform_id.id,
                    "marketplace_ids": marketplace.ids,
                    "entity_id": entity.id,
                    "shop_name": f"Nova {marketplace.platform_id.name}",
                    "code_suffix": f"{platform[:2]}N2",
                    "planned_date": fields.Date.add(fields.Date.today(), days=12),
                    "user_id": self.env.ref(f"linkstar_project.demo_user_{owner}").id,
                    "payout_method": "Payoneer",
                    "limit_reason": "The platform agreed in writing.",
                }
            )
        )
        action = wizard.action_start()
        return self.env["project.project"].browse(action["res_id"]).with_user(lead)

    def _demo_papers(self, opening, entity, leave_out=0):
        """Bring the papers; the last ``leave_out`` stay missing, one is too old."""
        today = fields.Date.today()
        document = self.env["linkstar.document"]
        asked = opening.sudo().requirement_ids
        for requirement in asked[: len(asked) - leave_out]:
            found = document.search(
                [
                    ("type_id", "=", requirement.type_id.id),
                    ("entity_id", "=", entity.id),
                ],
                limit=1,
            )
            requirement.document_id = found or document.create(
                {
                    "name": f"{requirement.type_id.name}, {entity.name}",
                    "type_id": requirement.type_id.id,
                    "entity_id": entity.id,
                    "issue_date": fields.Date.subtract(today, days=20),
                    "expiry_date": fields.Date.add(today, years=2),
                    "company_id": opening.company_id.id or self.env.company.id,
                }
            )
        if leave_out:
            asked[0].due_date = today
