"""The promotion calendar."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

MILESTONES = [
    ("deal_deadline", "Deal submission deadline"),
    ("stock_deadline", "Stock-in deadline"),
    ("review_date", "Mid-term review"),
    ("warmup_date", "Warm-up"),
    ("date_from", "First main day"),
    ("date_to", "Last main day"),
    ("encore_date", "End of encore"),
]
#: Milestones in the order in which they pass.
ORDER = ["warmup_date", "date_from", "date_to", "encore_date"]


class LinkstarPromotion(models.Model):
    """A promotion of a year on a platform or one of its marketplaces."""

    _name = "linkstar.promotion"
    _description = "Promotion"
    _inherit = ["linkstar.audit.mixin"]
    _order = "date_from, platform_id, marketplace_id"
    _audit_fields = (
        "name",
        "marketplace_id",
        "is_confirmed",
        *(name for name, _label in MILESTONES),
    )
    _audit_store_path = None

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("prime_day", "Prime Day"),
            ("prime_autumn", "Autumn Prime"),
            ("spring_deal", "Spring deal"),
            ("black_friday", "Black Friday"),
            ("cyber_monday", "Cyber Monday"),
            ("double_9", "9.9"),
            ("double_10", "10.10"),
            ("double_11", "11.11"),
            ("double_12", "12.12"),
            ("christmas", "Christmas"),
            ("other", "Other"),
        ],
        string="Kind",
        required=True,
        default="other",
    )
    platform_id = fields.Many2one(
        "linkstar.platform", required=True, index=True, ondelete="restrict"
    )
    marketplace_id = fields.Many2one(
        "linkstar.marketplace",
        index=True,
        ondelete="restrict",
        domain="[('platform_id', '=', platform_id)]",
        help="Empty: every marketplace of the platform without an entry of its own.",
    )
    year = fields.Integer(compute="_compute_year", store=True, aggregator=None)
    deal_deadline = fields.Date(string="Deal submission deadline")
    stock_deadline = fields.Date(string="Stock-in deadline")
    review_date = fields.Date(string="Mid-term review")
    warmup_date = fields.Date(string="Warm-up")
    date_from = fields.Date(string="First main day", required=True)
    date_to = fields.Date(string="Last main day", required=True)
    encore_date = fields.Date(string="End of encore")
    is_confirmed = fields.Boolean(
        string="Announced",
        help="The platform has announced these dates; others are estimates.",
    )
    lead_days = fields.Integer(
        string="Tell ahead (days)",
        default=90,
        help="Triggers hear of each date this many days before it.",
    )
    project_ids = fields.One2many("project.project", "promotion_id", readonly=True)
    project_count = fields.Integer(compute="_compute_projects")
    to_move_count = fields.Integer(
        compute="_compute_projects",
        string="To move",
        help="Running projects that still count back from an earlier date.",
    )
    active = fields.Boolean(default=True)

    _once_uniq = models.UniqueIndex(
        "(platform_id, COALESCE(marketplace_id, 0), code, date_from)",
        "This promotion is in the calendar already.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_to >= date_from AND lead_days BETWEEN 0 AND 365)",
        "The last main day must not come before the first one, and triggers hear of "
        "dates 0 to 365 days ahead.",
    )

    @api.depends("date_from")
    def _compute_year(self):
        for promotion in self:
            promotion.year = promotion.date_from.year if promotion.date_from else 0

    def _compute_projects(self):
        for promotion in self:
            projects = promotion.project_ids
            promotion.project_count = len(projects)
            promotion.to_move_count = len(promotion._projects_to_move())

    def _projects_to_move(self):
        """Live projects whose target is not the milestone's date any more."""
        return self.project_ids.filtered(
            lambda project: project.is_live
            and project.promotion_milestone
            and project.promotion_id[project.promotion_milestone]
            and project.anchor_date != project.promotion_id[project.promotion_milestone]
        )

    @api.constrains("marketplace_id", "platform_id", *ORDER)
    def _check_entry(self):
        for promotion in self:
            site = promotion.marketplace_id
            if site and site.platform_id != promotion.platform_id:
                raise ValidationError(
                    self.env._(
                        "%(site)s is no marketplace of %(platform)s.",
                        site=site.display_name,
                        platform=promotion.platform_id.name,
                    )
                )
            dates = [promotion[name] for name in ORDER if promotion[name]]
            if dates != sorted(dates):
                raise ValidationError(
                    self.env._(
                        "%(name)s: warm-up, first and last main day and encore must "
                        "follow each other.",
                        name=promotion.name,
                    )
                )

    # -- launching and moving --

    def launch(self, version_id, store_ids, milestone):
        """Launch a template version so that it is finished by a milestone.

        :param version_id: id of a published ``linkstar.template.version``
        :param store_ids: ids of stores the caller leads
        :param milestone: one of the calendar's dates, such as ``stock_deadline``
        :return: the projects
        :raise UserError: if the milestone has no date
        """
        self.ensure_one()
        self.check_access("read")
        day = self[milestone] if milestone in dict(MILESTONES) else False
        if not day:
            raise UserError(
                self.env._(
                    "%(name)s has no such date. Enter it in the promotion calendar.",
                    name=self.name,
                )
            )
        version = self.env["linkstar.template.version"].browse(version_id)
        projects = version.launch(
            store_ids,
            anchor_date=day,
            anchor="target",
            subject={"key": self._subject_key(milestone), "label": self.name},
        )
        projects._linkstar_join_promotion(self.id, milestone)
        return projects

    def _subject_key(self, milestone):
        return f"promotion:{self.id}/{milestone}"

    def action_move_projects(self):
        """Show what would move with the present dates, to move it from there."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move the projects of %s", self.name),
            "res_model": "linkstar.promotion.move",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_promotion_id": self.id},
        }

    def write(self, vals):
        """Write; leads hear which of their projects could move with the date."""
        result = super().write(vals)
        if not {name for name, _label in MILESTONES}.isdisjoint(vals):
            self._propose_moves()
        return result

    def _propose_moves(self):
        """Queue one message a project and lead; each new date is told once."""
        self.flush_recordset()
        for promotion in self.sudo():
            for project in promotion._projects_to_move():
                day = promotion[project.promotion_milestone]
                project._linkstar_tell_leads(
                    f"promotion/{day}",
                    self.env._(
                        "%(promotion)s moved to %(day)s: move %(project)s?",
                        promotion=promotion.name,
                        day=day,
                        project=project.name,
                    ),
                )

    def action_launch_wizard(self):
        """Open the wizard that counts a template back from one of the dates."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Launch for %s", self.name),
            "res_model": "linkstar.promotion.launch",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_promotion_id": self.id},
        }

    def action_open_projects(self):
        """Show the projects of this promotion."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "project.project",
            "views": [(False, "list"), (False, "form")],
            "domain": [("promotion_id", "=", self.id)],
        }

    # -- telling triggers --

    @api.model
    def _cron_tell(self):
        """Scheduled action, daily: tell triggers of the dates that come near."""
        self.search([])._tell(fields.Date.today())

    def _tell(self, today):
        """Emit an event per store and milestone that is near; each once.

        :param today: the day of looking (UTC)
        :return: the events, new ones and those that stand
        """
        rows = []
        stores = self.env["linkstar.store"].sudo().search([("state", "=", "active")])
        for promotion in self.sudo():
            sites = promotion._sites()
            mine = stores.filtered(lambda store, s=sites: store.marketplace_id in s)
            for milestone, _label in MILESTONES:
                day = promotion[milestone]
                if not day or not today <= day <= today + timedelta(
                    days=promotion.lead_days
                ):
                    continue
                rows += [promotion._event(store, milestone, day) for store in mine]
        return self.env["linkstar.event"].sudo()._emit_batch(rows)

    def _sites(self):
        """Marketplaces of this entry: its own, else those without their own entry."""
        if self.marketplace_id:
            return self.marketplace_id
        sites = self.env["linkstar.marketplace"].search(
            [("platform_id", "=", self.platform_id.id)]
        )
        special = self.search(
            [
                ("platform_id", "=", self.platform_id.id),
                ("code", "=", self.code),
                ("year", "=", self.year),
                ("marketplace_id", "!=", False),
            ]
        )
        if self.code == "other":
            return sites
        return sites - special.marketplace_id

    def _event(self, store, milestone, day):
        return {
            "store_id": store.id,
            "type": "promotion_milestone",
            "key": f"{self.id}/{milestone}",
            "payload": {
                "promotion": self.code,
                "milestone": milestone,
                "label": self.name,
                "anchor_date": day.isoformat(),
                "subject_key": self._subject_key(milestone),
                "is_confirmed": self.is_confirmed,
            },
            "source": "system",
        }
