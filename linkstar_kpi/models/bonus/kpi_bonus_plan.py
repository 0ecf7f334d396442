"""Bonus plans: how money follows from a score and a figure."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.linkstar_kpi.engine import bonus

PERCENT = 100


class LinkstarKpiBonusPlan(models.Model):
    """Terms for the people of some schemes; open to payroll only."""

    _name = "linkstar.kpi.bonus.plan"
    _description = "Bonus plan"
    _inherit = ["linkstar.audit.mixin", "linkstar.kpi.manager.mixin"]
    _order = "name, id"

    _audit_fields = (
        "name",
        "scheme_ids",
        "base_metric_id",
        "mode",
        "fixed_amount",
        "cap",
        "holdback",
        "team_part",
        "prorate",
        "release_after_months",
        "active",
    )
    # Who may read the trail need not be who may see pay.
    _audit_hidden_fields = ("fixed_amount", "cap", "holdback")
    _audit_store_path = None

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    scheme_ids = fields.Many2many("linkstar.kpi.scheme", required=True)
    base_metric_id = fields.Many2one(
        "linkstar.metric",
        help="The tiers apply to this figure of the card. Empty: only the fixed "
        "amount counts.",
    )
    mode = fields.Selection(
        [
            ("marginal", "Each part at its own rate"),
            ("whole", "The whole at the rate reached"),
        ],
        required=True,
        default="marginal",
    )
    tier_ids = fields.One2many("linkstar.kpi.bonus.tier", "plan_id", copy=True)
    coefficient_ids = fields.One2many(
        "linkstar.kpi.bonus.coefficient",
        "plan_id",
        copy=True,
        help="Empty: score divided by 100.",
    )
    fixed_amount = fields.Monetary(help="At coefficient 1, whatever the figure is.")
    use_cap = fields.Boolean(string="Has a cap")
    cap = fields.Monetary()
    holdback = fields.Float(string="Held back (%)", digits=(5, 2))
    release_after_months = fields.Integer(
        string="Released after (months)",
        help="A run of a period that ends so many months later pays out what was held "
        "back. 0: payroll releases it by hand.",
    )
    prorate = fields.Selection(
        [
            ("fixed", "The fixed amount"),
            ("all", "The whole bonus"),
            ("nothing", "Nothing"),
        ],
        string="By days in the period",
        required=True,
        default="fixed",
        help="What shrinks for people who join, leave or change within the period. "
        "Sales of the person's own days are smaller by themselves.",
    )
    team_part = fields.Float(
        string="Team part (%)",
        digits=(5, 2),
        help="This part of the coefficient follows the team's average score, the "
        "rest the person's own.",
    )
    team_by = fields.Selection(
        [
            ("department", "The department"),
            ("lead", "People of the same manager"),
            ("plan", "Everybody under the plan"),
        ],
        string="Team is",
        required=True,
        default="department",
    )
    gate_veto = fields.Boolean(
        string="Nothing after a confirmed veto",
        help="A veto item that a person confirmed leaves no bonus for the period.",
    )
    use_least_score = fields.Boolean(string="Pays from a score on")
    least_score = fields.Float(digits=(6, 2))
    gate_metric_id = fields.Many2one(
        "linkstar.metric", string="Pays only if", help="For example the gross margin."
    )
    gate_operator = fields.Selection([(">=", "≥"), ("<=", "≤")], default=">=")
    gate_value = fields.Float(digits=(16, 4))
    active = fields.Boolean(default=True)

    _holdback_range = models.Constraint(
        "CHECK(holdback >= 0 AND holdback <= 100)",
        "What is held back lies between 0 and 100 %.",
    )
    _team_range = models.Constraint(
        "CHECK(team_part >= 0 AND team_part <= 100 AND release_after_months >= 0)",
        "A team's part lies between 0 and 100 %, and months are not negative.",
    )

    @api.constrains(
        "tier_ids",
        "coefficient_ids",
        "cap",
        "use_cap",
        "holdback",
        "fixed_amount",
        "team_part",
    )
    def _check_terms(self):
        for plan in self:
            found = bonus.problems(plan._terms())
            if found:
                raise ValidationError(
                    self.env._(
                        "Plan %(plan)s cannot pay: %(problem)s",
                        plan=plan.name,
                        problem=plan._problem_text(found[0]),
                    )
                )

    def _problem_text(self, code):
        texts = {
            "tiers_start": self.env._("its first tier starts at 0."),
            "tiers_order": self.env._("two tiers start at the same figure."),
            "tier_rate": self.env._("a rate lies between 0 and 100 %."),
            "coefficient_order": self.env._("two coefficients start at one score."),
            "holdback_range": self.env._("held back is 0 to 100 %."),
            "cap_range": self.env._("a cap is above zero."),
            "team_range": self.env._("the team's part is 0 to 100 %."),
            "nothing_to_pay": self.env._("give it tiers or a fixed amount."),
        }
        return texts[code]

    def _terms(self):
        """The plan as the engine's :class:`~..engine.bonus.Plan`."""
        self.ensure_one()
        tiers = [
            (bonus.exact(tier.lower), bonus.exact(tier.rate) / PERCENT)
            for tier in self.tier_ids.sorted("lower")
        ]
        coefficients = [
            (bonus.exact(row.lower), bonus.exact(row.coefficient))
            for row in self.coefficient_ids.sorted("lower")
        ]
        return bonus.Plan(
            tiers=tuple(tiers),
            mode=self.mode,
            coefficients=tuple(coefficients),
            cap=bonus.exact(self.cap) if self.use_cap else None,
            holdback=bonus.exact(self.holdback) / PERCENT,
            fixed=bonus.exact(self.fixed_amount),
            digits=self.currency_id.decimal_places,
            team_part=bonus.exact(self.team_part) / PERCENT,
            prorate=self.prorate,
        )

    def _team_key(self, card):
        """What the people of one team have in common, for the team's average."""
        self.ensure_one()
        if self.team_by == "department":
            return card.department_id.id
        if self.team_by == "lead":
            return card.employee_id.sudo().parent_id.id
        return True

    def _team_scores(self, cards):
        """Average final score by period and team, over scored cards.

        :param cards: the published cards that the plan's schemes score
        :return: dict of (period id, team key) → average
        """
        self.ensure_one()
        scores = {}
        for card in cards.filtered("is_scored"):
            key = (card.period_id.id, self._team_key(card))
            scores.setdefault(key, []).append(card.final_score)
        return {key: sum(found) / len(found) for key, found in scores.items()}
