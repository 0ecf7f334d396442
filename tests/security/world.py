"""Two stores, their people, and the records around them."""

import itertools


class World:
    """Own and other store with people; makes records as the system does."""

    def __init__(self, env, personas):
        self.env = env
        self._count = itertools.count(1)
        self._export = env.ref("base.group_allow_export")
        self.users = {}
        self.own = self._store("OWN")
        self.other = self._store("OTHER")
        self.users = {name: self._user(name, g) for name, g in personas.items()}
        self._join_all(self.own)
        self.stranger = self._user("stranger", ("linkstar_project.group_lead",))
        self.join(self.stranger, self.other, is_lead=True)

    def number(self):
        return next(self._count)

    def word(self):
        """Return a short text that nothing else has."""
        return f"W{self.number():05d}"

    def ref(self, name):
        return self.env.ref(name)

    def _join_all(self, store):
        """Make the personas who have stores members of this one."""
        for name in ("operator", "lead", "project_manager"):
            self.join(self.users[name], store, is_lead=name == "lead")

    def store(self, like):
        """Make a store that is own or other, as the given one is."""
        store = self._store(self.word())
        if like == self.own:
            self._join_all(store)
        return store

    def _store(self, code):
        env = self.env
        seller = env["linkstar.seller"].create(
            {
                "name": f"Seller {code}",
                "platform_id": env.ref("linkstar_project.platform_amazon").id,
            }
        )
        return env["linkstar.store"].create(
            {
                "name": f"Store {code}",
                "code": f"MATRIX-{code}",
                "marketplace_id": env.ref("linkstar_project.marketplace_amazon_us").id,
                "seller_id": seller.id,
            }
        )

    def _user(self, name, groups):
        return (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": f"Matrix {name}",
                    "login": f"matrix_{name}",
                    "email": f"matrix_{name}@example.com",
                    "group_ids": [
                        (6, 0, [self.env.ref(g).id for g in groups] + self._export.ids)
                    ],
                }
            )
        )

    def join(self, user, store, is_lead=False, **values):
        return self.env["linkstar.store.member"].create(
            {
                "store_id": store.id,
                "user_id": user.id,
                "role_id": self.ref("linkstar_project.role_operator").id,
                "is_lead": is_lead,
                "share": 0,
                "date_from": "2020-01-01",
                **values,
            }
        )

    # -- records that other rows build on --------------------------------------------

    def project(self, store, **values):
        """A launched project of a store."""
        return self.env["project.project"].create(
            {
                "name": f"Project {self.word()}",
                "linkstar_kind": "routine",
                "store_id": store.id,
                "privacy_visibility": "employees",
                "allow_timesheets": True,
                **values,
            }
        )

    def task(self, store, **values):
        return self.env["project.task"].create(
            {
                "name": f"Task {self.word()}",
                "project_id": self.project(store).id,
                **values,
            }
        )

    def template(self, **values):
        """A template of the library."""
        return self.env["project.project"].create(
            {
                "name": f"Template {self.word()}",
                "linkstar_kind": "routine",
                "is_template": True,
                **values,
            }
        )

    def listing(self, store):
        return self.env["linkstar.listing"].create(
            {"store_id": store.id, "sku": self.word()}
        )
