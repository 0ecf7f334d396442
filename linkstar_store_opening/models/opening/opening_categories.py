"""Product categories of an opening: their papers, and which are highly regulated."""

from odoo import fields, models

from odoo.addons.linkstar_project.engine.variants import parse_sites


class LinkstarVariant(models.Model):
    _inherit = "linkstar.variant"

    is_regulated = fields.Boolean(
        "High regulation",
        help="Openings that name this category warn, and legal checks its goods "
        "before anything is listed.",
    )
    document_type_ids = fields.Many2many(
        "linkstar.document.type",
        "linkstar_document_type_variant_rel",
        "variant_id",
        "type_id",
        string="Papers asked",
        help="Openings that name this category ask for these papers too, on the sites "
        "that each paper is for.",
    )

    def _papers_for(self, sites):
        """Kinds of papers of these categories that a site asks for.

        :param sites: codes the site answers to, such as ``DE`` and ``EU``
        """
        return self.document_type_ids.filtered(
            lambda kind: (
                kind.active
                and (
                    not parse_sites(kind.for_sites)
                    or set(parse_sites(kind.for_sites)) & set(sites)
                )
            )
        )


class LinkstarDocumentType(models.Model):
    _inherit = "linkstar.document.type"

    variant_ids = fields.Many2many(
        "linkstar.variant",
        "linkstar_document_type_variant_rel",
        "type_id",
        "variant_id",
        string="For categories",
        help="Openings that name one of these product categories ask for this paper.",
    )
    for_sites = fields.Char(
        "For sites",
        help="Codes of marketplaces or countries, or EU, with commas between. Empty: "
        "everywhere.",
    )


class LinkstarSop(models.Model):
    _inherit = "linkstar.sop"

    def _paper_time(self, document_type, entity_kind):
        """Papers of a category wait for the platform's decision, unless the step list
        asks for category certificates before the submission."""
        found = super()._paper_time(document_type, entity_kind)
        if document_type.variant_ids and document_type not in self.document_type_ids:
            first = (
                self.document_type_ids - self.later_type_ids - self.optional_type_ids
            )
            found["is_later"] = "CATEGORY_CERT" not in first.mapped("code")
        return found
