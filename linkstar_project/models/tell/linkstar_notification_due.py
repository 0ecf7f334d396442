"""Who has to be reminded of what right now."""

from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.linkstar_project.engine import reminder_steps

# A fixed local hour and quiet hours move a step by less than two days.
_SLACK = timedelta(days=2)


class DueReminders:
    """The outbox rows of many tasks at one moment.

    Thousands of tasks share a few policies, deadlines, stores and people: what was
    found for one serves the others.

    :param policies: ``linkstar.reminder.policy`` in their order
    :param people: function ``(task, audience) -> users``
    :param now: naive UTC datetime
    """

    def __init__(self, policies, people, now):
        self.policies = policies
        self.people = people
        self.now = now
        self._memo = {}

    def _once(self, key, compute):
        if key not in self._memo:
            self._memo[key] = compute()
        return self._memo[key]

    def rows(self, task):
        """Return the rows of one task that are due."""
        store, company = task.store_id.id, task.project_id.company_id.id
        policy = self._once(
            ("policy", task.is_key, store, company),
            lambda: self.policies._for_task(task.is_key, store, company),
        )
        rows = []
        for step in policy.step_ids:
            for user_id, tz in self._readers(task, step):
                moment = self._due(policy, task.date_deadline, tz).get(step.id)
                if moment:
                    rows += [
                        self._row(task, policy, step, user_id, channel_id, moment)
                        for channel_id in self._channels(step, store)
                    ]
        return rows

    def _readers(self, task, step):
        key = ("readers", task.user_ids.ids, task.store_id.id, task.project_id.user_id)
        return self._once(
            (*key[:1], tuple(key[1]), *key[2:], step.audience),
            lambda: [(user.id, user.tz) for user in self.people(task, step.audience)],
        )

    def _channels(self, step, store_id):
        return self._once(
            ("channels", step.id, store_id),
            lambda: step.channel_ids.filtered("active")._serves(store_id).ids,
        )

    def _due(self, policy, deadline, tz):
        """Return ``{step id: moment}`` of the steps that are due."""
        return self._once(
            ("due", policy.id, deadline, tz),
            lambda: {
                step.key: moment
                for step, moment in reminder_steps.due_steps(
                    deadline,
                    policy.step_ids._engine_steps(),
                    tz,
                    reminder_steps.QuietHours(policy.quiet_from, policy.quiet_to),
                    self.now,
                )
            },
        )

    def _row(self, task, policy, step, user_id, channel_id, moment):
        return {
            "res_model": "project.task",
            "res_id": task.id,
            "step": f"step-{step.id}",
            "user_id": user_id,
            "channel_id": channel_id,
            "due_at": task.date_deadline,
            "send_at": moment,
            "title": task.name,
            "code": f"{task.store_id.code or ''} #{task.id}".strip(),
            "store_id": task.store_id.id,
            # An escalation informs; only who does the work confirms receipt.
            "needs_ack": policy.key_only and step.audience == "assignee",
            "only_unacknowledged": step.only_unacknowledged,
        }


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
        due = DueReminders(policies, self._people_of(tasks, now), now)
        return self._queue([row for task in tasks for row in due.rows(task)])

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

        Whoever is missing or on leave is replaced by the next one up: a reminder
        without a reader helps nobody.
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
        everybody = nobody.sudo().union(
            tasks.user_ids, *leads.values(), *managers.values()
        )
        everybody.mapped("partner_id.tz")  # one read instead of one a person
        away = everybody._linkstar_away(now)

        def resolve(task, audience):
            lead = leads.get(task.store_id.id, nobody)
            lead = lead or task.project_id.user_id.filtered("active")
            lead = (lead - away) or lead
            if audience == "lead":
                return lead
            present = task.user_ids.filtered(lambda u: u.active and not u.share)
            if audience == "assignee":
                # On leave nobody reads: the lead hears of it and decides.
                return (present - away) or lead
            above = nobody.union(*[managers.get(u.id, nobody) for u in present])
            return above or lead

        return resolve
