"""A small shop with people, and a template, for the tests of plan."""

from datetime import datetime

from odoo.tests import TransactionCase

from .trust_common import new_test_user

NOW = datetime(2026, 3, 2, 8, 0)


class PlanCase(TransactionCase):
    """Two stores; an operator, a buyer and a lead; a template of four steps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        groups = "linkstar_project.group_"
        cls.operator = new_test_user(cls.env, "plan_operator", f"{groups}operator")
        cls.buyer = new_test_user(cls.env, "plan_buyer", f"{groups}operator")
        cls.lead = new_test_user(cls.env, "plan_lead", f"{groups}lead")
        cls.other_lead = new_test_user(cls.env, "plan_lead2", f"{groups}lead")
        cls.manager = new_test_user(
            cls.env, "plan_manager", f"{groups}template_manager"
        )
        cls.company = cls.env.company
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Plan hours", "tz": "UTC"}
        )
        cls.platform = cls.env.ref("linkstar_project.platform_amazon")
        marketplace = cls.env["linkstar.marketplace"].search(
            [("platform_id", "=", cls.platform.id), ("code", "=", "US")]
        )
        cls.store = cls._create_store("US-PLAN", marketplace)
        cls.other_store = cls._create_store("US-OTHER", marketplace)
        cls.listing = cls.env["linkstar.listing"].create(
            {"store_id": cls.store.id, "sku": "SKU-1", "asin": "B0PLAN0001"}
        )
        cls.role = cls.env.ref("linkstar_project.role_operator")
        cls.buyer_role = cls.env.ref("linkstar_project.role_buyer")
        for user, role, is_lead in (
            (cls.operator, cls.role, False),
            (cls.buyer, cls.buyer_role, False),
            (cls.lead, cls.env.ref("linkstar_project.role_manager"), True),
            (cls.other_lead, cls.env.ref("linkstar_project.role_manager"), True),
        ):
            cls._add_member(cls.store, user, role, is_lead)
        cls.template = cls._create_template()
        cls.version = cls.template.publish_version("first")

    @classmethod
    def _create_store(cls, code, marketplace):
        return cls.env["linkstar.store"].create(
            {"name": code, "code": code, "marketplace_id": marketplace.id}
        )

    @classmethod
    def _add_member(cls, store, user, role, is_lead=False, **values):
        return cls.env["linkstar.store.member"].create(
            {
                "store_id": store.id,
                "user_id": user.id,
                "role_id": role.id,
                "is_lead": is_lead,
                "date_from": "2020-01-01",
                "share": 50,
                **values,
            }
        )

    @classmethod
    def _create_template(cls):
        template = cls.env["project.project"].create(
            {"name": "Restock", "is_template": True, "linkstar_kind": "routine"}
        )
        cls.steps = cls._add_steps(
            template,
            [
                {"name": "Count stock", "role_ids": cls.role, "allocated_hours": 4},
                {"name": "Order goods", "role_ids": cls.buyer_role, "after": [0]},
                {
                    "name": "Sea freight",
                    "duration_kind": "elapsed",
                    "duration_days": 30,
                    "after": [1],
                },
                {"name": "Photograph", "role_ids": cls.role, "allocated_hours": 2},
            ],
        )
        return template

    @classmethod
    def _add_steps(cls, template, steps):
        """Create steps; ``after`` lists the positions of predecessors."""
        tasks = cls.env["project.task"]
        for step in steps:
            step = dict(step)
            after = step.pop("after", [])
            roles = step.pop("role_ids", cls.env["project.role"])
            tasks |= cls.env["project.task"].create(
                {
                    "project_id": template.id,
                    "user_ids": False,
                    "role_ids": [(6, 0, roles.ids)],
                    "depend_on_ids": [(6, 0, [tasks[i].id for i in after])],
                    **step,
                }
            )
        return tasks

    def _launch(self, user=None, stores=None, **options):
        version = self.version.with_user(user or self.lead)
        return version.launch((stores or self.store).ids, **options)

    def _task(self, project, name):
        return project.sudo().task_ids.filtered(lambda task: task.name == name)
