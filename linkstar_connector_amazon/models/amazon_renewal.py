"""Reminders before a client secret or an authorisation ends."""

from datetime import datetime, time

from odoo import api, fields, models

from ..engine.renewal import due_step


class LinkstarAmazonApplication(models.Model):
    _inherit = "linkstar.amazon.application"

    @api.model
    def _cron_remind(self):
        """Queue the reminders that are due today, each once."""
        if self._remind(fields.Date.today()):
            self.env.ref("linkstar_project.cron_send").sudo()._trigger()

    @api.model
    def _remind(self, today):
        """Tell the administrators of LinkStar what has to be renewed.

        :param today: date
        :return: how many messages are new
        """
        subjects = [
            (application, application.secret_expires_on)
            for application in self.sudo().search([("secret_expires_on", "!=", False)])
            if application.has_secret
        ]
        accounts = self.env["linkstar.amazon.account"].sudo()
        subjects += [
            (account, account.authorised_until)
            for account in accounts.search(
                [
                    ("authorised_until", "!=", False),
                    ("state", "in", ("connected", "attention")),
                    ("application_id.kind", "=", "public"),
                ]
            )
        ]
        group = self.env.ref("linkstar_project.group_admin").sudo()
        people = group.all_user_ids.filtered(lambda u: u.active and not u.share)
        rows = [
            self._reminder(subject, end, due_step(end, today), user, channel)
            for subject, end in subjects
            if due_step(end, today) is not None
            for user in people
            if not subject.company_id or subject.company_id in user.company_ids
            for channel in ("channel_odoo", "channel_email")
        ]
        return self.env["linkstar.notification"].sudo()._queue(rows)

    def _reminder(self, subject, end, step, user, channel):
        reader = self.with_context(lang=user.lang)
        if subject._name == self._name:
            title = reader.env._(
                "The client secret of %(name)s ends on %(day)s.",
                name=subject.name,
                day=end,
            )
        else:
            title = reader.env._(
                "The authorisation of %(name)s ends on %(day)s.",
                name=subject.name,
                day=end,
            )
        return {
            "res_model": subject._name,
            "res_id": subject.id,
            "step": f"renew-{step}",
            "user_id": user.id,
            "channel_id": self.env.ref(f"linkstar_project.{channel}").id,
            "due_at": datetime.combine(end, time.min),
            "send_at": fields.Datetime.now(),
            "title": title,
            "code": "Amazon",
        }
