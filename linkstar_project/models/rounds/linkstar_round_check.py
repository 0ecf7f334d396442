"""The checks of a round: fine, a fault, or not applicable."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

RESULTS = [
    ("todo", "Not looked at"),
    ("ok", "Fine"),
    ("fault", "Fault"),
    ("na", "Not applicable"),
]
NOTE_LIMIT = 500
#: Photos of one check; more belong to the task.
PHOTO_LIMIT = 6


class LinkstarRoundCheck(models.Model):
    """One answer. Name and instruction are those of the day it was opened."""

    _name = "linkstar.round.check"
    _description = "Check"
    _order = "round_id, sequence, id"

    round_id = fields.Many2one(
        "linkstar.round", required=True, readonly=True, index=True, ondelete="cascade"
    )
    store_id = fields.Many2one(
        related="round_id.store_id", store=True, index=True, string="Store"
    )
    line_id = fields.Many2one(
        "linkstar.round.template.line", readonly=True, ondelete="set null", index=True
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(readonly=True, translate=True)
    instruction = fields.Char(readonly=True, translate=True)
    photo_required = fields.Boolean(readonly=True)
    result = fields.Selection(RESULTS, required=True, default="todo", readonly=True)
    note = fields.Char(readonly=True)
    checked_at = fields.Datetime(readonly=True)
    task_id = fields.Many2one(
        "project.task",
        string="Task",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="What the fault became.",
    )

    def _linkstar_cards(self):
        """Return the checks for the client, read in batches."""
        photos = {}
        for photo in (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "=", False),
                ],
                order="id",
            )
        ):
            photos.setdefault(photo.res_id, []).append(photo.id)
        return [
            {
                "id": check.id,
                "name": check.name,
                "instruction": check.instruction or "",
                "photo_required": check.photo_required,
                "result": check.result,
                "note": check.note or "",
                "photos": photos.get(check.id, []),
                "task": check.sudo().task_id.id or False,
            }
            for check in self
        ]

    def linkstar_answer(self, result, note=""):
        """Answer one's own check, until midnight.

        :param result: ``ok``, ``fault`` or ``na``
        :param note: at most ``NOTE_LIMIT`` characters
        :raise UserError: the round is over, or its photo is missing
        :return: the round's card
        """
        self.ensure_one()
        self.check_access("read")
        self.round_id._linkstar_check_answerable()
        if result not in ("ok", "fault", "na"):
            raise UserError(self.env._("Answer with fine, fault or not applicable."))
        note = self._linkstar_note(note)
        if result != "na" and self.photo_required and not self._linkstar_photos():
            raise UserError(
                self.env._("“%s” is answered with a photo: take one first.", self.name)
            )
        if result != "fault" and self.sudo().task_id:
            raise UserError(
                self.env._(
                    "“%s” has become a task already. Finish or cancel the task "
                    "instead.",
                    self.name,
                )
            )
        self._linkstar_write_answer(result, note)
        return self.round_id.linkstar_card()

    def _linkstar_note(self, note):
        note = note.strip() if isinstance(note, str) else ""
        if len(note) > NOTE_LIMIT:
            raise UserError(self.env._("A note has at most %s characters.", NOTE_LIMIT))
        return note

    def _linkstar_write_answer(self, result, note):
        self.sudo().write(
            {
                "result": result,
                "note": note or False,
                "checked_at": fields.Datetime.now(),
            }
        )
        self.round_id._linkstar_recount()

    def _linkstar_photos(self):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "=", self.id)])
        )

    def linkstar_attach_photo(self, name, data):
        """Attach a photo to one's own check, until midnight.

        :param name: file name
        :param data: content, base64
        :raise UserError: no picture, too large, or too many
        :return: the round's card
        """
        self.ensure_one()
        self.check_access("read")
        self.round_id._linkstar_check_answerable()
        if len(self._linkstar_photos()) >= PHOTO_LIMIT:
            raise UserError(
                self.env._(
                    "A check has at most %s photos. Make a task of the fault and "
                    "attach more there.",
                    PHOTO_LIMIT,
                )
            )
        values = self.env["project.task"]._linkstar_photo_values(name, data)
        # Nobody may write checks, which core asks of whoever attaches.
        self.env["ir.attachment"].sudo().create(
            {**values, "res_model": self._name, "res_id": self.id}
        )
        return self.round_id.linkstar_card()

    # -- a fault becomes a task ----------------------------------------------------

    def linkstar_make_task(self, note=""):
        """Mark a fault and make it a task of the store: one tap, one task.

        :param note: what is wrong; becomes the task's description
        :return: the round's card
        """
        self.ensure_one()
        self.check_access("read")
        self.round_id._linkstar_check_answerable()
        note = self._linkstar_note(note) or self.note or ""
        if not self.sudo().task_id:
            if self.photo_required and not self._linkstar_photos():
                raise UserError(
                    self.env._(
                        "“%s” is answered with a photo: take one first.", self.name
                    )
                )
            self.sudo().task_id = self._linkstar_create_task(note)
        self._linkstar_write_answer("fault", note)
        return self.round_id.linkstar_card()

    def _linkstar_create_task(self, note):
        """Create the task as the finder; who mends it follows from memberships."""
        known = self.sudo()
        store = known.store_id
        people = self._linkstar_menders()
        lang = people[:1].lang or self.env.user.lang
        task = (
            self.env["project.task"]
            .sudo()
            .create(
                {
                    "name": self.env._(
                        "Fault: %(check)s (%(store)s)",
                        check=known.with_context(lang=lang).name,
                        store=store.code,
                    ),
                    "project_id": store._linkstar_faults_project().id,
                    "user_ids": [(6, 0, people.ids)],
                    "description": plaintext2html(note) if note else False,
                    "priority": "1",
                    "date_deadline": fields.Datetime.add(
                        fields.Datetime.now(),
                        hours=known.round_id.template_id.fault_hours,
                    ),
                }
            )
        )
        task._linkstar_update_finished()
        for photo in self._linkstar_photos():
            photo.copy({"res_model": "project.task", "res_id": task.id})
        return task

    @api.model
    def _linkstar_present(self, users):
        """Those of ``users`` who are not on leave now."""
        away = users._linkstar_away(fields.Datetime.now())
        return users - away

    def _linkstar_menders(self):
        """Who mends it: the check's role in the store, else its finder."""
        known = self.sudo()
        role, store = known.line_id.fault_role_id, known.store_id
        finder = known.round_id.user_id
        if not role:
            return finder
        members = self.env["linkstar.store.member"].sudo()
        found = members._resolve(role.ids, store.ids, fields.Date.today())
        return self._linkstar_present(found[role.id, store.id]) or finder
