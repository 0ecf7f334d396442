"""Who may post on records of LinkStar, who is told, and of what."""

from markupsafe import Markup

from odoo import models
from odoo.exceptions import AccessError

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

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Follow; an auditor reads without leaving a trace on our records."""
        if not self.env.su and self.env.user._linkstar_only_audits() and guarded(self):
            raise AccessError(
                self.env._("Auditors read these records and change nothing on them.")
            )
        return super().message_subscribe(partner_ids, subtype_ids)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Tell members only: a mention reaches nobody outside the store."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if len(self) != 1 or not guarded(self):
            return recipients
        partners = [data["id"] for data in recipients if data.get("id")]
        allowed = partners_allowed(self, partners)[self.id]
        return [data for data in recipients if data.get("id") in allowed]

    def _notify_by_email_render_layout(
        self, message, recipients_group, msg_vals=False, render_values=None
    ):
        """Send code, title and link, no content: an inbox is no safe place."""
        if guarded(self):
            body = Markup("<p>%s</p>") % self._linkstar_notice()
            message = message.new({"body": body}, origin=message)
            msg_vals = dict(msg_vals or {}, body=body)
            render_values = dict(
                render_values or {}, message=message, tracking_values=[]
            )
        return super()._notify_by_email_render_layout(
            message, recipients_group, msg_vals=msg_vals, render_values=render_values
        )

    def _notify_by_web_push_prepare_payload(
        self, message, msg_vals=False, force_record_name=False
    ):
        """Show who and which record on the lock screen, no content."""
        payload = super()._notify_by_web_push_prepare_payload(
            message, msg_vals=msg_vals, force_record_name=force_record_name
        )
        if guarded(self):
            payload["options"]["body"] = self._linkstar_notice()
        return payload

    def _linkstar_notice(self):
        return self.env._("There is news. Open the record to read it.")
