"""Health of people: who cannot be reached, does not sign in, or is away."""

from datetime import timedelta

from odoo import api, models

#: New people have this long to follow their invitation.
INVITATION_DAYS = 3
#: Somebody with open work who has not signed in for longer is told.
SILENT_DAYS = 14


class LinkstarPeopleHealth(models.AbstractModel):
    _name = "linkstar.people.health"
    _description = "Health of people"
    _inherit = "linkstar.health.provider"

    @api.model
    def _health_checks(self, now):
        """See ``linkstar.health.provider``; members of the reader's stores only."""
        users = self._members(now)
        waiting = self._open_work(users)
        texts = [
            ("people_gone", "error", *self._gone(users)),
            ("people_never_signed_in", "warning", *self._never(users, now)),
            ("people_silent", "warning", *self._silent(users & waiting, now)),
            ("people_away", "warning", *self._away(users & waiting)),
            ("people_without_email", "warning", *self._unreachable(users)),
        ]
        members = self.env["linkstar.store.member"]
        return [
            {
                "code": code,
                "area": "people",
                "severity": severity,
                "title": title,
                "detail": self._some(found),
                "next_step": next_step,
                "res_model": members._name,
                "domain": [("user_id", "in", found.ids)],
            }
            for code, severity, found, title, next_step in texts
            if found
        ]

    @api.model
    def _members(self, now):
        """Users (sudo) with a running membership in a store that the reader sees."""
        members = self.env["linkstar.store.member"].search(
            [
                ("user_id", "!=", False),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", now.date()),
            ]
        )
        return members.user_id.sudo()

    @api.model
    def _open_work(self, users):
        """Those among the users with open tasks in running projects."""
        groups = (
            self.env["project.task"]
            .sudo()
            ._read_group(
                [
                    ("user_ids", "in", users.ids),
                    ("project_id.is_live", "=", True),
                    ("state", "not in", ("1_done", "1_canceled")),
                ],
                ["user_ids"],
            )
        )
        return users.browse(user.id for (user,) in groups)

    @api.model
    def _gone(self, users):
        return (
            users.filtered(lambda user: not user.active),
            self.env._("Archived people still have stores"),
            self.env._(
                "End their memberships and name a successor: their tasks go to the "
                "store's lead until then."
            ),
        )

    @api.model
    def _never(self, users, now):
        """People of demo data never sign in; new ones have a few days."""
        invited = now - timedelta(days=INVITATION_DAYS)
        never = users.filtered(
            lambda user: user.active
            and not user.login_date
            and user.create_date < invited
        )
        demo = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch(
                [
                    ("model", "=", "res.users"),
                    ("res_id", "in", never.ids),
                    ("name", "=like", r"demo\_%"),
                ],
                ["res_id"],
            )
        )
        return (
            never.browse(set(never.ids) - set(demo.mapped("res_id"))),
            self.env._("People who never signed in"),
            self.env._(
                "Send them their invitation again under Settings, Users; their tasks "
                "wait."
            ),
        )

    @api.model
    def _silent(self, users, now):
        border = now - timedelta(days=SILENT_DAYS)
        return (
            users.filtered(
                lambda user: user.active
                and user.login_date
                and user.login_date < border
                and user._linkstar_last_seen() < border
            ),
            self.env._(
                "People with open tasks who were not here for %s days", SILENT_DAYS
            ),
            self.env._("Ask them, or give their tasks and stores to somebody else."),
        )

    @api.model
    def _away(self, users):
        return (
            users.filtered(lambda user: user.active and user.is_out_of_office),
            self.env._("People who are away and have open tasks"),
            self.env._(
                "Their reminders wait with them. Add a deputy to the store with the "
                "days of the absence, or assign the tasks anew."
            ),
        )

    @api.model
    def _unreachable(self, users):
        return (
            users.filtered(lambda user: user.active and not user.email_normalized),
            self.env._("People without an e-mail address"),
            self.env._(
                "Enter their addresses: reminders of key nodes need two channels."
            ),
        )

    @api.model
    def _some(self, users, limit=8):
        names = ", ".join(users[:limit].mapped("name"))
        more = len(users) - limit
        return f"{names} +{more}" if more > 0 else names


class ResUsers(models.Model):
    _inherit = "res.users"

    def _linkstar_last_seen(self):
        """The last moment this person was seen in Odoo (naive UTC)."""
        self.ensure_one()
        presence = self.sudo().presence_ids[:1]
        return max(filter(None, (presence.last_presence, self.login_date)))
