"""Start openings: the store first, then the project and its papers."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import opening_checks as checks
from ..models.opening.opening_approval import START


class LinkstarOpeningWizard(models.TransientModel):
    """New openings: legal entities times sites, of one or several platforms.

    Everything is checked before anything is created, and all openings of a batch are
    created or none.
    """

    _name = "linkstar.opening.wizard"
    _description = "New Opening"

    platform_id = fields.Many2one(
        "linkstar.platform",
        domain=[("is_deprecated", "=", False)],
        help="Narrows the list of sites. Empty: sites of several platforms.",
    )
    marketplace_ids = fields.Many2many(
        "linkstar.marketplace",
        required=True,
        string="Sites",
        domain="[('platform_id', '=?', platform_id),"
        " ('platform_id.is_deprecated', '=', False)]",
    )
    entity_id = fields.Many2one("res.partner", string="Legal entity", required=True)
    entity_kind = fields.Selection(related="entity_id.linkstar_entity_kind")
    more_entity_ids = fields.Many2many(
        "res.partner", string="Further legal entities", help="Each opens every site."
    )
    shop_name = fields.Char(
        "Shop name",
        required=True,
        help="How your team calls the shop. {entity}, {platform} and {site} are "
        "replaced for each shop of a batch.",
    )
    code_suffix = fields.Char(
        "End of store code",
        required=True,
        help="The store code becomes SITE-SUFFIX, e.g. US-ABC123. {platform} is "
        "replaced; equal codes of a batch get a number.",
    )
    planned_date = fields.Date(
        "Planned submission",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.today(), days=14),
    )
    user_id = fields.Many2one(
        "res.users", "Owner", required=True, default=lambda self: self.env.user
    )
    variant_ids = fields.Many2many(
        "linkstar.variant",
        string="Categories",
        help="Product categories that need approval or papers of their own: their "
        "steps and papers come in.",
    )
    payout_method = fields.Char()
    payer_id = fields.Many2one("res.partner", "Paid by")
    opening_reason = fields.Text("Why")
    limit_reason = fields.Char(
        "Reason beyond the limit",
        help="Why the platform accepts one more account of this entity, e.g. its "
        "written permission.",
    )
    needs_approval = fields.Boolean(compute="_compute_needs_approval")
    is_checked = fields.Boolean()
    line_ids = fields.One2many("linkstar.opening.wizard.line", "wizard_id")
    blocked_count = fields.Integer(compute="_compute_blocked_count")

    @api.depends("entity_id")
    def _compute_needs_approval(self):
        """The company asks somebody before a shop is opened at all."""
        policy = self.env["linkstar.approval.policy"].sudo()
        found = policy.search(
            [
                ("res_model", "=", "project.project"),
                ("kind", "=", START),
                ("company_id", "in", (False, self.env.company.id)),
            ],
            limit=1,
        )
        self.needs_approval = bool(found)

    @api.depends("line_ids.included", "line_ids.verdict")
    def _compute_blocked_count(self):
        for wizard in self:
            lines = wizard.line_ids.filtered("included")
            wizard.blocked_count = len(
                lines.filtered(lambda line: line.verdict == checks.BLOCKED)
            )

    @api.onchange(
        "marketplace_ids",
        "entity_id",
        "more_entity_ids",
        "shop_name",
        "code_suffix",
        "variant_ids",
    )
    def _onchange_batch(self):
        """Another batch is checked anew."""
        self.is_checked = False

    def action_check(self):
        """Show every opening of the batch with what stands against it."""
        self.ensure_one()
        self._check_right()
        self._make_lines()
        return self._window()

    def action_back(self):
        """Go back to the choice of sites and entities."""
        self.ensure_one()
        self.is_checked = False
        return self._window()

    def _window(self):
        """This wizard's own window, opened again."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New opening"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _make_lines(self):
        """One line a site and entity, with name and code by the rules."""
        self.line_ids.unlink()
        pairs = [
            (site, entity)
            for entity in self.entity_id | self.more_entity_ids
            for site in self.marketplace_ids
        ]
        codes = checks.unique_codes([self._code(site) for site, _entity in pairs])
        self.env["linkstar.opening.wizard.line"].create(
            [
                {
                    "wizard_id": self.id,
                    "sequence": number,
                    "marketplace_id": site.id,
                    "entity_id": entity.id,
                    "name": self._shop_name(site, entity),
                    "code": code,
                }
                for number, ((site, entity), code) in enumerate(
                    zip(pairs, codes, strict=True)
                )
            ]
        )
        self.is_checked = True

    def _code(self, site):
        suffix = checks.apply_rule(self.code_suffix, platform=site.platform_id.code)
        return f"{site.code}-{suffix}".upper()

    def _shop_name(self, site, entity):
        return checks.apply_rule(
            self.shop_name,
            entity=entity.name,
            platform=site.platform_id.name,
            site=site.code,
        )

    def action_start(self):
        """Create stores, openings and papers, all or none; open the result."""
        self.ensure_one()
        self._check_right()
        if not self.is_checked:
            self._make_lines()
        lines = self.line_ids.filtered("included")
        self._check_lines(lines)
        projects = self.env["project.project"]
        for line in lines:
            store = self._create_store(line)
            projects |= self._create_opening(store, line)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_store_opening.project_project_action_opening"
        )
        if len(projects) == 1:
            form = "linkstar_store_opening.project_project_view_form_opening"
            action.update(res_id=projects.id, views=[(self.env.ref(form).id, "form")])
        return action

    def _check_right(self):
        if not self.env.user.has_group("linkstar_project.group_lead"):
            raise AccessError(
                self.env._(
                    "Only a lead starts an opening. Ask your lead to start it and to "
                    "name you as owner."
                )
            )

    def _check_lines(self, lines):
        """Refuse the whole batch when anything stands against one of its openings."""
        wrong = self.marketplace_ids.filtered(
            lambda site: self.platform_id and site.platform_id != self.platform_id
        )
        if wrong:
            raise UserError(
                self.env._(
                    "%(site)s is no site of %(platform)s.",
                    site=wrong[0].display_name,
                    platform=self.platform_id.name,
                )
            )
        if not lines:
            raise UserError(self.env._("Choose at least one opening of the list."))
        blocked = lines.filtered(lambda line: line.verdict == checks.BLOCKED)
        if blocked:
            raise UserError(
                "\n".join(f"{line.code}: {line.explanation}" for line in blocked)
            )
        if self.needs_approval and not (
            self.payer_id and (self.opening_reason or "").strip()
        ):
            raise UserError(
                self.env._(
                    "Your company approves new shops first: enter who pays and why."
                )
            )

    def _create_store(self, line):
        """The store comes first, so that isolation and owners hold at once."""
        site = line.marketplace_id
        seller = self._seller(site, line.entity_id)
        store = (
            self.env["linkstar.store"]
            .sudo()
            .create(
                {
                    "name": line.name,
                    "code": line.code.strip().upper(),
                    "marketplace_id": site.id,
                    "seller_id": seller.id,
                    "company_id": self.env.company.id,
                    "state": "opening",
                }
            )
        )
        self._create_members(store)
        return store

    def _seller(self, site, entity):
        """The entity's registration on this platform (and region), or a new one."""
        seller = self.env["linkstar.seller"].sudo()
        values = {
            "platform_id": site.platform_id.id,
            "entity_id": entity.id,
            "region": site.region,
            "company_id": self.env.company.id,
        }
        found = seller.search([(name, "=", value) for name, value in values.items()])
        return found[:1] or seller.create(
            {**values, "name": f"{entity.name} {site.platform_id.name}"}
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

    def _create_opening(self, store, line):
        sop = line._sop()
        template = sop.template_id.sudo()
        version = template.version_ids.filtered(lambda v: v.state == "published")[:1]
        if not version:
            raise UserError(
                self.env._("Publish the template %s first.", template.display_name)
            )
        project = version.launch(
            [store.id],
            anchor_date=fields.Date.today(),
            anchor="start",
            variants=self.variant_ids.mapped("code"),
        )
        project = self.env["project.project"].browse(project.ids)
        project.sudo().write(
            {
                "linkstar_kind": "opening",
                "sop_id": sop.id,
                "entity_id": line.entity_id.id,
                "payer_id": self.payer_id.id,
                "opening_reason": self.opening_reason or self.limit_reason,
                "planned_submission_date": self.planned_date,
                "payout_method": self.payout_method,
                "user_id": self.user_id.id,
            }
        )
        self._create_requirements(project, sop)
        if self.needs_approval:
            project._enter_step("requested")
            project.request_approval()
        else:
            project._enter_step("preparing")
        return project

    def _known_papers(self, entity):
        """``{kind of paper: id of the entity's newest one}`` good on the planned day.

        A paper serves many openings; only those that the reader may see are taken.
        """
        papers = self.env["linkstar.document"].search(
            [
                ("entity_id", "=", entity.id),
                ("company_id", "=", self.env.company.id),
                ("submission_id", "=", False),
            ],
            order="issue_date, id",
        )
        good = papers.filtered(
            lambda p: (
                p.file_state == "ready"
                and p._judge(self.planned_date).state in ("valid", "expiring")
            )
        )
        return {paper.type_id: paper.id for paper in good}

    def _category_papers(self, store):
        """Papers that the chosen categories need on a store's site."""
        (sites,) = store._site_codes().values()
        return self.variant_ids._papers_for(sites)

    def _create_requirements(self, project, sop):
        due = fields.Date.subtract(self.planned_date, days=2)
        kind = project.sudo().entity_id.linkstar_entity_kind
        known = self._known_papers(project.sudo().entity_id)
        self.env["linkstar.requirement"].create(
            [
                {
                    "project_id": project.id,
                    "type_id": document_type.id,
                    "user_id": self.user_id.id,
                    **times,
                    # What comes later has no day yet.
                    "due_date": False if times["is_later"] else due,
                    "document_id": known.get(document_type),
                }
                for document_type in sop._required_types(kind)
                | self._category_papers(project.store_id)
                for times in [sop._paper_time(document_type, kind)]
            ]
        )
