"""Start openings: the store first, then the project and its papers."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LinkstarOpeningWizard(models.TransientModel):
    """New openings: one legal entity on one or more sites of a platform.

    Everything is checked before anything is created, and all openings of a batch are
    created or none.
    """

    _name = "linkstar.opening.wizard"
    _description = "New Opening"

    platform_id = fields.Many2one(
        "linkstar.platform", required=True, domain=[("is_deprecated", "=", False)]
    )
    marketplace_ids = fields.Many2many(
        "linkstar.marketplace",
        required=True,
        string="Sites",
        domain="[('platform_id', '=', platform_id)]",
    )
    entity_id = fields.Many2one("res.partner", string="Legal entity", required=True)
    entity_kind = fields.Selection(related="entity_id.linkstar_entity_kind")
    shop_name = fields.Char(
        "Shop name", required=True, help="How your team calls the shop."
    )
    code_suffix = fields.Char(
        "End of store code",
        required=True,
        help="The store code becomes SITE-SUFFIX, e.g. US-ABC123.",
    )
    planned_date = fields.Date(
        "Planned submission",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.today(), days=14),
    )
    user_id = fields.Many2one(
        "res.users", "Owner", required=True, default=lambda self: self.env.user
    )
    payout_method = fields.Char()
    warning = fields.Text(compute="_compute_warning")

    @api.depends("platform_id", "marketplace_ids", "entity_id", "planned_date")
    def _compute_warning(self):
        for wizard in self:
            wizard.warning = "\n".join(wizard._warnings())

    def _sops(self):
        """``{marketplace: step list}`` for the chosen sites."""
        sop = self.env["linkstar.sop"]
        return {
            site: sop._for_marketplace(site, self.planned_date)
            for site in self.marketplace_ids
        }

    def _warnings(self):
        """What the person should know before starting; nothing here blocks."""
        if not (self.platform_id and self.entity_id):
            return []
        lines = []
        today = fields.Date.context_today(self)
        for site, sop in self._sops().items():
            if sop.review_date and sop.review_date < today:
                lines.append(
                    self.env._(
                        "%(sop)s was to be looked at again by %(day)s.",
                        sop=sop.name,
                        day=sop.review_date,
                    )
                )
            others = self._other_stores(site)
            if others:
                lines.append(
                    self.env._(
                        "%(entity)s has %(count)s shop(s) on %(platform)s already. "
                        "Platform's rule: %(rule)s",
                        entity=self.entity_id.display_name,
                        count=len(others),
                        platform=self.platform_id.name,
                        rule=sop.account_rule or self.env._("unknown"),
                    )
                )
        if not self.entity_kind:
            lines.append(
                self.env._(
                    "The kind of legal entity is not set: the papers of a mainland "
                    "company are asked for."
                )
            )
        return list(dict.fromkeys(lines))

    def _other_stores(self, site):
        return self.env["linkstar.store"].search(
            [
                ("seller_id.entity_id", "=", self.entity_id.id),
                ("marketplace_id", "=", site.id),
                ("state", "!=", "closed"),
            ]
        )

    def action_start(self):
        """Create stores, openings and papers; open the result."""
        self.ensure_one()
        self._check_right()
        sops = self._sops()
        self._check_platform(sops)
        projects = self.env["project.project"]
        for site, sop in sops.items():
            store = self._create_store(site)
            projects |= self._create_opening(store, sop)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_store_opening.project_project_action_opening"
        )
        if len(projects) == 1:
            action.update(res_id=projects.id, views=[(False, "form")])
        return action

    def _check_right(self):
        if not self.env.user.has_group("linkstar_project.group_lead"):
            raise AccessError(
                self.env._(
                    "Only a lead starts an opening. Ask your lead to start it and to "
                    "name you as owner."
                )
            )

    def _check_platform(self, sops):
        if self.platform_id.is_deprecated:
            raise UserError(
                self.env._(
                    "%s is closed to new shops. Choose another platform.",
                    self.platform_id.name,
                )
            )
        for site, sop in sops.items():
            if site.platform_id != self.platform_id:
                raise UserError(
                    self.env._(
                        "%(site)s is no site of %(platform)s.",
                        site=site.display_name,
                        platform=self.platform_id.name,
                    )
                )
            if not sop or sop.is_closed or not sop.template_id:
                raise UserError(
                    self.env._(
                        "There is no step list to open a shop on %s. Add one under "
                        "Openings / SOPs.",
                        site.display_name,
                    )
                )

    def _create_store(self, site):
        """The store comes first, so that isolation and owners hold at once."""
        seller = self._seller(site)
        code = f"{site.code}-{self.code_suffix}".upper()
        if self.env["linkstar.store"].sudo().search_count([("code", "=", code)]):
            raise UserError(
                self.env._("The store code %s is taken. Choose another suffix.", code)
            )
        store = (
            self.env["linkstar.store"]
            .sudo()
            .create(
                {
                    "name": self.shop_name,
                    "code": code,
                    "marketplace_id": site.id,
                    "seller_id": seller.id,
                    "company_id": self.env.company.id,
                    "state": "opening",
                }
            )
        )
        self._create_members(store)
        return store

    def _seller(self, site):
        """The entity's registration on this platform (and region), or a new one."""
        seller = self.env["linkstar.seller"].sudo()
        values = {
            "platform_id": self.platform_id.id,
            "entity_id": self.entity_id.id,
            "region": site.region,
            "company_id": self.env.company.id,
        }
        found = seller.search([(name, "=", value) for name, value in values.items()])
        return found[:1] or seller.create(
            {**values, "name": f"{self.entity_id.name} {self.platform_id.name}"}
        )

    def _create_members(self, store):
        """The owner works on the shop; who starts the opening leads it."""
        own = self.user_id == self.env.user
        members = [(self.user_id, "operator", own)]
        if not own:
            members.append((self.env.user, "manager", True))
        self.env["linkstar.store.member"].sudo().create(
            [
                {
                    "store_id": store.id,
                    "user_id": user.id,
                    "role_id": self.env.ref(f"linkstar_project.role_{role}").id,
                    "is_lead": is_lead,
                }
                for user, role, is_lead in members
            ]
        )

    def _create_opening(self, store, sop):
        template = sop.template_id.sudo()
        version = template.version_ids.filtered(lambda v: v.state == "published")[:1]
        if not version:
            raise UserError(
                self.env._("Publish the template %s first.", template.display_name)
            )
        project = version.launch(
            [store.id], anchor_date=fields.Date.today(), anchor="start"
        )
        project = self.env["project.project"].browse(project.ids)
        project.sudo().write(
            {
                "linkstar_kind": "opening",
                "sop_id": sop.id,
                "entity_id": self.entity_id.id,
                "planned_submission_date": self.planned_date,
                "payout_method": self.payout_method,
                "user_id": self.user_id.id,
            }
        )
        project._enter_step("preparing")
        self._create_requirements(project, sop)
        return project

    def _create_requirements(self, project, sop):
        due = fields.Date.subtract(self.planned_date, days=2)
        self.env["linkstar.requirement"].create(
            [
                {
                    "project_id": project.id,
                    "type_id": document_type.id,
                    "user_id": self.user_id.id,
                    "due_date": due,
                }
                for document_type in sop._required_types(self.entity_kind)
            ]
        )
