"""Schemes: what a role is measured by."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class LinkstarKpiScheme(models.Model):
    """The measures of a role or job; their terms live in its versions."""

    _name = "linkstar.kpi.scheme"
    _description = "KPI scheme"
    _inherit = ["linkstar.audit.mixin", "linkstar.kpi.manager.mixin"]
    _order = "sequence, name, id"

    _audit_fields = ("name", "role_id", "period_kind", "is_pilot", "active")
    _audit_store_path = None

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Unique short name, used by imports and exports."
    )
    sequence = fields.Integer(default=10)
    role_id = fields.Many2one(
        "project.role",
        required=True,
        ondelete="restrict",
        help="Shares of stores held in this role count for the people assessed.",
    )
    job_id = fields.Many2one(
        "hr.job", help="Proposes the scheme for people in this job position."
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    period_kind = fields.Selection(
        [("week", "Week"), ("month", "Month"), ("quarter", "Quarter")],
        string="Period",
        required=True,
        default="month",
    )
    is_pilot = fields.Boolean(
        string="Pilot", help="Runs for the people assigned, without effect on pay."
    )
    reviewer_id = fields.Many2one(
        "res.users", help="Reviews the cards; empty: the person's manager."
    )
    version_ids = fields.One2many("linkstar.kpi.scheme.version", "scheme_id")
    version_id = fields.Many2one(
        "linkstar.kpi.scheme.version",
        string="Version in force",
        compute="_compute_version_id",
    )
    draft_version_id = fields.Many2one(
        "linkstar.kpi.scheme.version", compute="_compute_version_id"
    )
    assignment_ids = fields.One2many("linkstar.kpi.assignment", "scheme_id")
    assignment_count = fields.Integer(compute="_compute_assignment_count")
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "Another scheme of this company has this code."
    )

    @api.depends("version_ids.state", "version_ids.number")
    def _compute_version_id(self):
        for scheme in self:
            by_number = scheme.version_ids.sorted("number", reverse=True)
            published = by_number.filtered(lambda v: v.state == "published")
            scheme.version_id = published[:1]
            scheme.draft_version_id = by_number.filtered(lambda v: v.state == "draft")[
                :1
            ]

    def _compute_assignment_count(self):
        counts = dict(
            self.env["linkstar.kpi.assignment"]._read_group(
                [("scheme_id", "in", self.ids)], ["scheme_id"], ["__count"]
            )
        )
        for scheme in self:
            scheme.assignment_count = counts.get(scheme, 0)

    def copy_data(self, default=None):
        """A copy gets a code and a name of its own."""
        values = super().copy_data(default)
        for scheme, row in zip(self, values, strict=True):
            if "code" not in (default or {}):
                row["code"] = scheme._free_code()
            if "name" not in (default or {}):
                row["name"] = self.env._("%s (copy)", scheme.name)
        return values

    def copy(self, default=None):
        """Copy schemes with the newest version's rules, as a draft."""
        copies = super().copy(default)
        for scheme, made in zip(self, copies, strict=True):
            version = scheme.draft_version_id or scheme.version_id
            if version:
                version.sudo().copy({"scheme_id": made.id, "number": 1})
        return copies

    def _free_code(self):
        """The code with the first number behind it that is not taken."""
        self.ensure_one()
        taken = set(
            self.sudo()
            .with_context(active_test=False)
            .search([("company_id", "=", self.company_id.id)])
            .mapped("code")
        )
        return next(
            code
            for number in range(2, len(taken) + 3)
            if (code := f"{self.code}_{number}") not in taken
        )

    def write(self, vals):
        """Write; a scheme with cards stays a pilot, or not, as it was announced."""
        if "is_pilot" in vals and not self.env.su:
            changed = self.filtered(lambda x: x.is_pilot != bool(vals["is_pilot"]))
            cards = self.env["linkstar.kpi.scorecard"].sudo()
            if changed and cards.search_count(
                [("scheme_id", "in", changed.ids)], limit=1
            ):
                raise UserError(
                    self.env._(
                        "%s has scorecards already: whether they count for pay was "
                        "announced. Copy the scheme instead.",
                        changed[0].name,
                    )
                )
        return super().write(vals)

    def action_copy(self):
        """Open a copy of the scheme with its rules as a draft."""
        self.ensure_one()
        self._check_kpi_manager()
        made = self.copy()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": made.id,
            "views": [(False, "form")],
            "name": made.display_name,
        }

    def action_assign(self):
        """Open the form that puts a group of people under this scheme."""
        self.ensure_one()
        self._check_kpi_manager()
        return {
            "type": "ir.actions.act_window",
            "res_model": "linkstar.kpi.assign",
            "views": [(False, "form")],
            "name": self.env._("Assign people"),
            "target": "new",
            "context": {"default_scheme_id": self.id},
        }

    def action_new_version(self):
        """Open the draft version, made from the version in force if need be.

        :return: an action on the draft; cards already opened keep their version
        """
        self.ensure_one()
        self._check_kpi_manager()
        draft = self.draft_version_id
        if not draft:
            number = max(self.version_ids.mapped("number"), default=0) + 1
            if self.version_id:
                draft = self.version_id.sudo().copy({"number": number}).sudo(False)
            else:
                draft = self.env["linkstar.kpi.scheme.version"].create(
                    {"scheme_id": self.id, "number": number}
                )
        return {
            "type": "ir.actions.act_window",
            "res_model": draft._name,
            "res_id": draft.id,
            "views": [(False, "form")],
            "name": draft.display_name,
        }

    def _version_in_force(self, on=None):
        """The version that was in force on a day, or a UserError that says what to do.

        That is the last one published on that day or before; a scheme that was first
        published later is judged by its first version.

        :param on: last day of a period (days of UTC); today when left out
        """
        self.ensure_one()
        on = on or fields.Date.today()
        published = self.version_ids.filtered("published_at").sorted("number")
        known = published.filtered(lambda item: item.published_at.date() <= on)
        if not published:
            raise UserError(
                self.env._(
                    "Scheme %(scheme)s has no published version. Publish its draft "
                    "before you assess people by it.",
                    scheme=self.name,
                )
            )
        return known[-1:] or published[0]
