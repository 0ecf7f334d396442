"""Health of telling: scheduler, channels, messages, tasks of nobody."""

from datetime import timedelta

from odoo import api, models


class LinkstarTellHealth(models.AbstractModel):
    _name = "linkstar.tell.health"
    _description = "Health of reminders"
    _inherit = "linkstar.health.provider"

    @api.model
    def _health_checks(self, now):
        """See ``linkstar.health.provider``."""
        return [
            *self._check_scheduler(now),
            *self._check_jobs(),
            *self._check_messages(),
            *self._check_channels(),
            *self._check_unheard(now),
        ]

    @api.model
    def _check_scheduler(self, now):
        late = self._late_jobs(now)
        if not late:
            return []
        oldest = min(late.mapped("nextcall"))
        hours = int((now - oldest).total_seconds() // 3600)
        return [
            {
                "code": "scheduler",
                "area": "jobs",
                "severity": "error",
                "title": self.env._("Reminders are not going out"),
                "detail": self.env._(
                    "%(count)s scheduled actions have not run for %(hours)s hours: "
                    "%(names)s.",
                    count=len(late),
                    hours=hours,
                    names=", ".join(late[:5].mapped("cron_name")),
                ),
                "next_step": self.env._(
                    "Start Odoo with --max-cron-threads=1 or more, and look for a "
                    "stuck scheduled action in its log."
                ),
                **self._open_jobs(late),
            }
        ]

    @api.model
    def _check_jobs(self):
        """Scheduled actions of ours that failed last time, or were switched off."""
        jobs = self._jobs()
        off = jobs.filtered(lambda job: not job.active)
        failing = jobs.filtered(lambda job: job.active and job.failure_count)
        checks = []
        if failing:
            checks.append(
                {
                    "code": "jobs_failing",
                    "area": "jobs",
                    "severity": "error",
                    "title": self.env._("%s scheduled actions fail", len(failing)),
                    "detail": ", ".join(
                        f"{job.cron_name} ({job.failure_count}×)" for job in failing[:5]
                    ),
                    "next_step": self.env._(
                        "Run one by hand and read the error. After five failures in "
                        "a week Odoo switches it off."
                    ),
                    **self._open_jobs(failing),
                }
            )
        if off:
            checks.append(
                {
                    "code": "jobs_off",
                    "area": "jobs",
                    "severity": "warning",
                    "title": self.env._("%s scheduled actions are off", len(off)),
                    "detail": ", ".join(off[:5].mapped("cron_name")),
                    "next_step": self.env._(
                        "Switch them on again. In a copy of the database they are off "
                        "on purpose."
                    ),
                    **self._open_jobs(off),
                }
            )
        return checks

    @api.model
    def _open_jobs(self, jobs):
        """Where the reader may open scheduled actions: that, else nothing."""
        if not self.env["ir.cron"].has_access("read"):
            return {}
        domain = [("id", "in", jobs.ids), ("active", "in", [True, False])]
        return {"res_model": "ir.cron", "domain": domain}

    @api.model
    def _check_messages(self):
        texts = {
            "dead": (
                "error",
                self.env._("%s messages were not delivered"),
                self.env._("Read the reason, mend the cause, then send them again."),
            ),
            "uncertain": (
                "warning",
                self.env._("%s messages may or may not have arrived"),
                self.env._(
                    "Look into the group or mailbox, then send again or close them."
                ),
            ),
        }
        outbox = self.env["linkstar.notification"]
        groups = outbox._read_group(
            [("state", "in", list(texts))],
            ["state", "channel_id"],
            ["__count"],
        )
        checks = []
        for state, channel, count in groups:
            severity, title, next_step = texts[state]
            checks.append(
                {
                    "code": f"messages_{state}",
                    "area": "messages",
                    "severity": severity,
                    "title": title % count,
                    "detail": self.env._("Channel: %s", channel.name),
                    "next_step": next_step,
                    "res_model": "linkstar.notification",
                    "domain": [
                        ("state", "=", state),
                        ("channel_id", "=", channel.id),
                    ],
                }
            )
        return checks

    @api.model
    def _check_channels(self):
        failing = self.env["linkstar.channel"].search([("last_error", "!=", False)])
        silent = self.env["linkstar.channel"].search(
            [
                (
                    "kind",
                    "in",
                    ("feishu", "dingtalk", "wecom", "webhook", "heartbeat"),
                ),
                ("host", "=", False),
            ]
        )
        return [
            {
                "code": "channel_failing",
                "area": "messages",
                "severity": "warning",
                "title": self.env._("Channel %s fails", channel.name),
                "detail": channel.last_error,
                "next_step": self.env._(
                    "Open the channel and send a test message after mending it."
                ),
                "res_model": "linkstar.channel",
                "res_id": channel.id,
            }
            for channel in failing
        ] + [
            {
                "code": "channel_without_address",
                "area": "messages",
                "severity": "warning",
                "title": self.env._("Channel %s has no address", channel.name),
                "next_step": self.env._(
                    "Paste the bot's address, or archive the channel."
                ),
                "res_model": "linkstar.channel",
                "res_id": channel.id,
            }
            for channel in silent
        ]

    @api.model
    def _check_unheard(self, now):
        """Late tasks of nobody: no assignee, so no one is reminded."""
        domain = [
            ("project_id.is_live", "=", True),
            ("user_ids", "=", False),
            ("state", "not in", ("1_done", "1_canceled")),
            ("date_deadline", "<", now + timedelta(days=2)),
        ]
        count = self.env["project.task"].search_count(domain)
        if not count:
            return []
        return [
            {
                "code": "tasks_of_nobody",
                "area": "people",
                "severity": "warning",
                "title": self.env._(
                    "%s tasks are due soon and belong to nobody", count
                ),
                "detail": self.env._("Their reminders go to the store's lead."),
                "next_step": self.env._(
                    "Assign them, and fill the missing role under Stores, Members, so "
                    "that the next launch finds somebody."
                ),
                "res_model": "project.task",
                "domain": [
                    (field, operator, value.isoformat(" ", "seconds"))
                    if hasattr(value, "isoformat")
                    else (field, operator, value)
                    for field, operator, value in domain
                ],
            }
        ]
