"""Who has to be reminded of what right now."""

from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.linkstar_project.engine import reminder_steps

# A fixed local hour and quiet hours move a step by less than two days.
_SLACK = timedelta(days=2)


class LinkstarNotification(models.Model):
    _inherit = "linkstar.notification"

    @api.model
    @api.private
    def _queue_due(self, now=None):
        """Queue the reminders of task deadlines that are due.

        A handful of queries whatever the number of tasks; running it again, or on
        two servers at once, queues nothing twice.

        :param now: naive UTC datetime (default: the clock)
        :return: how many are new
        """
        now = now or fields.Datetime.now()
        policies = (
            self.env["linkstar.reminder.policy"]
            .sudo()
            .search([("step_ids", "!=", False)])
        )
        tasks = self._tasks_near_deadline(policies, now)
        if not tasks:
            return 0
        people = self._people_of(tasks, now)
        steps_of = {policy: policy.step_ids._engine_steps() for policy in policies}
        rows = []
        for task in tasks:
            policy = policies._for_task(
                task.is_key, task.store_id.id, task.project_id.company_id.id
            )
            if policy:
                rows += self._rows_of_task(task, policy, steps_of[policy], people, now)
        return self._queue(rows)

    @api.model
    @api.private
    def _cron_queue_due(self):
        """Queue what is due and wake the senders."""
        if self._queue_due():
            self.env.ref("linkstar_project.cron_send")._trigger()

    @api.model
    def _tasks_near_deadline(self, policies, now):
        """Return open tasks of live LinkStar projects whose steps may be due (sudo)."""
        offsets = [step.offset_hours for step in policies.step_ids]
        if not offsets:
            return self.env["project.task"]
        behind = timedelta(hours=max(offsets)) + reminder_steps.STALE_AFTER + _SLACK
        ahead = timedelta(hours=-min(offsets)) + _SLACK
        tasks = (
            self.env["project.task"]
            .sudo()
            .search_fetch(
                [
                    ("project_id.is_live", "=", True),
                    ("date_deadline", ">=", now - behind),
                    ("date_deadline", "<=", now + ahead),
                    ("state", "not in", ("1_done", "1_canceled")),
                ],
                [
                    "name",
                    "date_deadline",
                    "is_key",
                    "store_id",
                    "project_id",
                    "user_ids",
                ],
                order="date_deadline, id",
            )
        )
        return tasks.with_prefetch(tasks.ids)

    @api.model
    def _people_of(self, tasks, now):
        """Return a function ``(task, audience) -> users`` over batched reads.

        Whoever is missing is replaced by the next one up: a reminder without a
        reader helps nobody.
        """
        leads = (
            self.env["linkstar.store.member"]
            .sudo()
            ._leads(tasks.store_id.ids, now.date())
        )
        employees = (
            self.env["hr.employee"]
            .sudo()
            .search([("user_id", "in", tasks.user_ids.ids)])
        )
        managers = {}
        for employee in employees:
            managers.setdefault(
                employee.user_id.id, employee.parent_id.user_id.filtered("active")
            )
        nobody = self.env["res.users"]
        wanted = {}

        def find(task, audience):
            key = (task.user_ids.ids, task.store_id.id, audience)
            key = (tuple(key[0]), *key[1:], task.project_id.id)
            if key not in wanted:
                wanted[key] = resolve(task, audience)
            return wanted[key]

        def resolve(task, audience):
            lead = leads.get(task.store_id.id, nobody)
            lead = lead or task.project_id.user_id.filtered("active")
            if audience == "lead":
                return lead
            present = task.user_ids.filtered(lambda u: u.active and not u.share)
            if audience == "assignee":
                return present or lead
            above = nobody.union(*[managers.get(u.id, nobody) for u in present])
            return above or lead

        return find

    @api.model
    def _rows_of_task(self, task, policy, steps, people, now):
        """Return the outbox rows of one task that are due at ``now``."""
        quiet = reminder_steps.QuietHours(policy.quiet_from, policy.quiet_to)
        due_by_zone = {}
        rows = []
        for step in policy.step_ids:
            users = people(task, step.audience)
            channels = step.channel_ids.filtered("active")._serves(task.store_id.id)
            for user in users:
                if user.tz not in due_by_zone:
                    due_by_zone[user.tz] = dict(
                        (found.key, moment)
                        for found, moment in reminder_steps.due_steps(
                            task.date_deadline, steps, user.tz, quiet, now
                        )
                    )
                moment = due_by_zone[user.tz].get(step.id)
                if moment:
                    rows += [
                        self._row_of(task, policy, step, user, channel, moment)
                        for channel in channels
                    ]
        return rows

    @api.model
    def _row_of(self, task, policy, step, user, channel, moment):
        return {
            "res_model": "project.task",
            "res_id": task.id,
            "step": f"step-{step.id}",
            "user_id": user.id,
            "channel_id": channel.id,
            "due_at": task.date_deadline,
            "send_at": moment,
            "title": task.name,
            "code": f"{task.store_id.code or ''} #{task.id}".strip(),
            "store_id": task.store_id.id,
            # An escalation informs; only who does the work confirms receipt.
            "needs_ack": policy.key_only and step.audience == "assignee",
            "only_unacknowledged": step.only_unacknowledged,
        }
