"""What a person does with tasks from My work: start, prove, talk, finish."""

import base64
import binascii
import io

from PIL import Image, UnidentifiedImageError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

CLOSED = ("1_done", "1_canceled")
WAITING = "04_waiting_normal"
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

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """On our board every stage has its column, the empty ones too."""
        found = super()._read_group_stage_ids(stages, domain)
        if self.env.context.get("linkstar_board"):
            found |= stages.browse(self.env["project.project"]._linkstar_stage_ids())
            found = found.sorted(lambda stage: (stage.sequence, stage.id))
        return found

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
        values = self._linkstar_photo_values(name, data)
        attachment = self.env["ir.attachment"].create(
            {**values, "res_model": "project.task", "res_id": self.id}
        )
        self.message_post(
            body=self.env._("Photo attached."),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachment_ids=attachment.ids,
        )
        return attachment.id

    @api.model
    def _linkstar_photo_values(self, name, data):
        """Return ``name`` and ``raw`` of an attachment for a photo sent by a client."""
        raw, extension = self._linkstar_read_photo(data)
        stem = "".join(c for c in (name or "") if c.isprintable() and c not in '/\\"')
        stem = stem.rsplit(".", 1)[0][:80] or self.env._("Photo")
        return {"name": f"{stem}.{extension}", "raw": raw}

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
