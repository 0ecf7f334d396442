"""The chatter of our records: hidden from those who left, not to be forged."""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .guarding import is_on_ours, unreadable

#: What a client may not choose for a message on a record of ours.
SYSTEM_VALUES = ("date", "create_date", "create_uid", "tracking_value_ids")

FORGED_DEFAULTS = {
    f"default_{name}" for name in (*SYSTEM_VALUES, "author_id", "email_from")
}


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        """Hide messages of records that the user may not read any more.

        Core shows them to whoever wrote or received them, for ever.
        """
        query = super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )
        if self.env.is_superuser() or bypass_access:
            return query
        messages = self.browse(query)
        hidden = unreadable(self.env, messages._linkstar_documents())
        if not hidden:
            return query
        kept = self.browse(id_ for id_ in messages.ids if id_ not in hidden)
        return kept._as_query(order)

    def _get_forbidden_access(self, operation):
        """Refuse access to messages of records that the user may not read.

        Changing and deleting is for the author of a comment alone: what the
        system wrote (tracking, notes) stays as it was.
        """
        forbidden = super()._get_forbidden_access(operation)
        rest = self - forbidden
        hidden = unreadable(self.env, rest._linkstar_documents())
        forbidden += self.browse(id_ for id_ in rest.ids if id_ in hidden)
        if operation == "create" and self.env.user._linkstar_only_audits():
            # Core lets followers and those who are answered post all the same.
            rest -= forbidden
            forbidden += rest.filtered(
                lambda m: is_on_ours(self.env, m.sudo().model, m.sudo().res_id)
            )
        if operation in ("write", "unlink"):
            rest -= forbidden
            forbidden += rest.filtered(lambda message: message._linkstar_is_kept())
        return forbidden

    def _linkstar_documents(self):
        """Return ``(message id, model, res_id)`` of messages on records."""
        if not self:
            return []
        self.flush_recordset(["model", "res_id"])
        return self.env.execute_query(
            SQL(
                "SELECT id, model, res_id FROM mail_message WHERE id = ANY(%s) "
                "AND res_id IS NOT NULL",
                self.ids,
            )
        )

    def _linkstar_is_kept(self):
        """Tell whether this message may not be changed by the user."""
        message = self.sudo()
        if not is_on_ours(self.env, message.model, message.res_id):
            return False
        own = message.create_uid.id == self.env.uid
        return not (own and message.message_type == "comment")

    @api.model_create_multi
    def create(self, vals_list):
        """Create; nobody writes in another's name, or back in time, on our records."""
        if self.env.su:
            return super().create(vals_list)
        context = self.env.context
        honest, is_ours = [], False
        for vals in vals_list:
            model = vals.get("model", context.get("default_model"))
            res_id = vals.get("res_id", context.get("default_res_id"))
            on_ours = is_on_ours(self.env, model, res_id)
            is_ours |= on_ours
            honest.append(self._linkstar_honest(vals) if on_ours else vals)
        if is_ours:
            context = {k: v for k, v in context.items() if k not in FORGED_DEFAULTS}
            messages = self.with_context(context)  # pylint: disable=context-overridden
            return super(MailMessage, messages).create(honest)
        return super().create(honest)

    def _linkstar_honest(self, vals):
        """The values without a chosen date, and with the author who signed in."""
        vals = {key: val for key, val in vals.items() if key not in SYSTEM_VALUES}
        vals.pop("email_from", None)
        return dict(vals, author_id=self.env.user.partner_id.id)

    def write(self, vals):
        """Write; a message never moves, nor changes its author or date."""
        fixed = {"model", "res_id", "author_id", "create_uid", *SYSTEM_VALUES}
        if not self.env.su and fixed & vals.keys():
            ours = self.sudo().filtered(
                lambda message: is_on_ours(self.env, message.model, message.res_id)
            )
            moved = is_on_ours(self.env, vals.get("model"), vals.get("res_id"))
            if ours or moved:
                raise AccessError(
                    self.env._(
                        "Author, date and record of a message cannot be changed. Write "
                        "a new message instead."
                    )
                )
        return super().write(vals)
