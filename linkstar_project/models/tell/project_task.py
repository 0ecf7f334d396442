"""What a person does with tasks from My work: see, start, prove, talk, finish."""

import base64
import binascii
import io
from datetime import timedelta

from PIL import Image, UnidentifiedImageError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, is_html_empty, plaintext2html

from odoo.addons.linkstar_project.engine import reminder_steps

CLOSED = ("1_done", "1_canceled")
WAITING = "04_waiting_normal"
#: One screen's worth; the board has the rest.
LIST_LIMIT = 300
PHOTO_BYTES = 12 * 1024 * 1024
PHOTO_PIXELS = 60_000_000
PHOTO_FORMATS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}
TEXT_LIMIT = 5_000


class ProjectTask(models.Model):
    _inherit = "project.task"

    marketplace_id = fields.Many2one(
        related="store_id.marketplace_id",
        store=True,
        index="btree_not_null",
        string="Marketplace",
        help="For the board: groups and filters need it on the task.",
    )

    @property
    def _system_fields(self):
        return super()._system_fields | {"marketplace_id"}

    def write(self, vals):
        """Write; a finished task rings nobody's bell any more."""
        result = super().write(vals)
        if vals.get("state") in CLOSED:
            self._linkstar_drop_reminders()
        return result

    def _linkstar_drop_reminders(self):
        kind = self.env.ref(
            "linkstar_project.activity_reminder", raise_if_not_found=False
        )
        if kind:
            self.env["mail.activity"].sudo().search(
                [
                    ("res_model", "=", "project.task"),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", kind.id),
                ]
            ).unlink()

    # --- Reading ---

    @api.model
    def linkstar_my_work(self):
        """Return what the signed-in person has to do, by section.

        Record rules decide what is seen. Each section holds at most
        ``LIST_LIMIT`` tasks, the most urgent first.

        :return: ``{"sections": [{"key", "tasks": [card]}], "more": bool, "store_count":
            int, "can_launch": bool, "scheduler_late": bool}``; dates in a card are
            UTC strings, ``blocked_reason`` is in the reader's language
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
            "more": len(mine) >= LIST_LIMIT,
            "store_count": len(user._linkstar_store_ids()),
            "can_launch": user.has_group("linkstar_project.group_lead"),
            "scheduler_late": bool(
                self.env["linkstar.health.provider"]._late_jobs(now)
            ),
        }

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

    # --- Doing ---

    @api.model
    def _linkstar_stage(self, name):
        return (
            self.env.ref(f"linkstar_project.stage_{name}", raise_if_not_found=False)
            or self.env["project.task.type"]
        )

    def linkstar_start(self):
        """Begin work: the task moves to the stage of work in progress.

        :raise UserError: the task is blocked or closed; says what holds it
        :return: True
        """
        self.check_access("write")
        for task in self:
            if task.state in CLOSED:
                raise UserError(
                    self.env._(
                        "%s is closed already. Reload the page to see the rest.",
                        task.name,
                    )
                )
            if task.state == WAITING:
                raise UserError(
                    self.env._(
                        "%(task)s cannot go on yet.\n%(reason)s",
                        task=task.name,
                        reason=task.blocked_reason or "",
                    )
                )
        doing = self._linkstar_stage("doing")
        todo = self._linkstar_stage("todo")
        fresh = self.filtered(
            lambda t: not t.stage_id or t.stage_id == todo or not todo
        )
        if doing and fresh:
            fresh.write({"stage_id": doing.id})
        return True

    def linkstar_finish(self):
        """Finish: gates, predecessors and evidence are checked by the task itself.

        :return: True
        """
        self.check_access("write")
        done = self._linkstar_stage("done")
        staged = self.filtered(lambda t: done and done in t.sudo().project_id.type_ids)
        if staged:
            staged.write({"state": "1_done", "stage_id": done.id})
        if self - staged:
            (self - staged).write({"state": "1_done"})
        return True

    def action_linkstar_priority_urgent(self):
        """Set the selected tasks to urgent."""
        return self.write({"priority": "3"})

    def action_linkstar_priority_high(self):
        """Set the selected tasks to high priority."""
        return self.write({"priority": "2"})

    def action_linkstar_priority_low(self):
        """Set the selected tasks to low priority."""
        return self.write({"priority": "0"})

    def linkstar_acknowledge(self):
        """Confirm receipt of every reminder about these tasks sent to you.

        :return: True
        """
        self.check_access("read")
        self.env["linkstar.notification"]._acknowledge_for(
            self.env.user, {("project.task", task_id) for task_id in self.ids}
        )
        return True

    def linkstar_comment(self, text):
        """Add a comment in plain text.

        :param text: at most ``TEXT_LIMIT`` characters
        :return: True
        """
        self.ensure_one()
        self.check_access("write")
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Write something first."))
        if len(text) > TEXT_LIMIT:
            raise UserError(
                self.env._(
                    "A comment has at most %s characters. Attach a file instead.",
                    TEXT_LIMIT,
                )
            )
        self.message_post(
            body=plaintext2html(text),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        return True

    def linkstar_attach_photo(self, name, data):
        """Attach a photo as evidence.

        :param name: file name
        :param data: content, base64
        :raise UserError: no picture, or too large
        :return: id of the attachment
        """
        self.ensure_one()
        self.check_access("write")
        raw, extension = self._linkstar_read_photo(data)
        stem = "".join(c for c in (name or "") if c.isprintable() and c not in '/\\"')
        stem = stem.rsplit(".", 1)[0][:80] or self.env._("Photo")
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{stem}.{extension}",
                "raw": raw,
                "res_model": "project.task",
                "res_id": self.id,
            }
        )
        self.message_post(
            body=self.env._("Photo attached."),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachment_ids=attachment.ids,
        )
        return attachment.id

    def _linkstar_read_photo(self, data):
        """Return ``(bytes, extension)`` of a picture; refuse anything else.

        Size and pixels are capped before the picture is decoded.
        """
        too_large = self.env._(
            "This picture is too large: at most 12 MB and 60 megapixels. Take it "
            "again in a lower resolution."
        )
        if not isinstance(data, str) or len(data) > PHOTO_BYTES * 4 // 3 + 4:
            raise UserError(too_large)
        no_picture = self.env._(
            "This file is no picture that we know. Use JPEG, PNG or GIF; attach "
            "other files from the task's own page."
        )
        try:
            raw = base64.b64decode(data, validate=True)
            with Image.open(io.BytesIO(raw), formats=list(PHOTO_FORMATS)) as picture:
                width, height = picture.size
                extension = PHOTO_FORMATS[picture.format]
        except (binascii.Error, UnidentifiedImageError, OSError, ValueError):
            raise UserError(no_picture) from None
        except Image.DecompressionBombError:
            raise UserError(too_large) from None
        if width * height > PHOTO_PIXELS:
            raise UserError(too_large)
        return raw, extension
