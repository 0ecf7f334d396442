"""Which stores a user may see, for record rules and checks."""

from odoo import fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL


class ResUsers(models.Model):
    _inherit = "res.users"

    @tools.ormcache("self.id", "today", "lead")
    def _linkstar_member_store_ids(self, today, lead=False):
        self.env["linkstar.store.member"].flush_model()
        self.env["linkstar.store.group"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT COALESCE(m.store_id, rel.store_id)
                  FROM linkstar_store_member m
                  LEFT JOIN linkstar_store_group g ON g.id = m.group_id AND g.active
                  LEFT JOIN linkstar_store_group_rel rel ON rel.group_id = g.id
                 WHERE m.user_id = %(user)s
                   AND m.active
                   AND (m.date_from IS NULL OR m.date_from <= %(today)s)
                   AND (m.date_to IS NULL OR m.date_to >= %(today)s)
                   AND (m.is_lead OR NOT %(lead)s)
                """,
                user=self.id,
                today=today,
                lead=lead,
            )
        )
        return tuple(sorted(row[0] for row in rows if row[0]))

    def _linkstar_store_ids(self):
        """Ids of the stores this user is a member of today (UTC)."""
        return self._linkstar_member_store_ids(fields.Date.today().isoformat())

    def _linkstar_lead_store_ids(self):
        """Ids of the stores this user leads today (UTC)."""
        return self._linkstar_member_store_ids(fields.Date.today().isoformat(), True)

    def _linkstar_domain(
        self, path, mode="read", storeless="nobody", kind_path="linkstar_kind"
    ):
        """Domain of a record rule: own stores only.

        A person who is an auditor besides reads everything and keeps the writes
        of their other roles.

        :param path: field path from the model to the store, or several of them,
            one of which must lead to an own store
        :param mode: ``read``, ``write`` (for create and unlink too) or ``lead``
            (writes that only leads of the store may do)
        :param storeless: who sees records without a store: ``nobody`` (but the
            administrators and auditors), ``everyone`` with access to the model, or
            ``template`` (records not of LinkStar as in core, templates for readers
            of the library and their managers)
        :param kind_path: with ``template``, path to ``linkstar_kind``
        :return: a domain as a list
        """
        self.ensure_one()
        if self._linkstar_sees_all(mode):
            return [(1, "=", 1)]
        paths = [path] if isinstance(path, str) else list(path)
        if mode == "lead":
            is_lead = self.has_group("linkstar_project.group_lead")
            stores = list(self._linkstar_lead_store_ids()) if is_lead else []
        else:
            stores = list(self._linkstar_store_ids())
        domain = Domain.OR(Domain(name, "in", stores) for name in paths)
        if storeless != "nobody":
            free = Domain.AND(Domain(name, "=", False) for name in paths)
            if storeless == "template" and not self._linkstar_uses_library(mode):
                free &= Domain(kind_path, "=", False)
            domain |= free
        return list(domain)

    def _linkstar_sees_all(self, mode):
        if self.has_group("linkstar_project.group_admin"):
            return True
        return mode == "read" and self.has_group("linkstar_project.group_auditor")

    def _linkstar_only_audits(self):
        """Tell whether this person reads everything and may change nothing."""
        self.ensure_one()
        roles = ("group_operator", "group_template_manager")
        return self.has_group("linkstar_project.group_auditor") and not any(
            self.has_group(f"linkstar_project.{role}") for role in roles
        )

    def _linkstar_uses_library(self, mode):
        if self.has_group("linkstar_project.group_template_manager"):
            return True
        return mode == "read" and self.has_group("linkstar_project.group_operator")

    def _linkstar_same_person(self):
        """Return all users of the people behind these users, themselves included.

        Users are one person when they share an employee (also through a store
        membership) or an e-mail address: one person never approves as another.
        """
        if not self:
            return self
        users = self.sudo().with_context(active_test=False)
        members = self.env["linkstar.store.member"].sudo()
        members = members.with_context(active_test=False)
        employees = users.employee_ids
        employees |= members.search([("user_id", "in", users.ids)]).employee_id
        same = users | employees.user_id
        same |= members.search([("employee_id", "in", employees.ids)]).user_id
        emails = [email for email in users.mapped("email_normalized") if email]
        if emails:
            same |= users.search([("email_normalized", "in", emails)])
        return self.browse(same.ids)
