"""Product categories that need steps and papers of their own."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.snapshot import localise


class LinkstarVariant(models.Model):
    """A category of products with papers of its own: batteries, car parts, toys.

    Steps of a template may be for some categories only; a launch names the
    categories of its product, and their steps come in.
    """

    _name = "linkstar.variant"
    _description = "Product category with its own steps"
    _inherit = ["linkstar.audit.mixin"]
    _order = "sequence, id"

    _audit_fields = ("code", "name", "active")
    _audit_store_path = None

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Small letters, digits and underscores. Templates that are exported "
        "name it by this code.",
    )
    papers = fields.Text(
        translate=True,
        help="Certificates and reports that the category needs, by site.",
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another category has this code.")

    @api.constrains("code")
    def _check_code(self):
        for variant in self:
            if not re.fullmatch(r"[a-z0-9_]{1,40}", variant.code or ""):
                raise ValidationError(
                    self.env._(
                        "%(code)s is no code: use up to 40 small letters, digits and "
                        "underscores.",
                        code=variant.code,
                    )
                )

    @api.model
    @api.private
    def _ids_by_code(self, codes, described=()):
        """Return ``{code: id}``; categories that a file describes are created.

        :param codes: codes that must be there, archived ones included
        :param described: dicts ``code``, ``name`` and ``papers`` of a snapshot
        """
        known = self.sudo().with_context(active_test=False)
        found = {v.code: v.id for v in known.search([("code", "in", list(codes))])}
        described = {entry["code"]: entry for entry in described}
        missing = sorted(set(codes) - set(found))
        for code in missing:
            entry = described.get(code, {})
            variant = known.create(
                {
                    "code": code,
                    "name": localise(entry.get("name"), self.env.lang) or code,
                    "papers": localise(entry.get("papers"), self.env.lang) or False,
                }
            )
            found[code] = variant.id
        return found


class ProjectTask(models.Model):
    _inherit = "project.task"

    variant_ids = fields.Many2many(
        "linkstar.variant",
        "linkstar_task_variant_rel",
        "task_id",
        "variant_id",
        string="For categories",
        help="The step comes in only for these product categories. Empty: always.",
    )
    for_sites = fields.Char(
        string="For sites",
        help="Codes of marketplaces or countries, or EU, with commas between: US, UK, "
        "EU. Empty: everywhere.",
    )


class ProjectProject(models.Model):
    _inherit = "project.project"

    variant_ids = fields.Many2many(
        "linkstar.variant",
        "linkstar_project_variant_rel",
        "project_id",
        "variant_id",
        string="Categories",
        copy=False,
        help="Product categories whose extra steps this launch has.",
    )


class LinkstarListing(models.Model):
    _inherit = "linkstar.listing"

    variant_ids = fields.Many2many(
        "linkstar.variant",
        "linkstar_listing_variant_rel",
        "listing_id",
        "variant_id",
        string="Categories",
        help="Launches about this MSKU get the extra steps of these categories, "
        "unless they name others.",
    )


class LinkstarStore(models.Model):
    _inherit = "linkstar.store"

    def _site_codes(self):
        """Return ``{store_id: codes its site answers to}``: ``("DE", "EU")``."""
        europe = self.env.ref("base.europe", raise_if_not_found=False)
        members = set(europe.sudo().country_ids.ids) if europe else set()
        found = {}
        for store in self.sudo():
            site = store.marketplace_id
            codes = {site.code, site.country_id.code}
            codes |= {"EU"} if site.country_id.id in members else set()
            found[store.id] = tuple(sorted(code.upper() for code in codes if code))
        return found
