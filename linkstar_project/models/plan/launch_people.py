"""Who may be given the work of a launch, and in which language they read."""


class LaunchPeople:
    """People of the launch's stores on its day, read once.

    :ivar roles: ``{store_id: {role code: user ids of the narrowest scope}}``
    :ivar leads: ``{store_id: user ids}``
    :ivar langs: ``{user_id: language code}`` of all of them
    """

    def __init__(self, launch):
        self.env = launch.env
        members = self.env["linkstar.store.member"].sudo()
        stores, day = launch.stores, self._day(launch)
        roles = self._used_roles(launch.snapshot)
        resolved = members._resolve(
            roles.ids, stores.ids, day, sku=self._sku(launch.subject)
        )
        self.roles = {store.id: {} for store in stores}
        for (role_id, store_id), users in resolved.items():
            self.roles[store_id][roles.browse(role_id).code] = users.ids
        leads = members._leads(stores.ids, day)
        self.leads = {store.id: leads[store.id].ids for store in stores}
        self.langs = self._langs()

    @staticmethod
    def _day(launch):
        """The day on which memberships are looked at."""
        today = launch.now.date()
        return today if launch.anchor == "target" else max(launch.anchor_date, today)

    @staticmethod
    def _sku(subject):
        return subject.get("sku") if isinstance(subject, dict) else subject

    def _used_roles(self, snapshot):
        codes = {task["role"] for task in snapshot["tasks"] if task["role"]}
        roles = self.env["project.role"].sudo().with_context(active_test=False)
        return roles.search([("code", "in", list(codes))])

    def _langs(self):
        people = {user for users in self.leads.values() for user in users}
        for roles in self.roles.values():
            people.update(user for users in roles.values() for user in users)
        users = self.env["res.users"].sudo().browse(people)
        return {user.id: user.lang for user in users if user.lang}

    def open_tasks(self):
        """Return ``{user_id: open tasks}`` of those among whom a choice is made."""
        users = {
            user
            for roles in self.roles.values()
            for found in roles.values()
            if len(found) > 1
            for user in found
        }
        if not users:
            return {}
        groups = (
            self.env["project.task"]
            .sudo()
            ._read_group(
                [
                    ("user_ids", "in", list(users)),
                    ("state", "not in", ("1_done", "1_canceled")),
                    ("store_id", "!=", False),
                    ("is_trial", "=", False),
                ],
                ["user_ids"],
                ["__count"],
            )
        )
        return {user.id: count for user, count in groups}

    def lang(self, store):
        """Language of what all read: the lead's, else the launcher's."""
        lead = next(iter(self.leads[store.id]), None)
        return self.langs.get(lead) or self.env.user.lang or self.env.lang or "en_US"
