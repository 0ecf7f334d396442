"""Who does what in which store: dispatch, alerts, access and attribution."""

from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.linkstar_project.engine import membership


class LinkstarStoreMember(models.Model):
    """A person's role in a store, a listing of it, or a group of stores."""

    _name = "linkstar.store.member"
    _description = "Store member"
    _inherit = ["linkstar.audit.mixin"]
    _order = "store_id, group_id, role_id, date_from desc, id"

    _audit_fields = (
        "store_id",
        "group_id",
        "listing_id",
        "user_id",
        "employee_id",
        "role_id",
        "is_lead",
        "date_from",
        "date_to",
        "share",
        "active",
    )

    store_id = fields.Many2one("linkstar.store", index=True, ondelete="cascade")
    group_id = fields.Many2one("linkstar.store.group", index=True, ondelete="cascade")
    listing_id = fields.Many2one(
        "linkstar.listing",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('store_id', '=', store_id)]",
        help="Empty: the whole store. A member of a listing goes before the store's.",
    )
    user_id = fields.Many2one(
        "res.users", index=True, ondelete="restrict", domain="[('share', '=', False)]"
    )
    employee_id = fields.Many2one(
        "hr.employee", index="btree_not_null", ondelete="restrict"
    )
    role_id = fields.Many2one("project.role", required=True, ondelete="restrict")
    is_lead = fields.Boolean(
        string="Lead",
        help="Launches templates, overrides gates and answers escalations here.",
    )
    date_from = fields.Date(required=True, default=fields.Date.today)
    date_to = fields.Date(help="Last day, inclusive. Empty: until further notice.")
    share = fields.Float(
        string="Share (%)",
        digits=(5, 2),
        aggregator=None,
        default=100.0,
        help="Part of the store's figures that counts for this person.",
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    active = fields.Boolean(default=True)

    _one_scope = models.Constraint(
        "CHECK((store_id IS NULL) <> (group_id IS NULL))",
        "A member belongs either to one store or to one store group.",
    )
    _listing_needs_store = models.Constraint(
        "CHECK(listing_id IS NULL OR store_id IS NOT NULL)",
        "A member of a listing names the listing's store.",
    )
    _somebody = models.Constraint(
        "CHECK(user_id IS NOT NULL OR employee_id IS NOT NULL)",
        "A member is a user or an employee: choose at least one.",
    )
    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "A membership cannot end before it begins.",
    )
    _share_range = models.Constraint(
        "CHECK(share >= 0 AND share <= 100)", "A share lies between 0 and 100 %."
    )
    _once = models.UniqueIndex(
        "(COALESCE(store_id, 0), COALESCE(group_id, 0), COALESCE(listing_id, 0), "
        "COALESCE(user_id, 0), COALESCE(employee_id, 0), role_id, date_from) "
        "WHERE active",
        "This person has the same role here from the same day already.",
    )

    @api.depends("store_id.company_id", "group_id.company_id")
    def _compute_company_id(self):
        for member in self:
            scope = member.store_id or member.group_id
            member.company_id = scope.company_id

    @api.depends("user_id.name", "employee_id.name", "role_id.name")
    def _compute_display_name(self):
        for member in self:
            person = member.employee_id.name or member.user_id.name or ""
            role = member.role_id.name
            member.display_name = f"{person} ({role})" if role else person

    @api.constrains("listing_id", "store_id")
    def _check_listing(self):
        """A member's listing lies in the member's store."""
        for member in self.sudo():
            if member.listing_id and member.listing_id.store_id != member.store_id:
                raise ValidationError(
                    self.env._(
                        "Listing %(listing)s is not in store %(store)s. Choose a "
                        "listing of that store.",
                        listing=member.listing_id.sku,
                        store=member.store_id.code,
                    )
                )

    @api.constrains("user_id", "employee_id")
    def _check_person(self):
        """User and employee are the same person."""
        for member in self.sudo():
            owner = member.employee_id.user_id
            if member.user_id and owner and owner != member.user_id:
                raise ValidationError(
                    self.env._(
                        "%(employee)s signs in as %(owner)s, not as %(user)s. Choose "
                        "user and employee of one person.",
                        employee=member.employee_id.name,
                        owner=owner.name,
                        user=member.user_id.name,
                    )
                )

    @api.constrains(
        "store_id",
        "group_id",
        "listing_id",
        "role_id",
        "date_from",
        "date_to",
        "share",
        "active",
    )
    def _check_shares(self):
        """Shares of one role in one scope never exceed 100 % on a day."""
        by_scope = self.sudo()._members_by_scope()
        for key in {member._scope_key() for member in self if member.active}:
            rows = by_scope.get(key, [])
            excess = membership.first_excess(rows)
            if excess:
                first = rows[0]["member"]
                scope = first.listing_id or first.store_id or first.group_id
                raise ValidationError(
                    self.env._(
                        "On %(day)s the shares of role %(role)s in %(scope)s add up "
                        "to %(total)g %%. Lower a share or end a membership so that "
                        "they stay within 100 %%.",
                        day=excess[0],
                        role=first.role_id.name,
                        scope=scope.display_name,
                        total=excess[1],
                    )
                )

    def _scope_key(self):
        self.ensure_one()
        return (
            self.store_id.id,
            self.group_id.id,
            self.listing_id.id,
            self.role_id.id,
        )

    def _members_by_scope(self):
        """Return ``{scope key: rows}`` of all members sharing scopes with these."""
        members = self.search(
            Domain("role_id", "in", self.role_id.ids)
            & (
                Domain("store_id", "in", self.store_id.ids)
                | Domain("group_id", "in", self.group_id.ids)
            )
        )
        rows = defaultdict(list)
        for member in members:
            rows[member._scope_key()].append(
                {
                    "member": member,
                    "date_from": member.date_from,
                    "date_to": member.date_to or None,
                    "share": member.share,
                }
            )
        return rows

    # -- writing: access follows at once, nobody changes their own -----------------

    @api.model_create_multi
    def create(self, vals_list):
        """Create members; the other half of user and employee is filled in."""
        members = super().create(self._complete_people(vals_list))
        members._linkstar_refuse_own()
        members._linkstar_access_changed()
        return members

    def write(self, vals):
        """Write; nobody changes their own membership or share."""
        self._linkstar_refuse_own()
        before = self.sudo().user_id
        result = super().write(vals)
        self._linkstar_refuse_own()
        self._linkstar_access_changed()
        self._linkstar_unsubscribe(before)
        return result

    def unlink(self):
        """Delete; prefer an end date, which keeps past attribution."""
        self._linkstar_refuse_own()
        before = self.sudo().user_id
        result = super().unlink()
        self._linkstar_access_changed()
        self._linkstar_unsubscribe(before)
        return result

    def _complete_people(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        employees = self.env["hr.employee"].sudo()
        ids = [v["employee_id"] for v in vals_list if v.get("employee_id")]
        user_of = {e.id: e.user_id.id for e in employees.browse(ids)}
        users = [v["user_id"] for v in vals_list if v.get("user_id")]
        employee_of = {}
        for employee in employees.search([("user_id", "in", users)], order="id desc"):
            employee_of[employee.user_id.id, employee.company_id.id] = employee.id
        stores = self.env["linkstar.store"].sudo()
        for vals in vals_list:
            if vals.get("employee_id") and "user_id" not in vals:
                vals["user_id"] = user_of.get(vals["employee_id"])
            elif vals.get("user_id") and "employee_id" not in vals:
                company = stores.browse(vals.get("store_id") or False).company_id
                company = company or self.env.company
                vals["employee_id"] = employee_of.get((vals["user_id"], company.id))
        return vals_list

    def _linkstar_refuse_own(self):
        """Nobody but an administrator changes their own membership."""
        user = self.env.user
        if self.env.su or user.has_group("linkstar_project.group_admin"):
            return
        own = self.sudo().filtered(
            lambda member: user in (member.user_id | member.employee_id.user_id)
        )
        if own:
            raise AccessError(
                self.env._(
                    "You cannot change your own membership or share. Ask another "
                    "lead of the store, or an administrator."
                )
            )

    def _linkstar_access_changed(self):
        """Forget cached rules here, and tell the other processes to."""
        self.env.registry.clear_cache()

    @api.autovacuum
    def _unsubscribe_former(self):
        """Daily: unsubscribe people whose membership has ended by date."""
        ended = self.sudo().with_context(active_test=False)
        ended = ended.search([("date_to", "<", fields.Date.today())])
        ended._linkstar_unsubscribe(ended.user_id)

    def _linkstar_unsubscribe(self, users):
        """Unsubscribe users from records of stores they are no members of.

        Messages they received before are hidden by the rules of messages.
        """
        followers = self.env["mail.followers"].sudo()
        for user in users:
            if user._linkstar_sees_all("read"):
                continue
            own = user._linkstar_store_ids()
            for model in ("project.project", "project.task"):
                records = self.env[model].sudo().with_context(active_test=False)
                mine = records.search(
                    [
                        ("message_partner_ids", "in", user.partner_id.ids),
                        ("store_id", "!=", False),
                        ("store_id", "not in", own),
                    ]
                )
                followers.search(
                    [
                        ("res_model", "=", model),
                        ("res_id", "in", mine.ids),
                        ("partner_id", "=", user.partner_id.id),
                    ]
                ).unlink()

    # -- questions that other parts ask ------------------------------------------

    @api.model
    @api.private
    def _resolve(self, role_ids, store_ids, on, sku=None):
        """Find the people for roles in stores on a day.

        The narrowest scope with somebody in it wins: the listing's members, then
        the store's, then those of the store's groups.

        :param role_ids: ids of ``project.role``
        :param store_ids: ids of ``linkstar.store``
        :param on: date, or ISO string
        :param sku: MSKU, to prefer the listing's own people
        :return: ``{(role_id, store_id): res.users}``, one key for each pair; empty
            recordset where nobody is found; active internal users only
        """
        users = self.env["res.users"]
        result = {(role, store): users for role in role_ids for store in store_ids}
        if not result:
            return result
        self._flush_for_sql()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.role_id, s.id AS store_id, m.user_id,
                       CASE WHEN m.listing_id IS NOT NULL THEN 0
                            WHEN m.store_id IS NOT NULL THEN 1 ELSE 2 END AS scope
                  FROM linkstar_store s
                  JOIN linkstar_store_member m ON m.store_id = s.id
                       OR m.group_id IN (SELECT rel.group_id
                                           FROM linkstar_store_group_rel rel
                                           JOIN linkstar_store_group g
                                             ON g.id = rel.group_id AND g.active
                                          WHERE rel.store_id = s.id)
                  JOIN res_users u ON u.id = m.user_id
                       AND u.active AND NOT COALESCE(u.share, FALSE)
                  LEFT JOIN linkstar_listing l ON l.id = m.listing_id
                 WHERE s.id = ANY(%(stores)s)
                   AND m.role_id = ANY(%(roles)s)
                   AND m.active
                   AND m.date_from <= %(day)s
                   AND (m.date_to IS NULL OR m.date_to >= %(day)s)
                   AND (m.listing_id IS NULL OR l.sku = %(sku)s)
                 ORDER BY scope, m.share DESC, m.id
                """,
                stores=list(store_ids),
                roles=list(role_ids),
                day=fields.Date.to_date(on),
                sku=sku or None,
            )
        )
        best = {}
        for role, store, user, scope in rows:
            key = (role, store)
            if best.setdefault(key, scope) == scope:
                result[key] |= users.browse(user)
        return result

    @api.model
    @api.private
    def _leads(self, store_ids, on):
        """Return ``{store_id: res.users}``: who leads each store on a day."""
        users = self.env["res.users"]
        result = dict.fromkeys(store_ids, users)
        day = fields.Date.to_date(on)
        for row in self._active_rows(store_ids, day, day, only_leads=True):
            if row["user_id"]:
                result[row["store_id"]] |= users.browse(row["user_id"])
        return {
            store: found.filtered(lambda user: user.active and not user.share)
            for store, found in result.items()
        }

    @api.model
    @api.private
    def _segments(self, date_from, date_to):
        """Return who held which share of which store, by date.

        :param date_from: first day, inclusive (date or ISO string)
        :param date_to: last day, inclusive
        :return: list of dicts with ``store_id``, ``listing_id`` (or None),
            ``role_id``, ``employee_id``, ``user_id``, ``date_from``, ``date_to``
            (dates inside the span), ``share`` (percent). A group's membership
            appears once for each of its stores.
        """
        start, end = fields.Date.to_date(date_from), fields.Date.to_date(date_to)
        segments = []
        for row in self._active_rows(None, start, end):
            days = membership.clip(row["date_from"], row["date_to"], start, end)
            if days:
                row["date_from"], row["date_to"] = days
                segments.append(row)
        return segments

    def _flush_for_sql(self):
        for model in ("linkstar.store.member", "linkstar.store.group"):
            self.env[model].flush_model()
        self.env["linkstar.listing"].flush_model(["sku"])
        self.env["res.users"].flush_model(["active", "share"])

    def _active_rows(self, store_ids, start, end, only_leads=False):
        self._flush_for_sql()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT COALESCE(m.store_id, rel.store_id) AS store_id,
                       m.listing_id, m.role_id, m.employee_id, m.user_id,
                       m.date_from, m.date_to, m.share
                  FROM linkstar_store_member m
                  LEFT JOIN linkstar_store_group g ON g.id = m.group_id AND g.active
                  LEFT JOIN linkstar_store_group_rel rel ON rel.group_id = g.id
                 WHERE m.active
                   AND COALESCE(m.store_id, rel.store_id) IS NOT NULL
                   AND m.date_from <= %(end)s
                   AND COALESCE(m.date_to, %(forever)s) >= %(start)s
                   AND (m.is_lead OR NOT %(leads)s)
                 ORDER BY m.id, 1
                """,
                start=start,
                end=end,
                forever=date.max,
                leads=only_leads,
            )
        )
        if store_ids is not None:
            wanted = set(store_ids)
            rows = [row for row in rows if row["store_id"] in wanted]
        return rows
