"""Which stores a user may see, for record rules and checks."""

from odoo import fields, models, tools
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
                  LEFT JOIN linkstar_store_group_rel rel ON rel.group_id = m.group_id
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

        :param path: field path from the model to the store
        :param mode: ``read`` or ``write`` (write stands for create and unlink too)
        :param storeless: who sees records without a store: ``nobody`` (but the
            administrators and auditors), ``everyone`` with access to the model, or
            ``template`` (records not of LinkStar as in core, templates for readers
            of the library and their managers)
        :param kind_path: with ``template``, path to ``linkstar_kind``
        :return: a domain as a list
        """
        self.ensure_one()
        if self.has_group("linkstar_project.group_admin"):
            return [(1, "=", 1)]
        if self.has_group("linkstar_project.group_auditor"):
            if mode == "read":
                return [(1, "=", 1)]
            own = [(0, "=", 1)]
        else:
            own = [(path, "in", list(self._linkstar_store_ids()))]
        if storeless == "everyone":
            return ["|", (path, "=", False)] + own
        if storeless == "template":
            group = "template_manager" if mode == "write" else "operator"
            open_to = self.has_group(f"linkstar_project.group_{group}") or (
                self.has_group("linkstar_project.group_template_manager")
            )
            free = [(path, "=", False)]
            if not open_to:
                free = ["&", (path, "=", False), (kind_path, "=", False)]
            return ["|"] + free + own
        return own
