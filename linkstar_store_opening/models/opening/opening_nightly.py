"""Each night: papers judged for the new day, looks at platforms, duties as tasks."""

from datetime import timedelta

from odoo import api, fields, models

from ...engine import recurrence

#: Steps in which the platform has the application: somebody looks there now and then.
LOOKED_AT = ("submitted", "in_review", "appeal")
#: Steps in which papers still matter.
COLLECTING = ("requested", "preparing", "ready", "supplement", "rejected", "waiting")
#: A paper in one of these states is told to its owner.
ALARMING = ("expired", "expiring")


class ProjectProject(models.Model):
    _inherit = "project.project"

    @api.model
    @api.private
    def _cron_openings(self):
        """The nightly run; each part leaves what already stands."""
        self._judge_papers()
        self._make_look_tasks()
        self.env["linkstar.obligation"]._make_tasks()

    @api.model
    @api.private
    def _judge_papers(self):
        """Count papers to bring as of today, and tell owners of expiring ones.

        A handful of queries whatever the number of openings: all requirements and
        papers are read at once, only changed counts are written.

        :return: how many openings have another count than before
        """
        openings = self.sudo().search(
            [
                ("linkstar_kind", "=", "opening"),
                ("is_template", "=", False),
                ("application_step", "in", COLLECTING),
            ]
        )
        papers = self._read_papers(openings)
        counts = dict.fromkeys(openings.ids, 0)
        for paper in papers:
            if paper._is_blocking():
                counts[paper.project_id.id] += 1
        changed = openings.filtered(lambda o: o.missing_count != counts[o.id])
        for count in {counts[opening.id] for opening in changed}:
            same = changed.filtered(lambda o, count=count: counts[o.id] == count)
            same.write({"missing_count": count})
        self._tell_expiring(papers)
        return len(changed)

    @api.model
    def _read_papers(self, openings):
        """All requirements of these openings with what judging them needs, cached."""
        papers = self.env["linkstar.requirement"].sudo()
        papers = papers.search_fetch(
            [("project_id", "in", openings.ids)],
            [
                "project_id",
                "type_id",
                "document_id",
                "decision",
                "is_optional",
                "is_later",
                "user_id",
                "store_id",
                "refusal",
            ],
        )
        openings.fetch(["planned_submission_date", "missing_count", "name"])
        documents = papers.document_id
        names = ["type_id", "entity_id", "issue_date", "expiry_date"]
        documents.fetch(names)
        documents.file_ids.fetch(["state", "number"])
        return papers

    @api.model
    def _tell_expiring(self, papers):
        """One message an owner, paper and last good day; never a second one."""
        channel = self.env.ref("linkstar_project.channel_odoo").sudo()
        now = fields.Datetime.now()
        rows = []
        for paper in papers:
            if paper.state not in ALARMING or not paper.user_id:
                continue
            until = paper.document_id.good_until
            rows.append(
                {
                    "res_model": "linkstar.requirement",
                    "res_id": paper.id,
                    "step": paper.state,
                    "user_id": paper.user_id.id,
                    "channel_id": channel.id,
                    "due_at": fields.Datetime.to_datetime(until) if until else now,
                    "send_at": now,
                    "title": f"{paper.type_id.name}: {paper.project_id.name}",
                    "code": paper.store_id.code or "",
                    "store_id": paper.store_id.id,
                }
            )
        return self.env["linkstar.notification"].sudo()._queue(rows)

    @api.model
    @api.private
    def _make_look_tasks(self):
        """One task per opening under review and interval: look at the platform."""
        today = fields.Date.today()
        openings = self.sudo().search(
            [
                ("linkstar_kind", "=", "opening"),
                ("is_template", "=", False),
                ("application_step", "in", LOOKED_AT),
            ]
        )
        wanted = {}
        for opening in openings:
            every = opening.sop_id.look_every_days or 3
            since = (opening.step_entered_at or fields.Datetime.now()).date()
            number = (today - since).days // every
            if number:
                wanted[f"look:{opening.id}:{since}:{number}"] = opening
        tasks = self.env["project.task"].sudo().with_context(active_test=False)
        known = tasks.search([("opening_key", "in", list(wanted))])
        still_open = tasks.search(
            [
                ("project_id", "in", openings.ids),
                ("opening_key", "=like", "look:%"),
                ("state", "not in", ("1_done", "1_canceled")),
            ]
        ).project_id
        return tasks.create(
            [
                opening._look_task(key, today)
                for key, opening in wanted.items()
                if key not in set(known.mapped("opening_key"))
                and opening not in still_open
            ]
        )

    def _look_task(self, key, today):
        opening = self.with_context(lang=self.user_id.lang or self.env.lang)
        return opening._opening_task_values(
            key,
            opening.env._("Look at the platform: %s", self.name),
            today,
            opening.env._(
                "No platform tells us. Look at the account and at the mailbox; enter "
                "what you find with the opening's buttons."
            ),
        )

    @api.model
    def _blocking_states(self):
        """States of a paper that hold the submission."""
        return ("missing", "incomplete", "expired", "refused")

    def _blocking_requirements(self):
        return self.requirement_ids.filtered(lambda r: r._is_blocking())


class LinkstarRequirement(models.Model):
    _inherit = "linkstar.requirement"

    def _is_blocking(self):
        """Whether this paper holds the submission."""
        self.ensure_one()
        if self.is_optional or self.is_later:
            return False
        return self.state in self.env["project.project"]._blocking_states()


class LinkstarObligation(models.Model):
    _inherit = "linkstar.obligation"

    @api.model
    @api.private
    def _make_tasks(self):
        """A task for each duty whose first reminder day has come; once each.

        The task stands in the opening of the duty's shop, so that reminders, My work
        and the boards treat it like any other.
        """
        today = fields.Date.today()
        horizon = today + timedelta(days=self._longest_lead())
        duties = self.sudo().search(
            [
                ("done_date", "=", False),
                ("is_applicable", "=", True),
                ("due_date", "<=", horizon),
            ]
        )
        duties = duties.filtered(
            lambda d: d.due_date - timedelta(days=d._lead_days()) <= today
        )
        openings = self._openings_of(duties.store_id)
        keys = {f"obligation:{d.id}": d for d in duties if d.store_id in openings}
        tasks = self.env["project.task"].sudo().with_context(active_test=False)
        known = tasks.search([("opening_key", "in", list(keys))])
        done = set(known.mapped("opening_key"))
        return tasks.create(
            [
                duty._task_values(key, openings[duty.store_id])
                for key, duty in keys.items()
                if key not in done
            ]
        )

    def _task_values(self, key, opening):
        user = self.user_id or opening.user_id
        duty = self.with_context(lang=user.lang or self.env.lang)
        lines = [duty.applies_when, duty.due_rule, duty.consequence]
        return opening._opening_task_values(
            key,
            f"{duty.type_id.name} ({self.store_id.code})",
            self.due_date,
            ". ".join(line for line in lines if line),
            user,
        )

    @api.model
    def _longest_lead(self):
        kinds = self.env["linkstar.obligation.type"].sudo().search([])
        days = [
            max(recurrence.lead_days(text), default=30)
            for text in kinds.mapped("reminder_days")
        ]
        return max(days, default=30)

    @api.model
    def _openings_of(self, stores):
        """``{store: its newest opening}``."""
        found = (
            self.env["project.project"]
            .sudo()
            .search(
                [
                    ("store_id", "in", stores.ids),
                    ("linkstar_kind", "=", "opening"),
                    ("is_template", "=", False),
                ],
                order="id",
            )
        )
        return {opening.store_id: opening for opening in found}
