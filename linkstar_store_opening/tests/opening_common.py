"""What the tests of openings share: people of their own, an entity, a way through."""

import secrets

from odoo.fields import Date, Datetime
from odoo.tests import TransactionCase, new_test_user


def bring_files(documents):
    """Files that stand without content: for tests that never open them."""
    files = documents.env["linkstar.document.file"].sudo()
    for document in documents.filtered(lambda d: not d.file_ids):
        files.create(
            {
                "document_id": document.id,
                "number": 1,
                "state": "ready",
                "kind": "pdf",
                "size": 1,
                "uploaded_by_id": document.env.ref("base.user_root").id,
                "uploaded_at": Datetime.now(),
                "storage_key": secrets.token_hex(16),
            }
        )
    documents.invalidate_recordset()


class OpeningCase(TransactionCase):
    """A lead, an operator, finance and legal of one company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["linkstar.approval.policy"].search(
            [("res_model", "=", "project.project")]
        ).active = False
        cls.lead = cls._person("oc_lead", "lead")
        cls.operator = cls._person("oc_operator", "operator")
        cls.finance = cls._person("oc_finance", "operator")
        cls.legal = cls._person("oc_legal", "operator")
        cls.entity = cls._entity("Ningbo Nova Trading")
        cls.us = cls._site("amazon", "US")
        cls.today = Date.today()
        # Whatever day it is, no step list is past its review.
        sops = cls.env["linkstar.sop"].search([])
        sops.review_date = Date.add(cls.today, years=1)

    @classmethod
    def _person(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            groups=f"linkstar_project.group_{group}",
            email=f"{login}@example.com",
        )

    @classmethod
    def _entity(cls, name, kind="CN_COMPANY"):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "linkstar_entity_kind": kind}
        )

    @classmethod
    def _site(cls, platform, code):
        return cls.env["linkstar.marketplace"].search(
            [("platform_id.code", "=", platform), ("code", "=", code)]
        )

    def _wizard(self, sites=None, **values):
        sites = sites or self.us
        return (
            self.env["linkstar.opening.wizard"]
            .with_user(self.lead)
            .create(
                {
                    "marketplace_ids": sites.ids,
                    "entity_id": self.entity.id,
                    "shop_name": "Nova",
                    "code_suffix": "oc9",
                    "planned_date": Date.add(self.today, days=20),
                    "user_id": self.operator.id,
                    **values,
                }
            )
        )

    def _start(self, **values):
        action = self._wizard(**values).action_start()
        opening = self.env["project.project"].browse(action["res_id"])
        return opening.with_user(self.operator)

    def _bring_papers(self, opening):
        papers = opening.sudo().requirement_ids
        for requirement in papers:
            requirement.document_id = self.env["linkstar.document"].create(
                {
                    "name": requirement.type_id.name,
                    "type_id": requirement.type_id.id,
                    "entity_id": self.entity.id,
                    "issue_date": self.today,
                    "expiry_date": Date.add(self.today, years=3),
                }
            )
        bring_files(papers.document_id)

    def _ready(self, **values):
        opening = self._start(**values)
        self._bring_papers(opening)
        opening.action_ready()
        return opening

    def _submitted(self, **values):
        opening = self._ready(**values)
        opening.action_submit_round()
        return opening

    def _approved(self, **values):
        opening = self._submitted(**values)
        opening.action_approve()
        return opening

    def _join(self, store, user, role):
        self.env["linkstar.store.member"].create(
            {
                "store_id": store.id,
                "user_id": user.id,
                "role_id": self.env.ref(f"linkstar_project.role_{role}").id,
                "share": 0,
            }
        )
