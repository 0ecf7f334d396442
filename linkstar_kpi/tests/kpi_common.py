"""A team with two shops in two currencies, for the tests of scores and pay."""

from datetime import date, datetime, timedelta

from odoo.tests import TransactionCase, new_test_user

MAY = date(2026, 5, 1), date(2026, 5, 31)
JULY = datetime(2026, 7, 1, 8, 0)


class KpiCase(TransactionCase):
    """Anna (US shop) and Ben (German shop), their lead, KPI managers, payroll."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        project, kpi = "linkstar_project.group_", "linkstar_kpi.group_"
        cls.anna = cls._user("kpi_anna", f"{project}operator")
        cls.ben = cls._user("kpi_ben", f"{project}operator")
        cls.lead = cls._user("kpi_lead", f"{project}lead")
        cls.manager = cls._user("kpi_manager", f"{kpi}kpi_manager")
        cls.manager2 = cls._user("kpi_manager2", f"{kpi}kpi_manager")
        cls.payroll = cls._user("kpi_payroll", f"{kpi}payroll")
        cls.payroll2 = cls._user("kpi_payroll2", f"{kpi}payroll")
        cls.employee_anna = cls._employee(cls.anna)
        cls.employee_ben = cls._employee(cls.ben)
        cls.employee_lead = cls._employee(cls.lead)
        cls.role = cls.env.ref("linkstar_project.role_operator")
        cls.us = cls._store("US-KPI", "US")
        cls.de = cls._store("DE-KPI", "DE")
        cls.env.company.currency_id = cls.env.ref("base.USD")
        cls.env["res.currency.rate"].create(
            {"currency_id": cls.de.currency_id.id, "name": "2026-01-01", "rate": 1}
        )
        cls.sku = cls.env["linkstar.listing"].create(
            {"store_id": cls.us.id, "sku": "SKU-A"}
        )
        cls._member(cls.us, cls.employee_anna)
        cls._member(cls.de, cls.employee_ben)
        manager_role = cls.env.ref("linkstar_project.role_manager")
        for store in cls.us + cls.de:
            cls._member(store, cls.employee_lead, role=manager_role, is_lead=True)
        cls.scheme = cls._scheme(
            [
                {"metric": "gmv", "weight": 40, "floor": 0, "target": 31000.0}
                | {"stretch": 62000.0},
                {"metric": "task_on_time", "weight": 30, "floor": 50, "target": 90}
                | {"stretch": 100},
                {"metric": "task_completion", "weight": 30, "floor": 50}
                | {"target": 90, "stretch": 100},
            ]
        )
        cls.period = cls.env["linkstar.kpi.period"].create(
            {"kind": "month", "day": "2026-05-15"}
        )

    @classmethod
    def _user(cls, login, groups):
        # The helper's own addresses make one person of all with the same initial.
        email = f"{login}@example.com"
        return new_test_user(cls.env, login, groups, tz="UTC", email=email)

    @classmethod
    def _employee(cls, user):
        return cls.env["hr.employee"].create(
            {"name": user.name, "user_id": user.id, "tz": "UTC"}
        )

    @classmethod
    def _store(cls, code, site):
        marketplace = cls.env["linkstar.marketplace"].search(
            [("platform_id.code", "=", "amazon"), ("code", "=", site)]
        )
        marketplace.currency_id.active = True
        return cls.env["linkstar.store"].create(
            {"name": code, "code": code, "marketplace_id": marketplace.id}
        )

    @classmethod
    def _member(cls, store, employee, role=None, **values):
        return cls.env["linkstar.store.member"].create(
            {
                "store_id": store.id,
                "employee_id": employee.id,
                "user_id": employee.user_id.id,
                "role_id": (role or cls.role).id,
                "date_from": "2026-01-01",
                "share": 100,
                **values,
            }
        )

    @classmethod
    def _scheme(cls, lines, code="test", publish=True, **version):
        scheme = cls.env["linkstar.kpi.scheme"].create(
            {"name": code, "code": code, "role_id": cls.role.id}
        )
        usd = cls.env.ref("base.USD")
        draft = cls.env["linkstar.kpi.scheme.version"].create(
            {"scheme_id": scheme.id, "currency_id": usd.id, **version}
        )
        for line in lines:
            values = {"use_stretch": "stretch" in line, **line}
            metric = cls.env["linkstar.metric"].search(
                [("code", "=", values.pop("metric"))]
            )
            cls.env["linkstar.kpi.scheme.line"].create(
                {"version_id": draft.id, "metric_id": metric.id, **values}
            )
        if publish:
            draft.action_publish()
        return scheme

    @classmethod
    def _assign(cls, employee, scheme=None, **values):
        return cls.env["linkstar.kpi.assignment"].create(
            {
                "employee_id": employee.id,
                "scheme_id": (scheme or cls.scheme).id,
                "date_from": "2026-01-01",
                **values,
            }
        )

    @classmethod
    def _facts(cls, store, metric, value, span=MAY, **other):
        """The same figure every day of a span."""
        days = (span[1] - span[0]).days + 1
        cls.env["linkstar.fact"]._upsert(
            {
                "store_id": store.id,
                "metric": metric,
                "date": span[0] + timedelta(days=number),
                "value": value,
                "source": "amazon",
                "as_of": datetime(2026, 6, 20),
                **other,
            }
            for number in range(days)
        )

    @classmethod
    def _task(cls, user, deadline, done=None, **values):
        """A task as the launch would leave it: deadline first, then done."""
        if not hasattr(cls, "project"):
            cls.project = cls.env["project.project"].create(
                {"name": "Routine", "linkstar_kind": "routine", "store_id": cls.us.id}
            )
        task = cls.env["project.task"].create(
            {
                "name": "Check",
                "project_id": cls.project.id,
                "user_ids": [(6, 0, user.ids)],
                "date_deadline": deadline,
            }
        )
        task.flush_recordset()
        step = f"step_{task.id}"
        values = {"first_deadline": deadline, "node_uid": step, **values}
        if done:
            values |= {"state": "1_done", "done_date": done}
        for name, value in values.items():
            cls.env.cr.execute(
                f"UPDATE project_task SET {name} = %s WHERE id = %s",  # noqa: S608
                (value, task.id),
            )
        task.invalidate_recordset()
        return task

    def _card(self, employee=None, period=None):
        return (period or self.period).scorecard_ids.filtered(
            lambda card: card.employee_id == (employee or self.employee_anna)
        )

    def _line(self, metric, card=None):
        return (card or self._card()).line_ids.filtered(
            lambda line: line.metric_id.code == metric
        )
