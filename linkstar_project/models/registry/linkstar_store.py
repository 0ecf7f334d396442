"""Stores: a seller on a marketplace."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class LinkstarStore(models.Model):
    """A shop: the unit of work, access and figures."""

    _name = "linkstar.store"
    _description = "Store"
    _inherit = ["linkstar.audit.mixin", "linkstar.system.fields.mixin"]
    _order = "code"
    _rec_names_search = ["code", "name"]

    _audit_fields = (
        "name",
        "code",
        "marketplace_id",
        "seller_id",
        "company_id",
        "state",
        "stock_store_id",
        "active",
    )
    _audit_store_path = "id"

    name = fields.Char(required=True)
    code = fields.Char(
        required=True, help="Unique short name, such as US-NOVA; used in imports."
    )
    marketplace_id = fields.Many2one(
        "linkstar.marketplace", required=True, index=True, ondelete="restrict"
    )
    platform_id = fields.Many2one(
        related="marketplace_id.platform_id", store=True, index=True
    )
    seller_id = fields.Many2one("linkstar.seller", index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="marketplace_id.currency_id", store=True)
    tz = fields.Selection(related="marketplace_id.tz")
    state = fields.Selection(
        [
            ("opening", "Opening"),
            ("active", "Active"),
            ("restricted", "Restricted"),
            ("closed", "Closed"),
        ],
        required=True,
        default="active",
        index=True,
        help="Restricted: the platform limits the account. Closed: kept for its past.",
    )
    stock_store_id = fields.Many2one(
        "linkstar.store",
        string="Stock pool of",
        index="btree_not_null",
        ondelete="restrict",
        help="The store whose stock this one sells from (pan-European FBA).",
    )
    stock_pool_store_id = fields.Many2one(
        "linkstar.store",
        string="Stock pool",
        compute="_compute_stock_pool_store_id",
        help="The store that owns the stock: the pool's store, or this one.",
    )
    group_ids = fields.Many2many(
        "linkstar.store.group",
        "linkstar_store_group_rel",
        "store_id",
        "group_id",
        string="Store groups",
    )
    member_ids = fields.One2many("linkstar.store.member", "store_id")
    listing_ids = fields.One2many("linkstar.listing", "store_id")
    listing_count = fields.Integer(compute="_compute_counts")
    member_count = fields.Integer(compute="_compute_counts")
    active = fields.Boolean(default=True)
    color = fields.Integer()

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another store has this code. Store codes are unique."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for store in self:
            parts = [store.code or ""]
            if store.name and store.name != store.code:
                parts.append(store.name)
            store.display_name = " ".join(parts).strip()

    @api.depends("stock_store_id")
    def _compute_stock_pool_store_id(self):
        for store in self:
            store.stock_pool_store_id = store.stock_store_id or store._origin

    def _compute_counts(self):
        listings = dict(
            self.env["linkstar.listing"]._read_group(
                [("store_id", "in", self.ids)], ["store_id"], ["__count"]
            )
        )
        members = dict(
            self.env["linkstar.store.member"]._read_group(
                [("store_id", "in", self.ids)], ["store_id"], ["__count"]
            )
        )
        for store in self:
            store.listing_count = listings.get(store, 0)
            store.member_count = members.get(store, 0)

    @api.constrains("seller_id", "marketplace_id", "company_id")
    def _check_seller(self):
        """A store's seller is registered where the store sells."""
        for store in self.sudo():
            seller = store.seller_id
            if not seller:
                continue
            site = store.marketplace_id
            if seller.platform_id != site.platform_id or (
                seller.region and site.region and seller.region != site.region
            ):
                raise ValidationError(
                    self.env._(
                        "Store %(store)s sells on %(site)s, where seller account "
                        "%(seller)s is not registered. Choose the seller account of "
                        "that platform and region.",
                        store=store.code,
                        site=site.display_name,
                        seller=seller.name,
                    )
                )
            if seller.company_id != store.company_id:
                raise ValidationError(
                    self.env._(
                        "Store %(store)s and its seller account %(seller)s belong to "
                        "different companies. Choose one company for both.",
                        store=store.code,
                        seller=seller.name,
                    )
                )

    @api.constrains("stock_store_id", "company_id")
    def _check_stock_store(self):
        """A stock pool is one step away, on the same platform and company."""
        for store in self.sudo():
            pool = store.stock_store_id
            if not pool:
                continue
            if (
                pool == store
                or pool.stock_store_id
                or pool.platform_id != store.platform_id
                or pool.company_id != store.company_id
                or self.sudo().search_count(
                    [("stock_store_id", "=", store.id)], limit=1
                )
            ):
                raise ValidationError(
                    self.env._(
                        "Store %(store)s cannot draw on the stock of %(pool)s. A pool "
                        "belongs to one store of the same platform and company that "
                        "has its own stock.",
                        store=store.code,
                        pool=pool.code,
                    )
                )

    def action_open_listings(self):
        """Open the listings of this store."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_project.linkstar_listing_action"
        )
        return dict(
            action,
            domain=[("store_id", "=", self.id)],
            context={"default_store_id": self.id},
        )

    def _get_connect_action(self):
        """Hook: the action that connects this store to its platform.

        Connectors return theirs for the stores of their platform and leave the
        rest to ``super()``.

        :return: an action's dict, or False: no connector for this platform
        """
        self.ensure_one()
        return False

    def _check_member(self, mode="read"):
        """Raise AccessError unless the user may work on these stores.

        :param mode: ``read`` or ``write``; an auditor may read only
        """
        if self.env.su or not self:
            return
        user = self.env.user
        if not user._linkstar_sees_all(mode):
            self._linkstar_refuse_outside(user._linkstar_store_ids())
        # Companies and whatever else restricts reading.
        self.check_access("read")

    def _check_lead(self):
        """Raise AccessError unless the user leads all these stores.

        Administrators lead every store. A lead needs the group as well as the
        mark on the membership, so that either can be withdrawn.
        """
        if self.env.su or not self:
            return
        user = self.env.user
        if not user.has_group("linkstar_project.group_admin"):
            if not user._linkstar_sees_all("read"):
                self._linkstar_refuse_outside(user._linkstar_store_ids())
            self._linkstar_refuse_unled(user)
        self.check_access("read")

    def _linkstar_refuse_unled(self, user):
        leads = ()
        if user.has_group("linkstar_project.group_lead"):
            leads = user._linkstar_lead_store_ids()
        outside = self.filtered(lambda store: store.id not in leads)
        if outside:
            raise AccessError(
                self.env._(
                    "Only a lead of %(stores)s may do this. Ask the store's lead, or "
                    "an administrator to make you one.",
                    stores=", ".join(outside.sudo().mapped("code")),
                )
            )

    def _linkstar_refuse_outside(self, store_ids):
        """Refuse, without naming stores that the user may not know of."""
        outside = self.filtered(lambda store: store.id not in store_ids)
        if outside:
            raise AccessError(
                self.env._(
                    "You are not a member of %(count)s of these stores. Ask the "
                    "store's lead to add you under Stores, Members.",
                    count=len(outside),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Create stores; group membership may open them to people at once."""
        stores = super().create(vals_list)
        if any(vals.get("group_ids") for vals in vals_list):
            self.env.registry.clear_cache()
        return stores

    def write(self, vals):
        """Write; a change of groups changes who sees the store."""
        people = self.env["res.users"]
        if "group_ids" in vals:
            people = self.sudo().with_context(active_test=False).group_ids._people()
        result = super().write(vals)
        if {"group_ids", "member_ids", "company_id"} & set(vals):
            self.env.registry.clear_cache()
            self.env["linkstar.store.member"]._linkstar_unsubscribe(people)
        return result

    def unlink(self):
        """Delete stores that nothing points at, and forget who saw them."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
