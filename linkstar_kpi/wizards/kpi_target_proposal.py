"""Propose targets from history: last period × factor, median, growth, season."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import formatLang

from odoo.addons.linkstar_kpi.engine import period as calendar
from odoo.addons.linkstar_kpi.engine import targets as engine

MOST_BACK = 24
MOST_SUBJECTS = 500


class LinkstarKpiTargetProposal(models.TransientModel):
    """Choose whom and how, look at the figures, then make the targets."""

    _name = "linkstar.kpi.target.proposal"
    _description = "Propose targets"
    _inherit = ["linkstar.kpi.manager.mixin"]

    period_id = fields.Many2one("linkstar.kpi.period", required=True)
    company_id = fields.Many2one(related="period_id.company_id")
    metric_id = fields.Many2one("linkstar.metric", required=True)
    additivity = fields.Selection(related="metric_id.additivity")
    subject = fields.Selection(
        [
            ("employee", "People"),
            ("store", "Stores"),
            ("department", "Departments"),
            ("company", "The company"),
        ],
        required=True,
        default="employee",
    )
    scheme_id = fields.Many2one(
        "linkstar.kpi.scheme", help="Fills in the people assessed by it."
    )
    # Everybody may read the public side of employees, under the same ids.
    employee_ids = fields.Many2many(
        "hr.employee.public", "linkstar_kpi_target_proposal_employee", string="People"
    )
    store_ids = fields.Many2many("linkstar.store", string="Stores")
    department_ids = fields.Many2many("hr.department", string="Departments")
    category_id = fields.Many2one("linkstar.kpi.category")
    method = fields.Selection(
        [
            ("last", "Last period × factor"),
            ("median", "Median of the last periods × factor"),
            ("growth", "Last period and its growth × factor"),
            ("season", "Same period last year × this year's growth × factor"),
        ],
        string="Worked out by",
        required=True,
        default="last",
    )
    look_back = fields.Integer(
        string="Periods to look back",
        default=6,
        help="For the median and for the growth.",
    )
    factor = fields.Float(string="Factor (%)", default=100.0, digits=(6, 2))
    parent_id = fields.Many2one(
        "linkstar.kpi.target",
        string="Share out",
        domain="[('period_id', '=', period_id), ('metric_id', '=', metric_id)]",
        help="The figures are scaled so that they sum to this target.",
    )
    is_started = fields.Boolean(compute="_compute_is_started")
    note = fields.Char(
        string="Why now", help="Needed for a period that has begun already."
    )
    line_ids = fields.One2many("linkstar.kpi.target.proposal.line", "proposal_id")
    is_worked_out = fields.Boolean(readonly=True)

    @api.depends("period_id.date_from")
    def _compute_is_started(self):
        today = fields.Date.today()
        for proposal in self:
            first = proposal.period_id.date_from
            proposal.is_started = bool(first) and first <= today

    @api.onchange("scheme_id", "period_id")
    def _onchange_scheme(self):
        if not self.scheme_id or not self.period_id:
            return
        held = self.env["linkstar.kpi.assignment"].search(
            [
                ("scheme_id", "=", self.scheme_id.id),
                ("date_from", "<=", self.period_id.date_to),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", self.period_id.date_from),
            ]
        )
        self.employee_ids = self.employee_ids.browse(held.employee_id.ids)

    def action_work_out(self):
        """Show what the history gives for each subject; write no target yet."""
        self.ensure_one()
        self._check_kpi_manager()
        keys = self._keys()
        history = self._history(keys)
        values = [
            engine.propose(
                self.method,
                history[key],
                self.period_id.kind,
                self.look_back,
                self.factor / 100,
            )
            for key in keys
        ]
        if self.parent_id:
            values = self._shared_out(values)
        lines = [
            self._line_values(key, value, history[key])
            for key, value in zip(keys, values, strict=True)
        ]
        self.write(
            {
                "line_ids": [Command.clear(), *map(Command.create, lines)],
                "is_worked_out": True,
            }
        )
        return self._reopen()

    def _history(self, keys):
        """Figures of the periods before, oldest first; those that run are unknown."""
        kind, today = self.period_id.kind, fields.Date.today()
        if not 1 <= self.look_back <= MOST_BACK:
            raise UserError(self.env._("Look back 1 to %s periods.", MOST_BACK))
        count = self.look_back + 1
        if self.method == "season":
            count += engine.YEAR[kind]
        first = self.period_id.date_from
        frames = [
            calendar.bounds(kind, calendar.shifted(kind, first, -number))
            for number in range(count, 0, -1)
        ]
        ended = [frame for frame in frames if frame[1] < today]
        history = self.env["linkstar.kpi.target"]._history(
            self.metric_id, set(keys), ended, self.period_id
        )
        unknown = [None] * (len(frames) - len(ended))
        return {key: figures + unknown for key, figures in history.items()}

    def _keys(self):
        """The subjects chosen, as keys of ``linkstar.kpi.target._subject``."""
        category = self.category_id.id or 0
        if self.subject == "company":
            return [("company", self.company_id.id, category)]
        records = self[f"{self.subject}_ids"]
        if not records or len(records) > MOST_SUBJECTS:
            raise UserError(
                self.env._("Choose whom the targets are for: 1 to %s.", MOST_SUBJECTS)
            )
        return [(self.subject, record.id, category) for record in records]

    def _shared_out(self, values):
        """The parent's target shared out like the figures found."""
        if not self.parent_id.is_summed:
            raise UserError(
                self.env._(
                    "%s does not add up, so it cannot be shared out.",
                    self.metric_id.name,
                )
            )
        known = [max(value, 0.0) for value in values if value is not None]
        average = sum(known) / len(known) if known else 1.0
        weights = [average if v is None else max(v, 0.0) for v in values]
        return engine.split(self.parent_id.value, weights)

    def _line_values(self, key, value, history):
        kind, res_id, _category = key
        shown = [x for x in history if x is not None][-6:]
        values = {
            "value": value or 0.0,
            "is_chosen": value is not None,
            "history": " · ".join(formatLang(self.env, x, digits=0) for x in shown)
            or self.env._("no figures yet"),
        }
        return values | ({f"{kind}_id": res_id} if kind != "company" else {})

    def action_create(self):
        """Make the targets of the lines chosen; proposals that stand get the figure.

        :raise UserError: naming a target that is agreed or has begun
        """
        self.ensure_one()
        self._check_kpi_manager()
        targets = self.env["linkstar.kpi.target"]
        method = dict(self._fields["method"]._description_selection(self.env))
        origin = f"{method[self.method]} ({self.factor:g} %)"
        known = {
            target._subject(): target
            for target in targets.search(
                [
                    ("period_id", "=", self.period_id.id),
                    ("metric_id", "=", self.metric_id.id),
                ]
            )
        }
        made, new = targets, []
        for line in self.line_ids.filtered("is_chosen"):
            values = line._target_values()
            standing = known.get(line._subject())
            if standing:
                standing.write(
                    {"value": values["value"], "parent_id": values["parent_id"]}
                )
                made |= standing
            else:
                new.append(values)
        made |= targets.create(new)
        made.sudo().origin = origin
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Proposed targets"),
            "res_model": "linkstar.kpi.target",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", made.ids)],
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class LinkstarKpiTargetProposalLine(models.TransientModel):
    """One subject with its history and the figure proposed."""

    _name = "linkstar.kpi.target.proposal.line"
    _description = "Proposed target"

    proposal_id = fields.Many2one(
        "linkstar.kpi.target.proposal", required=True, ondelete="cascade"
    )
    is_chosen = fields.Boolean(string="Take", default=True)
    employee_id = fields.Many2one("hr.employee", readonly=True)
    store_id = fields.Many2one("linkstar.store", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    history = fields.Char(string="Past periods", readonly=True)
    value = fields.Float(string="Target", digits=(16, 4))

    def _subject(self):
        self.ensure_one()
        category = self.proposal_id.category_id.id or 0
        for kind in ("employee", "store", "department"):
            if self[f"{kind}_id"]:
                return kind, self[f"{kind}_id"].id, category
        return "company", self.proposal_id.company_id.id, category

    def _target_values(self):
        self.ensure_one()
        proposal = self.proposal_id
        return {
            "period_id": proposal.period_id.id,
            "metric_id": proposal.metric_id.id,
            "employee_id": self.employee_id.id,
            "store_id": self.store_id.id,
            "department_id": self.department_id.id,
            "category_id": proposal.category_id.id,
            "parent_id": proposal.parent_id.id,
            "value": self.value,
            "note": proposal.note,
        }
