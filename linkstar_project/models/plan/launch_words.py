"""Names and sentences of a launch, in the reader's or the team's language."""

from ...engine.snapshot import localise


class LaunchWords:
    """What a launch says to people."""

    def __init__(self, env):
        self.env = env

    @staticmethod
    def project_name(snapshot, store, label, lang):
        """``Emergency replenishment · US-NOVA · SKU-1`` in a language."""
        name = localise(snapshot["template"]["name"], lang)
        parts = [name, store.sudo().code, label]
        return " · ".join(part for part in parts if part)

    def role_names(self):
        """Return ``{code: name}`` of all roles."""
        roles = self.env["project.role"].sudo().with_context(active_test=False)
        return {role.code: role.name for role in roles.search([("code", "!=", False)])}

    def warnings(self, plan, store, roles):
        """Return the plan's warnings as sentences."""
        return [
            getattr(self, f"_{code}")(args, store, roles)
            for code, args in plan.warnings
        ]

    def _no_owner(self, args, store, roles):
        return self.env._(
            "Nobody holds the role %(role)s in %(store)s: %(count)s tasks go to the "
            "lead. Add a member under Stores, Members.",
            role=roles.get(args["role"], args["role"]),
            store=store.sudo().code,
            count=args["count"],
        )

    def _no_lead(self, args, store, roles):
        return self.env._(
            "%(store)s has no lead: some tasks will have nobody. Mark a member as "
            "lead under Stores, Members.",
            store=store.sudo().code,
        )

    def _begins_in_past(self, args, store, roles):
        return self.env._(
            "To meet the target date it should have begun %(days)s days ago. The "
            "plan begins now.",
            days=args["days"],
        )

    def _target_missed(self, args, store, roles):
        return self.env._(
            "At the planned hours the target date is missed by %(days)s days.",
            days=args["days"],
        )
