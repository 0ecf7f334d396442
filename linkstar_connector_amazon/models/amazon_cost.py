"""What an MSKU costs: of its product in Odoo, else entered here with its dates."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class LinkstarAmazonCost(models.Model):
    """The cost of one unit of a listing from a day on, for those without a product."""

    _name = "linkstar.amazon.cost"
    _description = "Cost of a listing"
    _inherit = ["linkstar.audit.mixin"]
    _order = "listing_id, date_from desc"
    _rec_name = "listing_id"
    _audit_fields = ("listing_id", "date_from", "unit_cost", "currency_id")

    listing_id = fields.Many2one(
        "linkstar.listing", required=True, index=True, ondelete="cascade"
    )
    store_id = fields.Many2one(
        related="listing_id.store_id", store=True, index=True, string="Store"
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today
    )
    unit_cost = fields.Monetary(
        string="Cost of a unit",
        required=True,
        help="Landed: purchase and first-leg freight.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    is_unused = fields.Boolean(
        string="Product goes first",
        compute="_compute_is_unused",
        help="The listing has a product with a cost in Odoo; that cost is used.",
    )

    _listing_date_uniq = models.UniqueIndex(
        "(listing_id, date_from)", "A listing has one cost from a day on."
    )
    _cost_positive = models.Constraint(
        "CHECK(unit_cost >= 0)", "The cost of a unit is zero or more."
    )

    @api.depends("listing_id")
    def _compute_currency_id(self):
        for cost in self:
            cost.currency_id = (
                cost.currency_id
                or cost.listing_id.store_id.company_id.currency_id
                or self.env.company.currency_id
            )

    @api.depends("listing_id.product_id")
    def _compute_is_unused(self):
        for cost in self:
            listing = cost.listing_id.sudo()
            product = listing.product_id.with_company(listing.company_id)
            cost.is_unused = bool(product and product.standard_price)

    @api.depends("listing_id.display_name", "date_from")
    def _compute_display_name(self):
        for cost in self:
            cost.display_name = f"{cost.listing_id.display_name} {cost.date_from or ''}"

    @api.constrains("listing_id")
    def _check_listing(self):
        """A cost stays with its listing; another listing gets its own."""
        for cost in self:
            if not cost.listing_id.store_id:
                raise ValidationError(self.env._("Choose a listing of a store."))

    @api.model_create_multi
    def create(self, vals_list):
        """Create, and cost the days from then on anew."""
        for vals in vals_list:
            # The target must be the caller's to read: ids are easily guessed.
            self.env["linkstar.listing"].browse(vals.get("listing_id")).check_access(
                "read"
            )
        costs = super().create(vals_list)
        costs._apply(min(costs.mapped("date_from"), default=None))
        return costs

    def write(self, vals):
        """Change, and cost the days since the earlier of both dates anew."""
        if "listing_id" in vals and any(
            cost.listing_id.id != vals["listing_id"] for cost in self
        ):
            raise UserError(
                self.env._("Enter a new cost for the other listing instead.")
            )
        first = min(self.mapped("date_from"), default=None)
        result = super().write(vals)
        if self:
            self._apply(min([first, *self.mapped("date_from")]))
        return result

    def unlink(self):
        """Delete, and cost the days from then on anew."""
        listings, first = self.listing_id, min(self.mapped("date_from"), default=None)
        result = super().unlink()
        self._apply_to(listings, first)
        return result

    def _apply(self, first):
        self._apply_to(self.listing_id, first)

    def _apply_to(self, listings, first):
        self.env.flush_all()
        economics = self.env["linkstar.amazon.economics"]
        for store in listings.store_id:
            own = listings.filtered(lambda item, store=store: item.store_id == store)
            economics._cost_again(store.sudo(), own.mapped("sku"), first)

    @api.private
    def _of_days(self, store, wanted):
        """The cost of a unit on days, in the store's currency.

        The linked product's cost goes first: one price for all its shops, kept by
        purchasing. Else the entered cost that holds on that day.

        :param wanted: set of ``(sku, day as text)``
        :return: ``{(sku, day): cost}``, without those nobody knows
        """
        if not wanted:
            return {}
        rates = {}
        found = {}
        products = self._product_costs(store, {sku for sku, _day in wanted})
        entered = self._entered_costs(store, wanted)
        for sku, day in wanted:
            value, currency_id = products.get(sku) or entered.get((sku, day)) or (0, 0)
            if currency_id:
                key = (currency_id, day)
                if key not in rates:
                    rates[key] = self._rate(store, currency_id, day)
                found[sku, day] = round(value * rates[key], 4)
        return found

    def _rate(self, store, currency_id, day):
        currency = self.env["res.currency"].browse(currency_id)
        if not store.currency_id or currency == store.currency_id:
            return 1.0
        return self.env["res.currency"]._get_conversion_rate(
            currency,
            store.currency_id,
            store.company_id,
            fields.Date.to_date(day),
        )

    def _product_costs(self, store, skus):
        listings = (
            self.env["linkstar.listing"]
            .sudo()
            .with_company(store.company_id)
            .with_context(active_test=False)
            .search(
                [
                    ("store_id", "=", store.id),
                    ("sku", "in", list(skus)),
                    ("product_id", "!=", False),
                ]
            )
        )
        company_currency = store.company_id.currency_id or self.env.company.currency_id
        return {
            listing.sku: (listing.product_id.standard_price, company_currency.id)
            for listing in listings
            if listing.product_id.standard_price
        }

    def _entered_costs(self, store, wanted):
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (w.sku, w.day) w.sku, w.day, c.unit_cost,
                       c.currency_id
                  FROM unnest(%(skus)s::text[], %(days)s::date[]) AS w(sku, day)
                  JOIN linkstar_listing l ON l.store_id = %(store)s AND l.sku = w.sku
                  JOIN linkstar_amazon_cost c
                    ON c.listing_id = l.id AND c.date_from <= w.day
                 ORDER BY w.sku, w.day, c.date_from DESC
                """,
                store=store.id,
                skus=[sku for sku, _day in wanted],
                days=[day for _sku, day in wanted],
            )
        )
        return {
            (sku, str(day)): (float(cost), currency)
            for sku, day, cost, currency in rows
        }
