"""Who may post on records of LinkStar, and who is told."""

from odoo import models

from .guarding import guarded, is_guarded_model, partners_allowed


class Base(models.AbstractModel):
    _inherit = "base"

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Posting on our records needs write access: auditors only read.

        Core lets everybody who reads a task post on it.
        """
        operations = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        if message_operation == "read" or not is_guarded_model(self._name):
            return operations
        return operations | dict.fromkeys(guarded(self), "write")


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Tell members only: a mention reaches nobody outside the store."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if len(self) != 1 or not guarded(self):
            return recipients
        partners = [data["id"] for data in recipients if data.get("id")]
        allowed = partners_allowed(self, partners)[self.id]
        return [data for data in recipients if data.get("id") in allowed]
