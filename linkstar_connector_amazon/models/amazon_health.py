"""What is wrong with the connection to Amazon, for the health page."""

from datetime import timedelta

from odoo import models
from odoo.tools import format_datetime

# Days before an authorisation or a client secret ends that people are told.
WARN_DAYS = 14


class LinkstarAmazonHealth(models.AbstractModel):
    """Checks of applications, accounts and streams."""

    _name = "linkstar.amazon.health"
    _inherit = "linkstar.health.provider"
    _description = "Health of the Amazon connection"

    def _health_checks(self, now):
        """One finding per trouble; see ``linkstar.health.provider``."""
        return [
            *self._application_findings(),
            *self._account_findings(now),
            *self._stream_findings(),
            *self._queue_findings(),
        ]

    def _application_findings(self):
        found = []
        for application in self.env["linkstar.amazon.application"].sudo().search([]):
            days = application.secret_days_left
            if application.has_secret and days <= WARN_DAYS:
                found.append(
                    self._finding(
                        application,
                        "amazon_secret_ends",
                        "error" if days < 0 else "warning",
                        self.env._(
                            "The client secret of %(name)s ends on %(day)s.",
                            name=application.name,
                            day=application.secret_expires_on,
                        ),
                        self.env._(
                            "Make a new secret in Seller Central, Develop Apps, and "
                            "type it into the application."
                        ),
                        "linkstar_connector_amazon.amazon_application_action",
                    )
                )
            if application.authorised_count >= application.authorised_limit:
                found.append(
                    self._finding(
                        application,
                        "amazon_limit",
                        "info",
                        self.env._(
                            "%(name)s is authorised by %(count)s accounts, the most "
                            "that Amazon allows.",
                            name=application.name,
                            count=application.authorised_count,
                        ),
                        self.env._("Register another application for further ones."),
                        "linkstar_connector_amazon.amazon_application_action",
                    )
                )
        return found

    def _account_findings(self, now):
        found = []
        accounts = self.env["linkstar.amazon.account"].search(
            [("state", "in", ("connected", "attention"))]
        )
        limit = (now + timedelta(days=WARN_DAYS)).date()
        for account in accounts:
            end = account.authorised_until
            if end and end <= limit and account.application_id.sudo().kind == "public":
                found.append(
                    self._finding(
                        account,
                        "amazon_authorisation_ends",
                        "error" if end < now.date() else "warning",
                        self.env._(
                            "The authorisation of %(name)s ends on %(day)s.",
                            name=account.name,
                            day=end,
                        ),
                        self.env._("Press Authorise on the account and confirm."),
                        "linkstar_connector_amazon.amazon_account_action",
                    )
                )
        return found

    def _stream_findings(self):
        streams = self.env["linkstar.amazon.stream"].search(
            [("account_id.state", "in", ("connected", "attention"))]
        )
        found = []
        for stream in streams:
            if stream.health == "error":
                # One try that fails is no news; the third is.
                severity = "error" if stream.failures >= 3 else "warning"
                sentence, step = stream.error, stream.next_step
            elif stream.health == "late":
                severity = "warning"
                sentence = self.env._(
                    "No new data since %(when)s.",
                    when=format_datetime(
                        self.env, stream.last_success, dt_format="short"
                    ),
                )
                step = self.env._("Check that the scheduled actions are running.")
            else:
                continue
            found.append(
                self._finding(
                    stream,
                    f"amazon_stream_{stream.error_code or 'late'}",
                    severity,
                    f"{stream.display_name}: {sentence}",
                    step,
                    "linkstar_connector_amazon.amazon_stream_action",
                )
            )
        return found

    def _queue_findings(self):
        """Trouble of notification queues, for those who may mend it."""
        if not self.env.user.has_groups(
            "linkstar_project.group_admin,linkstar_project.group_auditor"
        ):
            return []
        return [
            self._finding(
                record,
                f"amazon_push_{record.error_code}",
                # Polling goes on, so nothing is lost meanwhile.
                "warning",
                f"{record.display_name}: {record.error}",
                record.next_step,
                "linkstar_connector_amazon.amazon_queue_action",
            )
            for model in ("linkstar.amazon.queue", "linkstar.amazon.subscription")
            for record in self.env[model].search([("error_code", "!=", False)])
        ]

    def _finding(self, record, code, severity, title, next_step, action):
        return {
            "code": code,
            "area": "data" if record._name.endswith("stream") else "access",
            "severity": severity,
            "title": title,
            "detail": "",
            "next_step": next_step,
            "res_model": record._name,
            "res_id": record.id,
            "action": action,
        }
