"""The preview of a batch: every opening with what stands against it."""

from odoo import fields, models

from ..engine import opening_checks as checks


class LinkstarOpeningWizardLine(models.TransientModel):
    """One opening of the batch, before it exists."""

    _name = "linkstar.opening.wizard.line"
    _description = "Planned Opening"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "linkstar.opening.wizard", required=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    included = fields.Boolean("Open it", default=True)
    marketplace_id = fields.Many2one("linkstar.marketplace", "Site", required=True)
    platform_id = fields.Many2one(related="marketplace_id.platform_id")
    entity_id = fields.Many2one("res.partner", "Legal entity", required=True)
    name = fields.Char("Shop name", required=True)
    code = fields.Char("Store code", required=True)
    verdict = fields.Selection(
        [
            (checks.OK, "Can start"),
            (checks.WARNING, "Look"),
            (checks.BLOCKED, "Not possible"),
        ],
        compute="_compute_verdict",
    )
    explanation = fields.Text("What to know", compute="_compute_verdict")
    papers = fields.Char(compute="_compute_verdict", help="Papers that will be asked.")

    def _compute_verdict(self):
        counted = {}
        for line in self.sorted("sequence"):
            facts = line._facts(counted)
            findings = checks.check(facts)
            line.verdict = checks.worst(findings)
            line.explanation = "\n".join(
                line._sentence(finding.code, facts) for finding in findings
            )
            types = line._sop()._required_types(line.entity_id.linkstar_entity_kind)
            site = {"marketplace_id": line.marketplace_id.id}
            store = self.env["linkstar.store"].new(site)
            types |= line.wizard_id._category_papers(store)
            line.papers = ", ".join(types.mapped("name")) if line._sop() else False

    def _sop(self):
        sop = self.env["linkstar.sop"]
        return sop._for_marketplace(self.marketplace_id, self.wizard_id.planned_date)

    def _facts(self, counted):
        """What the engine judges; ``counted`` carries the batch's own accounts."""
        self.ensure_one()
        wizard, platform = self.wizard_id, self.marketplace_id.platform_id
        sop = self._sop()
        scope = self._scope_key()
        accounts = len(self._own_stores()) + counted.get(scope, 0)
        if self.included:
            counted[scope] = counted.get(scope, 0) + 1
        refused = self._refused_openings()
        stores = self.env["linkstar.store"].sudo().with_context(active_test=False)
        today = fields.Date.context_today(self)
        return checks.Facts(
            is_closed=bool(platform.is_deprecated or sop.is_closed),
            has_sop=bool(sop.template_id),
            platform=platform.code,
            entity_kind=self.entity_id.linkstar_entity_kind or "",
            accounts=accounts,
            limit=platform.accounts_per_entity,
            reason=wizard.limit_reason or "",
            wait_until=max(
                (
                    day
                    for day in refused.mapped("retry_after_date")
                    if day and day > today
                ),
                default=None,
            ),
            planned=wizard.planned_date,
            is_blocked="blocked" in refused.mapped("application_step"),
            code_taken=bool(stores.search_count([("code", "=", self.code)], limit=1)),
            is_regulated=any(wizard.variant_ids.mapped("is_regulated")),
            review_overdue=bool(sop.review_date and sop.review_date < today),
        )

    def _scope_key(self):
        """Accounts that count together: a region's account serves its sites once."""
        site = self.marketplace_id
        if site.platform_id.account_scope == "platform":
            return (self.entity_id.id, site.platform_id.id)
        return (self.entity_id.id, site.platform_id.id, site.id)

    def _own_stores(self):
        site = self.marketplace_id
        domain = [
            ("seller_id.entity_id", "=", self.entity_id.id),
            ("state", "!=", "closed"),
        ]
        if site.platform_id.account_scope == "platform":
            domain.append(("marketplace_id.platform_id", "=", site.platform_id.id))
        else:
            domain.append(("marketplace_id", "=", site.id))
        return self.env["linkstar.store"].sudo().search(domain)

    def _refused_openings(self):
        """Earlier openings of this entity on this site that were refused."""
        return (
            self.env["project.project"]
            .sudo()
            .search(
                [
                    ("linkstar_kind", "=", "opening"),
                    ("is_template", "=", False),
                    ("entity_id", "=", self.entity_id.id),
                    ("store_id.marketplace_id", "=", self.marketplace_id.id),
                    ("application_state", "in", ("rejected", "to_submit")),
                ]
            )
        )

    def _sentence(self, code, facts):
        """A finding in the reader's words, with what to do."""
        return (
            self._platform_sentences(facts)
            | self._account_sentences(facts)
            | self._entity_sentences()
        )[code]

    def _platform_sentences(self, facts):
        """What the platform and its step list say."""
        _, sop = self.env._, self._sop()
        platform = self.marketplace_id.platform_id.name
        entity = self.entity_id.display_name
        return {
            "closed": _(
                "%s is closed to new shops. Choose another platform.", platform
            ),
            "no_sop": _(
                "There is no step list to open a shop on %s. Add one under Openings / "
                "SOPs.",
                self.marketplace_id.display_name,
            ),
            "refused_for_good": _(
                "%(platform)s has blocked %(entity)s for good here.",
                platform=platform,
                entity=entity,
            ),
            "waits": _(
                "%(platform)s refused %(entity)s before: no new try until %(day)s. "
                "Plan the submission for later.",
                platform=platform,
                entity=entity,
                day=facts.wait_until,
            ),
            "review_overdue": _(
                "%(sop)s was to be looked at again by %(day)s.",
                sop=sop.name,
                day=sop.review_date,
            ),
        }

    def _account_sentences(self, facts):
        """What the accounts that the entity has already mean."""
        _ = self.env._
        platform = self.marketplace_id.platform_id.name
        entity = self.entity_id.display_name
        rule = self._sop().account_rule or ""
        return {
            "limit": _(
                "%(entity)s has %(count)s account(s) on %(platform)s; allowed: "
                "%(limit)s. %(rule)s Say under “Reason beyond the limit” why the "
                "platform accepts one more.",
                entity=entity,
                count=facts.accounts,
                platform=platform,
                limit=facts.limit,
                rule=rule,
            ),
            "beyond_limit": _(
                "Beyond the platform's limit of %(limit)s, with your reason.",
                limit=facts.limit,
            ),
            "more_accounts": _(
                "%(entity)s has %(count)s shop(s) on %(platform)s already. Platform's "
                "rule: %(rule)s",
                entity=entity,
                count=facts.accounts,
                platform=platform,
                rule=rule or _("unknown"),
            ),
            "code_taken": _(
                "The store code %s is taken. Choose another suffix.", self.code
            ),
        }

    def _entity_sentences(self):
        """What the kind of entity and the goods mean."""
        _ = self.env._
        regulated = self.wizard_id.variant_ids.filtered("is_regulated")
        return {
            "kind_unknown": _(
                "The kind of legal entity is not set: the papers of a mainland company "
                "are asked for."
            ),
            "kind_doubtful": _(
                "%s takes sole traders only sometimes. Check with the platform first.",
                self.marketplace_id.platform_id.name,
            ),
            "regulated": _(
                "High regulation: %s. Certificates, and often the platform's approval "
                "of the category, come before the first listing.",
                ", ".join(regulated.mapped("name")),
            ),
        }
