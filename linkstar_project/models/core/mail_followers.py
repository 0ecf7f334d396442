"""Followers of records of LinkStar are members of the store."""

from collections import defaultdict

from odoo import models

from .guarding import is_guarded_model, partners_allowed


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    def _insert_followers(
        self,
        res_model,
        res_ids,
        partner_ids,
        subtypes=None,
        customer_ids=None,
        check_existing=True,
        existing_policy="skip",
    ):
        """Subscribe those partners only who may see the record."""
        options = {
            "subtypes": subtypes,
            "customer_ids": customer_ids,
            "check_existing": check_existing,
            "existing_policy": existing_policy,
        }
        if not is_guarded_model(res_model) or not partner_ids:
            return super()._insert_followers(res_model, res_ids, partner_ids, **options)
        records = self.env[res_model].browse(res_ids)
        batches = defaultdict(list)
        for res_id, partners in partners_allowed(records, partner_ids).items():
            batches[tuple(sorted(partners))].append(res_id)
        for partners, ids in batches.items():
            if partners:
                super()._insert_followers(res_model, ids, list(partners), **options)
        return None
