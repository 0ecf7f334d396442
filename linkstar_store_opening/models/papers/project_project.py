"""An opening's field sheet, its papers' retention, and its package."""

from odoo import api, fields, models

from . import package

#: Steps in which an opening does not need its papers any more.
OVER = ("rejected", "blocked", "cancelled")


class ProjectProject(models.Model):
    _inherit = "project.project"

    form_answer_ids = fields.One2many("linkstar.form.answer", "project_id")

    def _needs_papers(self):
        """Whether an opening is under way, or its shop is open."""
        self.ensure_one()
        if self.store_id.state in ("active", "restricted"):
            return True
        return self.active and self.application_step not in OVER

    # ------------------------------------------------------------ field sheet

    @api.private
    def _sheet_value(self, source):
        """One answer for the platform's form; numbers of papers come masked."""
        self.ensure_one()
        project = self.sudo()
        entity, store = project.entity_id, project.store_id
        person = entity.linkstar_representative_id
        plain = {
            "entity_name": lambda: entity.name,
            "entity_address": lambda: self._sheet_address(entity),
            "entity_vat": lambda: entity.vat,
            "entity_phone": lambda: entity.phone,
            "entity_email": lambda: entity.email,
            "entity_website": lambda: entity.website,
            "entity_country": lambda: entity.country_id.name,
            "shop_name": lambda: store.name,
            "payout_method": lambda: project.payout_method,
            "representative_name": lambda: person.name,
            "representative_phone": lambda: person.phone,
            "representative_email": lambda: person.email,
            "platform": lambda: store.platform_id.name,
            "today": lambda: str(fields.Date.context_today(self)),
        }
        if source in plain:
            return plain[source]() or ""
        owner = person if source in ("id_number", "passport") else entity
        kept = self.env["linkstar.identity"].sudo()
        found = kept.search(
            [("partner_id", "in", owner.ids), ("kind", "=", source)], limit=1
        )
        return found.masked or ""

    def _sheet_address(self, entity):
        """The address in one line; nothing while it names no street and no city.

        A country's layout leaves its commas where a part is empty, and a country
        alone is no address that a platform takes.
        """
        if not (entity.street or entity.street2 or entity.city):
            return ""
        lines = entity._display_address(without_company=True).splitlines()
        parts = (part.strip() for line in lines for part in line.split(","))
        return ", ".join(filter(None, parts))

    def action_field_sheet(self):
        """Open the field sheet, with a line for each field of the platform's form."""
        self.ensure_one()
        self._check_opening_member()
        self._complete_sheet()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Field sheet"),
            "res_model": "linkstar.form.answer",
            "view_mode": "list,form",
            "domain": [("project_id", "=", self.id)],
            "context": {"default_project_id": self.id},
        }

    def _complete_sheet(self):
        """Add lines for fields that the form asks and the sheet lacks."""
        asked = self._asked_fields() - self.form_answer_ids.field_id
        self.env["linkstar.form.answer"].sudo().create(
            [{"project_id": self.id, "field_id": field.id} for field in asked]
        )

    def _asked_fields(self):
        """Fields of this platform's form, and those that every form asks."""
        platform = self.store_id.sudo().platform_id
        return self.env["linkstar.form.field"].search(
            [("platform_id", "in", [False, *platform.ids])]
        )

    @api.private
    def _frozen_sheet(self):
        """The sheet as plain data, for the round that is sent now."""
        self._complete_sheet()
        return [
            {"code": line.field_id.code, "name": line.field_id.name}
            | {"answer": line.answer}
            for line in self.form_answer_ids.sorted("sequence")
        ]

    # ------------------------------------------------------ papers and package

    def action_standard_paper(self):
        """Choose a standard paper to fill for this opening."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Standard paper"),
            "res_model": "linkstar.standard.paper.fill",
            "view_mode": "form",
            "target": "new",
            "context": {"default_project_id": self.id},
        }

    def action_collect_papers(self):
        """Open the page on which the opening's papers are collected."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "linkstar_store_opening.collect",
            "name": self.env._("Collect papers"),
            "params": {"project_id": self.id},
        }

    def paper_list(self):
        """The opening's requirements for the collecting page and the package."""
        self.ensure_one()
        self.check_access("read")
        self._check_opening_reader()
        return {
            "name": self.display_name,
            "store": self.store_id.code or "",
            "may_write": self.env["linkstar.requirement"].has_access("write"),
            "papers": [package.describe(r) for r in self.requirement_ids],
        }

    def _check_opening_reader(self):
        self.store_id._check_member("read")

    @api.private
    def write_package(self, out, recipient, password, reason):
        """Write the opening's encrypted package to a binary stream.

        :return: dict: ``included`` and ``left_out`` numbers of papers
        """
        self.ensure_one()
        self.check_access("read")
        self._check_opening_reader()
        return package.write(self, out, recipient, password, reason)
