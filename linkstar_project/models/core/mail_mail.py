"""E-mails about our records carry no files: those stay behind the login."""

from odoo import models

from .guarding import is_on_ours


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Leave the message's files out of the e-mail (not out of the message)."""
        self.ensure_one()
        if not self.attachment_ids or not is_on_ours(self.env, self.model, self.res_id):
            return super()._prepare_outgoing_list(mail_server, doc_to_followers)
        files = self._fields["attachment_ids"]
        files._update_cache(self, ())
        try:
            return super()._prepare_outgoing_list(mail_server, doc_to_followers)
        finally:
            self.invalidate_recordset(["attachment_ids"], flush=False)
