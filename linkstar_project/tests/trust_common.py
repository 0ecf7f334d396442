"""Two stores with people, for the tests of registry and trust."""

from unittest.mock import patch

from odoo.tests import TransactionCase
from odoo.tests import new_test_user as core_new_test_user


def new_test_user(env, login, groups, **values):
    """Make a user with an address of their own: one address is one person."""
    values.setdefault("email", f"{login}@example.com")
    return core_new_test_user(env, login, groups, **values)


def archive_without_handover(user):
    """Archive a user as a restored backup or an older version may have left them."""
    where = "odoo.addons.linkstar_project.models.handover.res_users.refuse_leaving"
    with patch(where):
        user.sudo().active = False


class TrustCase(TransactionCase):
    """An operator and a lead of one store, a lead of the other, and the rest."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        groups = "linkstar_project.group_"
        cls.operator = new_test_user(cls.env, "trust_operator", f"{groups}operator")
        cls.lead = new_test_user(cls.env, "trust_lead", f"{groups}lead")
        cls.stranger = new_test_user(cls.env, "trust_stranger", f"{groups}lead")
        cls.admin = new_test_user(cls.env, "trust_admin", f"{groups}admin")
        cls.auditor = new_test_user(cls.env, "trust_auditor", f"{groups}auditor")
        cls.employee = new_test_user(cls.env, "trust_employee", "base.group_user")
        cls.amazon_us = cls.env.ref("linkstar_project.marketplace_amazon_us")
        cls.role = cls.env.ref("linkstar_project.role_operator")
        cls.manager_role = cls.env.ref("linkstar_project.role_manager")
        cls.store = cls.make_store("T-ONE")
        cls.other_store = cls.make_store("T-TWO")
        cls.join(cls.operator, cls.store)
        cls.join(cls.lead, cls.store, cls.manager_role, is_lead=True)
        cls.join(cls.stranger, cls.other_store, cls.manager_role, is_lead=True)

    @classmethod
    def make_store(cls, code, **values):
        return cls.env["linkstar.store"].create(
            {
                "name": code,
                "code": code,
                "marketplace_id": cls.amazon_us.id,
                **values,
            }
        )

    @classmethod
    def join(cls, user, store, role=None, **values):
        scope = {"store_id": store.id}
        if store._name == "linkstar.store.group":
            scope = {"group_id": store.id}
        return cls.env["linkstar.store.member"].create(
            {
                "user_id": user.id,
                "role_id": (role or cls.role).id,
                "date_from": "2020-01-01",
                **scope,
                **values,
            }
        )

    @classmethod
    def listing(cls, store, sku):
        return cls.env["linkstar.listing"].create({"store_id": store.id, "sku": sku})

    @classmethod
    def project(cls, store, **values):
        return cls.env["project.project"].create(
            {
                "name": "Launched",
                "linkstar_kind": "routine",
                "store_id": store.id,
                "privacy_visibility": "employees",
                **values,
            }
        )

    @classmethod
    def task(cls, store, **values):
        return cls.env["project.task"].create(
            {"name": "Step", "project_id": cls.project(store).id, **values}
        )

    def trail(self, record, **conditions):
        """Return the audit entries of a record, oldest first."""
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id)]
        domain += [(name, "=", value) for name, value in conditions.items()]
        return self.env["linkstar.audit.entry"].search(domain, order="id")
