"""Health of events and triggers."""

from datetime import timedelta

from odoo import api, models

#: Proposals that wait longer are told on the health page.
WAITING_DAYS = 2


class LinkstarReactHealth(models.AbstractModel):
    _name = "linkstar.react.health"
    _description = "Health of triggers"
    _inherit = "linkstar.health.provider"

    @api.model
    def _health_checks(self, now):
        """See ``linkstar.health.provider``."""
        return [
            *self._check_failed_events(),
            *self._check_unanswered_events(now),
            *self._check_triggers(),
            *self._check_proposals(now),
        ]

    @api.model
    def _check_failed_events(self):
        events = self.env["linkstar.event"]
        domain = [("state", "=", "error")]
        count = events.search_count(domain, limit=1000)
        if not count:
            return []
        latest = events.search(domain, order="id desc", limit=1)
        return [
            {
                "code": "failed_events",
                "area": "jobs",
                "severity": "error",
                "title": self.env._("%s events could not be answered", count),
                "detail": latest.outcome_text or "",
                "next_step": self.env._(
                    "Open an event, mend what it says, then choose Try again."
                ),
                "res_model": "linkstar.event",
                "domain": domain,
            }
        ]

    @api.model
    def _check_unanswered_events(self, now):
        domain = [
            ("state", "=", "new"),
            ("create_date", "<", now - timedelta(hours=1)),
        ]
        count = self.env["linkstar.event"].search_count(domain, limit=1000)
        if not count:
            return []
        return [
            {
                "code": "unanswered_events",
                "area": "jobs",
                "severity": "error",
                "title": self.env._("%s events wait for more than an hour", count),
                "detail": self.env._("No trigger has looked at them yet."),
                "next_step": self.env._(
                    "See whether the scheduled action “LinkStar: answer events” runs."
                ),
                "res_model": "linkstar.event",
                "domain": domain,
            }
        ]

    @api.model
    def _check_triggers(self):
        checks = []
        for trigger in self.env["linkstar.trigger"].search([]):
            if not trigger.sudo().owner_id.active:
                detail = self.env._("Its owner is archived, so it launches nothing.")
                step = self.env._("Name another owner who leads the stores.")
            elif not trigger.sudo()._version():
                detail = self.env._("Its template has no published version.")
                step = self.env._("Publish the template, or switch the trigger off.")
            else:
                continue
            checks.append(
                {
                    "code": f"trigger_{trigger.id}",
                    "area": "templates",
                    "severity": "error",
                    "title": self.env._("Trigger “%s” cannot launch", trigger.name),
                    "detail": detail,
                    "next_step": step,
                    "res_model": "linkstar.trigger",
                    "res_id": trigger.id,
                }
            )
        return checks

    @api.model
    def _check_proposals(self, now):
        domain = [
            ("state", "=", "asked"),
            ("create_date", "<", now - timedelta(days=WAITING_DAYS)),
        ]
        count = self.env["linkstar.trigger.log"].search_count(domain, limit=1000)
        if not count:
            return []
        return [
            {
                "code": "waiting_proposals",
                "area": "people",
                "severity": "warning",
                "title": self.env._("%s proposed launches wait for a lead", count),
                "detail": self.env._("They have been waiting for more than two days."),
                "next_step": self.env._("Launch or decline each of them."),
                "res_model": "linkstar.trigger.log",
                "domain": domain,
            }
        ]
