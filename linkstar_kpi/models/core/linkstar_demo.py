"""Scores and a bonus sheet of the demo company."""

from datetime import datetime, time, timedelta

from odoo import api, fields, models

#: Metric, weight, floor, target, stretch.
LINES = [
    ("gmv", 40, 35000, 50000, 60000),
    ("tacos", 20, 25, 15, 10),
    ("task_on_time", 20, 60, 90, 100),
    ("task_completion", 20, 60, 95, 100),
]
BUDGET_RATES = {"EUR": 1.08, "GBP": 1.27, "SGD": 0.74, "MYR": 0.22, "CNY": 0.14}
PEOPLE = ("operator_us", "operator_de")


class LinkstarDemo(models.AbstractModel):
    _inherit = "linkstar.demo"

    @api.model
    @api.private
    def _load_kpi(self):
        """Assess the two operators: last month published, this month running."""
        scheme = self._kpi_scheme()
        today = fields.Date.today()
        last_month = today.replace(day=1) - timedelta(days=1)
        for name in PEOPLE:
            self.env["linkstar.kpi.assignment"].create(
                {
                    "employee_id": self._demo(f"demo_employee_{name}").id,
                    "scheme_id": scheme.id,
                    "date_from": last_month.replace(day=1),
                }
            )
        for name in PEOPLE:
            self._kpi_rounds(name, last_month.replace(day=1))
        manager = self._demo("demo_user_kpi_manager")
        periods = self.env["linkstar.kpi.period"].create(
            [
                {"kind": "month", "day": last_month, "is_estimate": True},
                {"kind": "month", "day": today},
            ]
        )
        self._kpi_targets(periods)
        periods.with_user(manager).calculate()
        for name in PEOPLE:
            user = self._demo(f"demo_user_{name}")
            cards = periods.scorecard_ids.filtered(
                lambda card, user=user: card.employee_id.user_id == user
            )
            cards[:1].with_user(user).action_acknowledge()
        periods[0].with_user(manager).action_review()
        periods[0].with_user(manager).action_publish()
        self._kpi_exclusion(today)
        self._kpi_notice()
        self._kpi_bonus(periods[0], scheme)

    def _kpi_rounds(self, name, first):
        """Weekly store rounds of last month: one late, one left undone."""
        user = self._demo(f"demo_user_{name}")
        store = self._demo(f"demo_store_{name[-2:]}")
        title = "Weekly store round 每周巡店"
        project = self.env["project.project"].create(
            {"name": title, "store_id": store.id, "linkstar_kind": "routine"}
        )
        for number in range(8):
            due = datetime.combine(first + timedelta(days=3 * number + 1), time(9))
            task = self.env["project.task"].create(
                {
                    "name": f"{title} {number + 1}",
                    "project_id": project.id,
                    "user_ids": [fields.Command.set(user.ids)],
                    "date_deadline": due,
                }
            )
            # Steps of a launch count, notes that somebody makes do not.
            values = {"node_uid": f"round_{number + 1}"}
            if number != 6:
                task.state = "1_done"
                hours = 9 if number == 4 else -2
                values["done_date"] = due + timedelta(hours=hours)
            task._linkstar_store_system(task, values)

    def _kpi_scheme(self):
        scheme = self.env["linkstar.kpi.scheme"].create(
            {
                "name": "Operators by month",
                "code": "demo_operator",
                "role_id": self._demo("role_operator").id,
                "sequence": 1,
            }
        )
        scheme.with_context(lang="zh_CN").name = "运营月度考核"
        currencies = self.env["res.currency"].with_context(active_test=False)
        metrics = self.env["linkstar.metric"]._ids_by_code()
        version = self.env["linkstar.kpi.scheme.version"].create(
            {
                "scheme_id": scheme.id,
                "currency_id": self.env.ref("base.USD").id,
                "rate_rule": "budget",
                "rate_ids": [
                    fields.Command.create({"currency_id": currency.id, "rate": rate})
                    for code, rate in BUDGET_RATES.items()
                    for currency in currencies.search([("name", "=", code)])
                ],
                "level_ids": [
                    fields.Command.create({"lower": lower, "name": name})
                    for lower, name in ((0, "C"), (60, "B"), (85, "A"), (105, "S"))
                ],
                "line_ids": [
                    fields.Command.create(
                        {
                            "metric_id": metrics[code],
                            "sequence": number * 10,
                            "weight": weight,
                            "floor": floor,
                            "target": target,
                            "stretch": stretch,
                            "action_kind": "task" if code == "gmv" else "none",
                        }
                    )
                    for number, (code, weight, floor, target, stretch) in enumerate(
                        LINES
                    )
                ],
            }
        )
        version.action_publish()
        return scheme

    def _kpi_targets(self, periods):
        metric = self.env["linkstar.metric"]._ids_by_code()["gmv"]
        for period in periods:
            for name, value in (("operator_us", 66000), ("operator_de", 56000)):
                self.env["linkstar.kpi.target"].create(
                    {
                        "period_id": period.id,
                        "metric_id": metric,
                        "employee_id": self._demo(f"demo_employee_{name}").id,
                        "value": value,
                    }
                )

    def _kpi_exclusion(self, today):
        operator = self._demo("demo_user_operator_de")
        self.env["linkstar.kpi.exclusion"].with_user(operator).create(
            {
                "store_id": self._demo("demo_store_de").id,
                "date_from": today - timedelta(days=4),
                "date_to": today - timedelta(days=3),
                "cause": "platform",
                "reason": "Amazon.de did not show our offers for two days; case 4711.",
            }
        )

    def _kpi_notice(self):
        notice = self.env["linkstar.kpi.privacy"].create(
            {
                "notice": "Your score is made of the figures of your stores, your "
                "tasks and your store rounds. You, your leads and the KPI managers see "
                "it; payroll sees your pay. Cards are deleted 36 months after they are "
                "locked."
            }
        )
        notice.update_field_translations(
            "notice",
            {
                "zh_CN": "您的得分来自您负责店铺的数据、任务和巡店记录。"
                "您本人、您的主管和绩效管理员可以看到；薪酬人员可以看到您的奖金。"
                "考核表在锁定 36 个月后删除。"
            },
        )

    def _kpi_bonus(self, period, scheme):
        plan = self.env["linkstar.kpi.bonus.plan"].create(
            {
                "name": "Operators",
                "currency_id": self.env.ref("base.USD").id,
                "scheme_ids": [fields.Command.set(scheme.ids)],
                "base_metric_id": self.env["linkstar.metric"]._ids_by_code()["gmv"],
                "tier_ids": [
                    fields.Command.create({"lower": 0, "rate": 1.5}),
                    fields.Command.create({"lower": 10000, "rate": 2.0}),
                    fields.Command.create({"lower": 30000, "rate": 2.5}),
                ],
                "holdback": 10,
            }
        )
        run = self.env["linkstar.kpi.bonus.run"].create(
            {"period_id": period.id, "plan_ids": [fields.Command.set(plan.ids)]}
        )
        payroll = self._demo("demo_user_payroll")
        run.with_user(payroll).action_compute()
