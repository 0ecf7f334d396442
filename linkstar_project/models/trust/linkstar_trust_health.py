"""Health of trust: keys, leads, and whether this database may call out."""

from odoo import api, fields, models

from odoo.addons.linkstar_project.exceptions import MissingKey

from . import outgoing, secret_keys


class LinkstarTrustHealth(models.AbstractModel):
    _name = "linkstar.trust.health"
    _description = "Health of keys and leads"
    _inherit = "linkstar.health.provider"

    @api.model
    def _health_checks(self, now):
        """See ``linkstar.health.provider``."""
        checks = self._check_stores_without_lead()
        if self.env.user.has_groups(
            "linkstar_project.group_admin,linkstar_project.group_auditor"
        ):
            checks += self._check_keys() + self._check_live()
        return checks

    def _check_keys(self):
        checks = []
        for names, what in (
            (secret_keys.SECRET, self.env._("Passwords and tokens cannot be stored.")),
            (secret_keys.HASH, self.env._("Equal values cannot be recognised.")),
        ):
            try:
                secret_keys.keyring(self.env, names)
            except MissingKey as error:
                checks.append(
                    {
                        "code": f"no_{names[0].lower()}",
                        "area": "access",
                        "severity": "error",
                        "title": what,
                        "detail": str(error),
                        "next_step": self.env._(
                            "Set %s for the Odoo server and start it again.", names[0]
                        ),
                    }
                )
        return checks

    def _check_live(self):
        try:
            outgoing.check(self.env)
        except outgoing.OutgoingBlocked as error:
            return [
                {
                    "code": "calls_nobody",
                    "area": "access",
                    "severity": "info",
                    "title": self.env._("This database calls no platform and no bot."),
                    "detail": str(error),
                    "next_step": self.env._(
                        "Nothing to do in a copy. In the live database, name it in "
                        "LINKSTAR_LIVE_DATABASES."
                    ),
                }
            ]
        return []

    def _check_stores_without_lead(self):
        """Stores of the reader where nobody answers escalations."""
        stores = self.env["linkstar.store"].search([("state", "!=", "closed")])
        leads = self.env["linkstar.store.member"]._leads(
            stores.ids, fields.Date.today()
        )
        headless = stores.filtered(lambda store: not leads.get(store.id))
        if not headless:
            return []
        return [
            {
                "code": "store_without_lead",
                "area": "people",
                "severity": "warning",
                "title": self.env._("%s stores have no lead today", len(headless)),
                "detail": ", ".join(headless[:20].mapped("code")),
                "next_step": self.env._(
                    "Mark a member of each as lead: launches, overrides and late "
                    "tasks wait for one."
                ),
                "res_model": "linkstar.store",
                "domain": [("id", "in", headless.ids)],
            }
        ]
