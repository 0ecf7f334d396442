"""A platform's way to open a shop, as data that companies may change."""

import json

from odoo import api, fields, models
from odoo.tools import file_open

from ..engine import sop_template

VERIFY_NOTE = {
    "en": "Source grade {grade}: check with the platform before you rely on it.",
    "zh": "来源等级 {grade}：请先向平台核实再依赖此步骤。",
}

# Which papers stand in for the mainland ones, by kind of entity.
# Source: entity table of the opening data (grades A to C).
ENTITY_DOCUMENTS = {
    "CN_COMPANY": ("BIZ_LICENSE_CN", "LEGAL_REP_ID", "TAX_W8BENE"),
    "CN_SOLE_TRADER": ("BIZ_LICENSE_CN", "LEGAL_REP_ID"),
    "HK_COMPANY": ("HK_CI_BR", "LEGAL_REP_PASSPORT", "UBO_ID", "TAX_W8BENE"),
    "US_COMPANY": (
        "US_FORMATION",
        "IRS_EIN_LETTER",
        "TAX_W9",
        "UBO_ID",
        "LEGAL_REP_PASSPORT",
    ),
    "UK_EU_COMPANY": (
        "LOCAL_REG_EXTRACT",
        "UBO_ID",
        "LOA",
        "ADDR_PROOF_COMPANY",
        "UK_EU_ESTAB",
        "TAX_W8BENE",
    ),
}
IDENTITY_DOCUMENTS = frozenset(
    code for codes in ENTITY_DOCUMENTS.values() for code in codes
) - {"ADDR_PROOF_COMPANY", "LOA"}

TAX_DOCUMENTS = frozenset({"TAX_W8BENE", "TAX_W9"})


def checklists_zh():
    """The checklists' lines in Chinese, by their English."""
    with file_open("linkstar_store_opening/data/checklists_zh.json") as handle:
        return json.load(handle)


def category_steps():
    """Extra steps of product categories; see ``engine.sop_template``."""
    with file_open("linkstar_store_opening/data/category_steps.json") as handle:
        return json.load(handle)


class LinkstarSop(models.Model):
    """Step list of one platform and site, with the papers it asks for."""

    _name = "linkstar.sop"
    _description = "Opening SOP"
    _order = "platform_id, site"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    platform_id = fields.Many2one("linkstar.platform", required=True, index=True)
    site = fields.Char(help="Site code, or GLOBAL, SEA … for a group of sites.")
    marketplace_ids = fields.Many2many(
        "linkstar.marketplace", help="Sites this step list serves. Empty: all."
    )
    template_id = fields.Many2one(
        "project.project", "Template", domain="[('linkstar_kind', '=', 'opening')]"
    )
    document_type_ids = fields.Many2many("linkstar.document.type", string="Papers")
    rejection_reason_ids = fields.Many2many("linkstar.rejection.reason")
    completion_mark_ids = fields.Many2many("linkstar.completion.mark")
    obligation_type_ids = fields.Many2many("linkstar.obligation.type")
    is_closed = fields.Boolean(
        "Closed to new shops", help="The platform takes no new sellers."
    )
    account_rule = fields.Text("Accounts per company", translate=True)
    account_rule_grade = fields.Char()
    note = fields.Text(translate=True)
    effective_from = fields.Date()
    effective_to = fields.Date()
    review_date = fields.Date(help="Look at the platform's pages again by then.")
    active = fields.Boolean(default=True)

    _code_unique = models.UniqueIndex("(code)", "This SOP code exists already.")

    @api.model
    @api.private
    def _load_builtin(self):
        """Create the built-in step lists that do not exist yet.

        Existing ones are the company's and stay as they are.
        """
        with file_open("linkstar_store_opening/data/sops.json") as handle:
            data = json.load(handle)
        known = set(self.with_context(active_test=False).search([]).mapped("code"))
        new = [sop for sop in data["sops"] if sop["code"] not in known]
        for sop in new:
            self._create_builtin(sop, fields.Date.to_date(data["reviewed_on"]))

    def _create_builtin(self, sop, reviewed_on):
        platform = self.env["linkstar.platform"].search(
            [("code", "=", sop["platform"])], limit=1
        )
        template = self.env["project.project"]
        if not sop["closed"]:
            template = template._load_builtin(
                [
                    sop_template.template_data(
                        sop, VERIFY_NOTE, checklists_zh(), category_steps()
                    )
                ]
            )
        record = self.create(
            {
                "code": sop["code"],
                "name": sop["name"]["en"],
                "platform_id": platform.id,
                "site": sop["site"],
                "marketplace_ids": self._marketplaces(platform, sop["site"]).ids,
                "template_id": template[:1].id,
                "is_closed": sop["closed"],
                "account_rule": sop["account_policy"]["rule"].capitalize(),
                "account_rule_grade": sop["account_policy"]["evidence"],
                "note": sop["note"],
                "review_date": fields.Date.add(reviewed_on, months=6),
                "document_type_ids": self._by_code(
                    "linkstar.document.type", sop["documents"]
                ),
                "rejection_reason_ids": self._by_code(
                    "linkstar.rejection.reason", sop["rejection_reasons"]
                ),
                "completion_mark_ids": self._by_code(
                    "linkstar.completion.mark", sop["completion_marks"]
                ),
                "obligation_type_ids": self._by_code(
                    "linkstar.obligation.type", sop["obligations"]
                ),
            }
        )
        self.env["project.project"]._translate(record, "name", sop["name"])
        return record

    def _by_code(self, model, codes):
        return self.env[model].search([("code", "in", codes)]).ids

    def _marketplaces(self, platform, site):
        domain = [("platform_id", "=", platform.id)]
        sites = {"SEA": ["SG", "MY", "TH", "PH", "VN", "ID"]}.get(site, [site])
        return self.env["linkstar.marketplace"].search(domain + [("code", "in", sites)])

    def _for_marketplace(self, marketplace, on):
        """The step list that serves a site on a day; its own before the general one."""
        found = self.search(
            [
                ("platform_id", "=", marketplace.platform_id.id),
                "|",
                ("marketplace_ids", "=", marketplace.id),
                ("marketplace_ids", "=", False),
                "|",
                ("effective_from", "=", False),
                ("effective_from", "<=", on),
                "|",
                ("effective_to", "=", False),
                ("effective_to", ">=", on),
            ]
        )
        return found.sorted(lambda sop: (not sop.marketplace_ids, sop.id))[:1]

    def _required_types(self, entity_kind):
        """Papers asked of an entity of this kind, with those that stand in."""
        self.ensure_one()
        asked = self.document_type_ids
        general = asked.filtered(lambda t: t.code not in IDENTITY_DOCUMENTS)
        identity = self.env["linkstar.document.type"].search(
            [("code", "in", list(self._identity_codes(entity_kind)))]
        )
        return general | identity

    def _identity_codes(self, entity_kind):
        """Codes of the papers by which this kind of entity proves itself here.

        A step list that asks for none, such as one more site of an account, asks for
        none of any kind; tax papers likewise.
        """
        asked = set(self.document_type_ids.mapped("code")) & IDENTITY_DOCUMENTS
        wanted = set(ENTITY_DOCUMENTS.get(entity_kind or "CN_COMPANY", ()))
        if not asked - TAX_DOCUMENTS:
            wanted &= TAX_DOCUMENTS
        if not asked & TAX_DOCUMENTS:
            wanted -= TAX_DOCUMENTS
        return wanted
