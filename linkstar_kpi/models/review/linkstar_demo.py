"""Reviews, past scores, a pilot and store targets of the demo company."""

from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.linkstar_kpi.engine import period as calendar

PEOPLE = ("operator_us", "operator_de")


class LinkstarDemo(models.AbstractModel):
    _inherit = "linkstar.demo"

    @api.model
    @api.private
    def _load_kpi(self):
        """The scores, then what people make of them."""
        super()._load_kpi()
        self._load_kpi_reviews()

    def _load_kpi_reviews(self):
        today = fields.Date.today()
        last = calendar.shifted("month", today, -1)
        periods = self.env["linkstar.kpi.period"].search(
            [("kind", "=", "month"), ("date_from", ">=", last)]
        )
        self._kpi_store_targets(periods)
        self._kpi_past_scores(last)
        self._kpi_review(periods.sorted("date_from")[:1], today)
        self._kpi_pilot(periods.sorted("date_from")[:1], today)

    def _kpi_store_targets(self, periods):
        metric = self.env["linkstar.metric"]._ids_by_code()["gmv"]
        self.env["linkstar.kpi.target"].create(
            [
                {
                    "period_id": period.id,
                    "metric_id": metric,
                    "store_id": self._demo(f"demo_store_{name}").id,
                    "value": value,
                }
                for period in periods
                for name, value in (("us", 70000), ("de", 60000))
            ]
        )

    def _kpi_past_scores(self, last):
        scores = {"operator_us": (78, 84, 81, 88), "operator_de": (92, 85, 74, 79)}
        self.env["linkstar.kpi.past.score"].create(
            [
                {
                    "employee_id": self._demo(f"demo_employee_{name}").id,
                    "kind": "month",
                    "day": calendar.shifted("month", last, number - 4),
                    "score": score,
                    "note": "Old spreadsheet 旧表格",
                }
                for name, values in scores.items()
                for number, score in enumerate(values)
            ]
        )

    def _kpi_review(self, period, today):
        """A meeting that was held, its action, and the next one planned."""
        employee = self._demo("demo_employee_operator_us")
        card = period.scorecard_ids.filtered(lambda card: card.employee_id == employee)
        review = self.env["linkstar.kpi.review"].create(
            {
                "employee_id": employee.id,
                "lead_id": self._demo("demo_user_lead").id,
                "scorecard_id": card[:1].id,
                "date": today,
                "next_date": today + timedelta(days=30),
                "notes": "TACoS is on target; sales stay behind for want of stock. "
                "We order earlier and test new photos.",
                "action_ids": [
                    fields.Command.create(
                        {
                            "name": "Test new main photos 测试新主图",
                            "due_date": today + timedelta(days=10),
                        }
                    )
                ],
            }
        )
        review.action_hold()

    def _kpi_pilot(self, period, today):
        """A simpler scheme tried beside the running one."""
        metrics = self.env["linkstar.metric"]._ids_by_code()
        scheme = self.env["linkstar.kpi.scheme"].create(
            {
                "name": "Sales and punctuality (pilot)",
                "code": "demo_pilot",
                "role_id": self._demo("role_operator").id,
                "is_pilot": True,
            }
        )
        scheme.with_context(lang="zh_CN").name = "销售与及时率（试点）"
        lines = (("gmv", 60, 35000, 50000), ("task_on_time", 40, 60, 90))
        version = self.env["linkstar.kpi.scheme.version"].create(
            {
                "scheme_id": scheme.id,
                "currency_id": self.env.ref("base.USD").id,
                "line_ids": [
                    fields.Command.create(
                        {"metric_id": metrics[code], "weight": weight}
                        | {"floor": floor, "target": target, "use_stretch": False}
                    )
                    for code, weight, floor, target in lines
                ],
            }
        )
        version.action_publish()
        for name in PEOPLE:
            self.env["linkstar.kpi.assignment"].create(
                {
                    "employee_id": self._demo(f"demo_employee_{name}").id,
                    "scheme_id": scheme.id,
                    "date_from": period.date_from,
                }
            )
        self.env["linkstar.kpi.pilot"].create(
            {
                "name": "Sales and punctuality 销售与及时率",
                "scheme_id": scheme.id,
                "date_from": period.date_from,
                "date_to": calendar.bounds("month", today)[1],
            }
        )
        # Last month is published; the pilot is scored from the running month on.
        running = self.env["linkstar.kpi.period"].search(
            [("kind", "=", "month"), ("date_from", ">", period.date_from)]
        )
        running.filtered(lambda item: item.state in ("open", "settling")).calculate()
