"""Targets, figures by hand and levels of the demo company."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

#: Name, Chinese name, average score asked, months on the level before, what it is.
LEVELS = [
    ("Junior operator", "初级运营", 0, 0, "Runs one shop. 协助运营一家店铺。"),
    ("Operator", "运营", 75, 3, "Runs two shops alone. 独立运营两家店铺。"),
    ("Senior operator", "资深运营", 90, 6, "Trains newcomers. 独立运营并带新人。"),
]


class LinkstarDemo(models.AbstractModel):
    _inherit = "linkstar.demo"

    @api.model
    @api.private
    def _load_kpi(self):
        """Scores first, then what next month and the levels ask for."""
        result = super()._load_kpi()
        self._kpi_levels()
        self._kpi_next_month()
        self._kpi_by_hand()
        mugs = [
            self._demo(f"demo_listing_{store}_mug_{colour}").id
            for store in ("us", "de")
            for colour in ("blk", "wht", "grn")
        ]
        self.env["linkstar.kpi.category"].create(
            {"name": "Mugs 马克杯", "listing_ids": [fields.Command.set(mugs)]}
        )
        return result

    def _kpi_levels(self):
        role = self._demo("role_operator")
        grades = self.env["linkstar.kpi.grade"]
        for number, (name, chinese, score, months, text) in enumerate(LEVELS, start=1):
            grade = grades.create(
                {
                    "name": name,
                    "role_id": role.id,
                    "sequence": 10 * number,
                    "score_from": score,
                    "periods": 1,
                    "months_from": months,
                    "description": text,
                }
            )
            grade.with_context(lang="zh_CN").name = chinese
            grades |= grade
        self.env["linkstar.kpi.grade.step"].create(
            {
                "employee_id": self._demo("demo_employee_operator_us").id,
                "grade_id": grades[0].id,
                "date_from": fields.Date.today() - relativedelta(months=4, day=1),
                "reason": "End of probation",
            }
        )

    def _kpi_next_month(self):
        """A tree of targets for next month; one operator asks for another figure."""
        first = fields.Date.today() + relativedelta(months=1, day=1)
        period = self.env["linkstar.kpi.period"].create({"kind": "month", "day": first})
        metric = self.env["linkstar.metric"]._ids_by_code()["gmv"]
        manager = self._demo("demo_user_kpi_manager")
        targets = self.env["linkstar.kpi.target"].with_user(manager)
        common = {"period_id": period.id, "metric_id": metric}
        top = targets.create({**common, "value": 130000})
        for name, value in (("operator_us", 70000), ("operator_de", 60000)):
            targets.create(
                {
                    **common,
                    "value": value,
                    "employee_id": self._demo(f"demo_employee_{name}").id,
                    "parent_id": top.id,
                }
            )
        own = top.search(
            [
                ("period_id", "=", period.id),
                ("employee_id", "=", self._demo("demo_employee_operator_us").id),
            ]
        )
        own.with_user(self._demo("demo_user_operator_us")).counter(
            62000, "Two listings are out of stock until the 20th."
        )

    def _kpi_by_hand(self):
        """A reply rate that the lead entered and the KPI manager is to review."""
        period = self.env["linkstar.kpi.period"].search(
            [
                ("kind", "=", "month"),
                ("date_to", "<", fields.Date.today()),
            ],
            limit=1,
        )
        lead = self._demo("demo_user_lead")
        sheet = (
            self.env["linkstar.kpi.entry"]
            .with_user(lead)
            .create(
                {
                    "period_id": period.id,
                    "metric_id": self.env["linkstar.metric"]._ids_by_code()[
                        "msg_24h_rate"
                    ],
                    "reviewer_id": self._demo("demo_user_kpi_manager").id,
                    "note": "Export of the help desk",
                    "line_ids": [
                        fields.Command.create(
                            {
                                "employee_id": self._demo(f"demo_employee_{name}").id,
                                "value": value,
                                "base": 120,
                            }
                        )
                        for name, value in (("operator_us", 112), ("operator_de", 96))
                    ],
                }
            )
        )
        sheet.action_submit()
