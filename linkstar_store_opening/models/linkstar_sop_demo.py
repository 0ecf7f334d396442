"""Openings of the demo company, made the way a person makes them."""

from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.linkstar_project.engine import sealed_file
from odoo.addons.linkstar_project.exceptions import MissingKey
from odoo.addons.linkstar_project.models.trust.secret_keys import keyring

from ..engine import demo_paper


class LinkstarSop(models.Model):
    _inherit = "linkstar.sop"

    @api.model
    @api.private
    def _create_demo_openings(self):
        """One opening each: in review, refused and prepared again, new, and open."""
        lead = self.env.ref("linkstar_project.demo_user_lead")
        entity = self.env.ref("linkstar_project.demo_entity_cn")
        entity.linkstar_entity_kind = "CN_COMPANY"
        in_review = self._demo_opening(lead, entity, "amazon", "CA", "operator_us")
        self._demo_papers(in_review, entity)
        self._demo_send(in_review)
        in_review.action_in_review()
        self._demo_appointment(in_review)
        refused = self._demo_opening(lead, entity, "walmart", "US", "operator_de")
        self._demo_papers(refused, entity)
        self._demo_send(refused)
        self._demo_refusal(refused)
        new = self._demo_opening(lead, entity, "tiktok", "US", "operator_us")
        self._demo_papers(new, entity, leave_out=4)
        self._demo_open_shop(lead, entity)

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
                    "variant_ids": [
                        fields.Command.set(
                            self.env.ref("linkstar_project.variant_battery").ids
                        )
                    ]
                    if platform == "tiktok"
                    else False,
                }
            )
        )
        action = wizard.action_start()
        opening = self.env["project.project"].browse(action["res_id"])
        self.env["linkstar.store.member"].create(
            {
                "store_id": opening.store_id.id,
                "user_id": self.env.ref("linkstar_project.demo_user_compliance").id,
                "role_id": self.env.ref("linkstar_project.role_legal").id,
                "share": 0,
            }
        )
        return opening.with_user(lead)

    # -- papers ------------------------------------------------------------------

    def _demo_has_key(self):
        """Files and numbers need the company's key; without one the demo has none."""
        try:
            keyring(self.env)
        except MissingKey:
            return False
        return True

    def _demo_papers(self, opening, entity, leave_out=0):
        """Bring the papers; the last ``leave_out`` stay missing, one is too old."""
        today = fields.Date.today()
        asked = opening.sudo().requirement_ids
        asked = asked.filtered(lambda r: not (r.is_later or r.is_optional))
        asked.reviewer_id = self.env.ref("linkstar_project.demo_user_lead")
        for number, requirement in enumerate(asked[: len(asked) - leave_out]):
            requirement.document_id = self._demo_document(requirement, entity)
            self._demo_file(requirement.document_id)
            if number % 2 and requirement.document_id.file_state == "ready":
                requirement.action_accept()
        if leave_out:
            asked[0].due_date = today
            aged = asked.filtered(lambda r: r.type_id.max_age_days and r.document_id)
            for requirement in aged[:1]:
                # Good today, too old on the planned day.
                days = requirement.type_id.max_age_days - 5
                requirement.document_id.issue_date = fields.Date.subtract(
                    today, days=days
                )

    def _demo_document(self, requirement, entity):
        document = self.env["linkstar.document"]
        today = fields.Date.today()
        found = document.search(
            [("type_id", "=", requirement.type_id.id), ("entity_id", "=", entity.id)],
            limit=1,
        )
        return found or document.create(
            {
                "name": f"{requirement.type_id.name}, {entity.name}",
                "type_id": requirement.type_id.id,
                "entity_id": entity.id,
                "issue_date": fields.Date.subtract(today, days=20),
                "expiry_date": fields.Date.add(today, years=2),
                "company_id": requirement.project_id.company_id.id
                or self.env.company.id,
            }
        )

    def _demo_file(self, document):
        """Upload a sample as the web client does; nothing without a key."""
        if document.file_ids or not document.type_id.needs_file:
            return
        if not self._demo_has_key():
            return
        user = self.env.ref("linkstar_project.demo_user_operator_us")
        data = demo_paper.sample(document.name)
        own = document.with_user(user).sudo()
        begun = own.begin_upload("sample.pdf", len(data))
        file = self.env["linkstar.document.file"].with_user(user).browse(begun["id"])
        file = file.sudo()
        for number in range(begun["parts"]):
            start = number * sealed_file.PART_BYTES
            piece = data[start : start + sealed_file.PART_BYTES]
            file.receive_part(number, iter([piece]))
        file.finish_upload()

    # -- rounds ------------------------------------------------------------------

    def _demo_send(self, opening):
        """Send a round; without a key there are no files, and no check of them."""
        if self._demo_has_key():
            opening.action_ready()
            opening.action_submit_round()
            return
        opening._enter_step("ready")
        opening._new_round()
        opening._enter_step("submitted")

    def _demo_refusal(self, opening):
        opening.refuse_round(
            "We could not verify your address: the statement is older than 60 days.",
            ["DOC_TOO_OLD"],
        )
        round_ = opening.submission_ids
        if self._demo_has_key():
            paper = self.env["linkstar.document"].browse(round_.new_evidence())
            self._demo_file(paper)
        opening.move_application("preparing", "A newer statement is on its way.")

    def _demo_appointment(self, opening):
        start = fields.Datetime.now().replace(hour=17, minute=0, second=0)
        self.env["linkstar.appointment"].sudo().create(
            {
                "project_id": opening.id,
                "kind": "video",
                "start": start + timedelta(days=5),
                "tz": "America/Toronto",
                "attendee": "Chen Jie 陈杰",
                "participant_ids": [fields.Command.set(opening.user_id.ids)],
                "place": "Link in the seller account",
            }
        )

    def _demo_open_shop(self, lead, entity):
        """A shop whose opening is over: marks, duties, logins and a lesson."""
        opened = self._demo_opening(lead, entity, "ebay", "US", "operator_us")
        self._demo_papers(opened, entity)
        self._demo_send(opened)
        opened.action_approve()
        opened.mark_ids.action_done()
        opened.action_activate()
        opened.sudo().lessons = (
            "The letter of authority must bear the seal: the first copy had none."
        )
        holder = self.env.ref("linkstar_project.demo_user_operator_us")
        self.env["linkstar.account.login"].sudo().create(
            [
                {
                    "store_id": opened.store_id.id,
                    "kind": "main",
                    "login": "nova-shop@example.com",
                    "user_id": lead.id,
                    "second_factor": "app",
                    "second_factor_holder_id": lead.id,
                    "backup": "Sealed envelope in the safe of finance",
                },
                {
                    "store_id": opened.store_id.id,
                    "login": "nova-service@example.com",
                    "user_id": holder.id,
                    "permissions": "Orders and messages",
                },
            ]
        )
        person = self.env["res.partner"].create({"name": "Chen Jie 陈杰"})
        entity.linkstar_representative_id = person
        self.env["linkstar.consent"].create(
            {
                "partner_id": person.id,
                "purpose": "Opening shops of Nova on platforms abroad",
            }
        )
        if self._demo_has_key():
            self.env["linkstar.identity"].create(
                {
                    "partner_id": person.id,
                    "kind": "id_number",
                    "value": "11010119900307851X",
                }
            )
