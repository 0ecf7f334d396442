"""What the demo company has been doing: figures and work of the last weeks."""

from datetime import datetime, time, timedelta
from math import sin
from random import Random

from odoo import api, fields, models

DAYS = 60
#: Orders a day, mean price and share of sales spent on ads, by store.
STORES = {
    "demo_store_us": (42, 29.9, 0.16),
    "demo_store_de": (27, 26.5, 0.19),
    "demo_store_sg": (18, 14.9, 0.08),
    "demo_store_tt": (22, 19.9, 0.12),
}


class LinkstarDemo(models.AbstractModel):
    """Called by the demo files only, whose stores and people it needs."""

    _name = "linkstar.demo"
    _description = "Demo data"

    def _demo(self, name):
        return self.env.ref(f"linkstar_project.{name}")

    # --- Figures ---

    @api.model
    @api.private
    def _load_facts(self):
        """Write daily figures of the demo stores for the last ``DAYS`` days."""
        today = fields.Date.today()
        rows = []
        for name, figures in STORES.items():
            store = self._demo(name)
            for back in range(DAYS, 0, -1):
                day = today - timedelta(days=back)
                rows += self._rows_of_day(store, day, *figures)
        self.env["linkstar.fact"]._upsert(rows)

    @api.model
    def _rows_of_day(self, store, day, mean_orders, price, ad_share):
        """Return one store's figures of a day, always the same for that day."""
        chance = Random(f"{store.code}/{day}")
        weekend = 1.2 if day.weekday() >= 5 else 1.0
        season = 1 + 0.15 * sin(day.toordinal() / 9)
        orders = max(
            1, round(mean_orders * weekend * season * chance.uniform(0.8, 1.2))
        )
        units = round(orders * chance.uniform(1.1, 1.4))
        sales = round(units * price * chance.uniform(0.92, 1.05), 2)
        spend = round(sales * ad_share * chance.uniform(0.8, 1.25), 2)
        sessions = round(orders * chance.uniform(9, 13))
        clicks = round(spend / 0.85)
        values = {
            "gmv": sales,
            "orders": orders,
            "units_ordered": units,
            "refund_amount": round(sales * chance.uniform(0.01, 0.05), 2),
            "units_refunded": chance.randrange(0, max(2, units // 12)),
            "ad_spend": spend,
            "ad_sales": round(spend / chance.uniform(0.18, 0.3), 2),
            "ad_clicks": clicks,
            "ad_impressions": clicks * chance.randrange(180, 320),
            "ad_orders": max(1, round(clicks * 0.09)),
            "sessions": sessions,
            "page_views": round(sessions * 1.4),
        }
        currency = store.currency_id.id
        money = {"gmv", "refund_amount", "ad_spend", "ad_sales"}
        as_of = datetime.combine(day + timedelta(days=1), time(6))
        return [
            {
                "store_id": store.id,
                "metric": code,
                "date": day,
                "sku": "",
                "employee_id": False,
                "value": value,
                "currency_id": currency if code in money else False,
                "source": "import",
                "as_of": as_of,
            }
            for code, value in values.items()
        ]

    # --- Work ---

    @api.model
    @api.private
    def _load_projects(self):
        """Launch built-in templates as the lead would have, at different dates."""
        plan = [
            # template, store, SKU, began so many days ago
            ("new_product", "demo_store_us", "NV-KNIFE-WHT", 12),
            ("new_product", "demo_store_de", "NV-KNIFE-GRN", 5),
            ("new_product", "demo_store_tt", "NV-MUG-BLK", 30),
            ("emergency_replenishment", "demo_store_us", "NV-MUG-WHT", 3),
            ("emergency_replenishment", "demo_store_de", "NV-LAMP-BLK", 1),
            ("emergency_replenishment", "demo_store_sg", "NV-MUG-GRN", 0),
        ]
        lead = self._demo("demo_user_lead")
        today = fields.Date.today()
        for code, store_name, sku, back in plan:
            template = self.env.ref(
                f"linkstar_project.template_{code}", raise_if_not_found=False
            )
            version = template and template.sudo().version_ids[:1]
            if version:
                projects = version.with_user(lead).launch(
                    [self._demo(store_name).id],
                    anchor_date=today - timedelta(days=back),
                    anchor="start",
                    subject=sku,
                )
                self._work_until_yesterday(projects.sudo())
                self._begin_one(projects.sudo())
        self.env["linkstar.notification"]._queue_due()

    @api.model
    def _work_until_yesterday(self, project):
        """Close what was due before yesterday, most of it in time."""
        now = fields.Datetime.now()
        number = 0
        while True:
            due = project.tasks.filtered(
                lambda t: t.state == "01_in_progress"
                and t.date_deadline
                and t.date_deadline < now - timedelta(hours=20)
            ).sorted(lambda t: (t.date_deadline, t.id))
            if not due:
                return
            self._close(due[0], late=number % 5 == 3, now=now)
            number += 1

    @api.model
    def _begin_one(self, project):
        """Somebody is at work on each project."""
        ready = project.tasks.filtered(
            lambda t: t.state == "01_in_progress" and not t.is_key
        )
        ready.sorted("date_deadline")[:1].linkstar_start()

    @api.model
    def _close(self, task, late, now):
        if task.evidence_required:
            self._attach_note(task)
        task.write({"state": "1_done", "stage_id": self._demo("stage_done").id})
        moment = task.date_deadline + timedelta(hours=7 if late else -3)
        task._linkstar_store_system(task, {"done_date": min(moment, now)})

    @api.model
    def _attach_note(self, task):
        self.env["ir.attachment"].sudo().create(
            {
                "name": "delivery-note.txt",
                "raw": b"Demo: 240 units, 12 cartons, received complete.",
                "res_model": "project.task",
                "res_id": task.id,
            }
        )
