"""My work: one person's tasks by urgency, and one task with all it needs."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import html2plaintext, is_html_empty

from odoo.addons.linkstar_project.engine import reminder_steps

from .project_task import CLOSED, WAITING

#: One screen's worth; the board has the rest.
LIST_LIMIT = 300


class ProjectTask(models.Model):
    _inherit = "project.task"

    @api.model
    def linkstar_my_work(self):
        """Return what the signed-in person has to do, by section.

        Record rules decide what is seen. Each section holds at most
        ``LIST_LIMIT`` tasks, the most urgent first.

        :return: ``{"sections": [{"key", "tasks": [card]}], "rounds": rows of
            ``linkstar_my_rounds``, "more": bool, "store_count":
            int, "can_launch": bool, "scheduler_late": bool, "first_steps": [...]}``;
            dates in a card are UTC strings, ``blocked_reason`` is in the reader's
            language
        """
        user = self.env.user
        now = fields.Datetime.now()
        mine = self._linkstar_open_of(user)
        to_confirm = self._linkstar_to_confirm(user)
        blocked = mine.filtered(lambda t: t.state == WAITING)
        free = mine - blocked
        # Each task stands in one section only: the one that asks first.
        free -= to_confirm
        late = free.filtered(lambda t: t.date_deadline and t.date_deadline < now)
        tonight = self._linkstar_end_of_day(now)
        today = (free - late).filtered(
            lambda t: (t.date_deadline and t.date_deadline <= tonight)
            or (t.planned_date_begin and t.planned_date_begin <= tonight)
        )
        sections = {
            "confirm": to_confirm,
            "late": late,
            "today": today,
            "next": free - late - today,
            "blocked": blocked - to_confirm,
            "waiting": self._linkstar_waiting_for(mine),
        }
        cards = self._linkstar_cards(
            self.union(*sections.values()), set(to_confirm.ids), now
        )
        return {
            "sections": [
                {"key": key, "tasks": [cards[task.id] for task in tasks]}
                for key, tasks in sections.items()
            ],
            "approvals": self._linkstar_my_approvals(),
            "rounds": self.env["linkstar.round"].linkstar_my_rounds(),
            "more": len(mine) >= LIST_LIMIT,
            "store_count": len(user._linkstar_store_ids()),
            "can_launch": user.has_group("linkstar_project.group_lead"),
            "scheduler_late": bool(
                self.env["linkstar.health.provider"]._late_jobs(now)
            ),
            "first_steps": [] if any(sections.values()) else self._first_steps(),
        }

    @api.model
    def _first_steps(self):
        """Return the guide for leads while nothing was ever launched, else nothing.

        :return: list of ``{"key", "done"}`` in their order
        """
        if not self.env.user.has_group("linkstar_project.group_lead"):
            return []
        steps = self.env["linkstar.guide"]._steps()
        return [] if steps[-1]["done"] else steps

    @api.model
    def _linkstar_work_domain(self):
        """Domain of open work in launched projects, trials and templates left out."""
        return [
            ("linkstar_kind", "!=", False),
            ("is_trial", "=", False),
            ("is_template", "=", False),
            ("project_id.is_template", "=", False),
            ("project_id.active", "=", True),
            ("state", "not in", CLOSED),
        ]

    @api.model
    def _linkstar_open_of(self, user):
        return self.search(
            [*self._linkstar_work_domain(), ("user_ids", "in", user.ids)],
            order="date_deadline asc nulls last, is_key desc, id",
            limit=LIST_LIMIT,
        )

    @api.model
    def _linkstar_to_confirm(self, user):
        """Return tasks whose reminder asks ``user`` to confirm receipt."""
        groups = (
            self.env["linkstar.notification"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "=", user.id),
                    ("res_model", "=", "project.task"),
                    ("needs_ack", "=", True),
                    ("acknowledged_at", "=", False),
                    ("state", "!=", "cancelled"),
                ],
                ["res_id"],
                limit=LIST_LIMIT,
            )
        )
        ids = [res_id for (res_id,) in groups]
        return self.search(
            [*self._linkstar_work_domain(), ("id", "in", ids)], order="date_deadline"
        )

    @api.model
    def _linkstar_waiting_for(self, mine):
        """Return other people's tasks that wait for one of ``mine``."""
        if not mine:
            return self.browse()
        return self.search(
            [
                *self._linkstar_work_domain(),
                ("state", "=", WAITING),
                ("depend_on_ids", "in", mine.ids),
                ("id", "not in", mine.ids),
            ],
            order="date_deadline",
            limit=LIST_LIMIT,
        )

    @api.model
    def _linkstar_end_of_day(self, now):
        """Return the naive UTC end of the signed-in person's day."""
        zone = self.env.user.tz
        day = reminder_steps.to_local(now, zone).date()
        return reminder_steps.from_local(day, 24, zone) - timedelta(seconds=1)

    @api.model
    def _linkstar_my_approvals(self):
        """Return approvals that the signed-in person may decide now."""
        pending = self.env["linkstar.approval"].search(
            [("state", "=", "pending")], order="id", limit=LIST_LIMIT
        )
        return [
            {"id": approval.id, "name": approval.display_name}
            for approval in pending.filtered("can_decide")
        ]

    def _linkstar_cards(self, tasks, to_confirm, now):
        """Return ``{id: card}`` for the client, read in batches."""
        counts = dict(
            self.env["ir.attachment"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", "project.task"),
                    ("res_id", "in", tasks.ids),
                    ("res_field", "=", False),
                ],
                ["res_id"],
                ["__count"],
            )
        )
        doing = self._linkstar_stage("doing")
        cards = {}
        for task in tasks:
            # Names only, of records that the task itself shows.
            known = task.sudo()
            waits = task.state == WAITING
            cards[task.id] = {
                "id": task.id,
                "name": task.name,
                "project": known.project_id.name,
                "store": known.store_id.code or "",
                "subject": known.subject_listing_id.sku
                or known.project_id.subject
                or "",
                "people": known.user_ids.mapped("name"),
                "mine": self.env.user in known.user_ids,
                "deadline": fields.Datetime.to_string(task.date_deadline) or False,
                "begin": fields.Datetime.to_string(task.planned_date_begin) or False,
                "late": bool(task.date_deadline and task.date_deadline < now),
                "state": task.state,
                "stage": known.stage_id.name or "",
                "started": bool(doing and known.stage_id == doing)
                or task.state in ("02_changes_requested", "03_approved"),
                "blocked": waits,
                "blocked_reason": task.blocked_reason or "" if waits else "",
                "is_key": task.is_key,
                "is_review": task.is_review,
                "evidence_required": task.evidence_required,
                "files": counts.get(task.id, 0),
                "to_confirm": task.id in to_confirm,
            }
        return cards

    def linkstar_card(self):
        """Return one task with its instructions, photos and last comments.

        :return: a card of :meth:`linkstar_my_work` plus ``instructions`` (HTML),
            ``photos`` (``[{"id", "name", "image"}]``) and ``comments``
        """
        self.ensure_one()
        self.check_access("read")
        confirm = set(self._linkstar_to_confirm(self.env.user).ids)
        card = self._linkstar_cards(self, confirm, fields.Datetime.now())[self.id]
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "project.task"),
                ("res_id", "=", self.id),
                ("res_field", "=", False),
            ],
            order="id desc",
            limit=24,
        )
        comments = self.env["mail.message"].search(
            [
                ("model", "=", "project.task"),
                ("res_id", "=", self.id),
                ("message_type", "=", "comment"),
            ],
            limit=10,
        )
        return {
            **card,
            "instructions": ""
            if is_html_empty(self.description)
            else str(self.description),
            "photos": [
                {
                    "id": file.id,
                    "name": file.name,
                    "image": (file.mimetype or "").startswith("image/"),
                }
                for file in files
            ],
            "comments": [
                {
                    "id": message.id,
                    "author": message.author_id.name or "",
                    "text": html2plaintext(message.body or ""),
                    "date": fields.Datetime.to_string(message.date),
                }
                for message in comments
            ],
        }
