"""Activities on our records: for members, and never by an auditor."""

from odoo import api, models

from .guarding import is_on_ours, unreadable


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        """Hide activities of records that the user may not read any more."""
        query = super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )
        if self.env.is_superuser() or bypass_access:
            return query
        activities = self.browse(query)
        hidden = unreadable(self.env, activities._linkstar_documents())
        if not hidden:
            return query
        kept = self.browse(id_ for id_ in activities.ids if id_ not in hidden)
        return kept._as_query(order)

    def _check_access(self, operation):
        """Also need to read the record; an auditor changes none."""
        result = super()._check_access(operation)
        if not self or self.env.su:
            return result
        rest = self - result[0] if result else self
        documents = rest._linkstar_documents()
        bad = unreadable(self.env, documents)
        if operation != "read" and self.env.user._linkstar_only_audits():
            bad |= {
                key
                for key, model, res_id in documents
                if is_on_ours(self.env, model, res_id)
            }
        if not bad:
            return result
        forbidden = self.browse(id_ for id_ in self.ids if id_ in bad)
        if result:
            return result[0] + forbidden, result[1]
        return forbidden, lambda: forbidden._make_access_error(operation)

    def write(self, vals):
        """Write; an activity moves only to records on which it may be changed."""
        result = super().write(vals)
        if not self.env.su and {"res_model", "res_model_id", "res_id"} & vals.keys():
            self.check_access("write")
        return result

    def _linkstar_documents(self):
        return [
            (activity.id, activity.res_model, activity.res_id)
            for activity in self.sudo()
        ]
