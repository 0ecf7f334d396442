"""Settlements: what Amazon paid out, and what it was made of."""

from odoo import fields, models

from ..engine.daily import fact_row
from ..engine.local_day import local_day

KINDS = [
    ("proceeds", "Proceeds"),
    ("refunds", "Refunds"),
    ("fees", "Fees"),
    ("ads", "Ads"),
    ("tax", "Tax"),
    ("other", "Other"),
]


class LinkstarAmazonSettlement(models.Model):
    """A pay-out of two weeks. Written by the sync once; a settlement never changes."""

    _name = "linkstar.amazon.settlement"
    _description = "Amazon settlement"
    _order = "end_at desc, id desc"
    _rec_name = "reference"
    _rec_names_search = ["reference"]

    account_id = fields.Many2one(
        "linkstar.amazon.account", required=True, ondelete="cascade", readonly=True
    )
    store_id = fields.Many2one(
        "linkstar.store", required=True, index=True, ondelete="restrict", readonly=True
    )
    reference = fields.Char(string="Settlement", required=True, readonly=True)
    report = fields.Char(string="Report id", required=True, readonly=True)
    start_at = fields.Datetime(string="From", readonly=True)
    end_at = fields.Datetime(string="Until", readonly=True)
    deposit_at = fields.Datetime(string="Paid out", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    total = fields.Monetary(readonly=True, help="What Amazon paid out.")
    difference = fields.Monetary(
        readonly=True, help="Total less the sum of the lines; zero when all is told."
    )
    line_ids = fields.One2many(
        "linkstar.amazon.settlement.line", "settlement_id", readonly=True
    )

    _report_uniq = models.UniqueIndex(
        "(account_id, report)", "A settlement is kept once."
    )

    def _missing(self, account, reports):
        """Those of Amazon's report ids that are not kept yet, in their order."""
        known = set(
            self.search(
                [("account_id", "=", account.id), ("report", "in", list(reports))]
            ).mapped("report")
        )
        return [report for report in reports if report not in known]

    def _keep(self, account, store, report, found, now):
        """Keep a settlement with its lines, and the fact of its pay-out.

        :param report: Amazon's id of the report
        :param found: ``engine.settlements.Settlement``
        :return: number of lines
        """
        if not self._missing(account, [report]):
            return 0
        currency = self.env["res.currency"].with_context(active_test=False)
        currency = currency.search([("name", "=", found.currency)], limit=1)
        told = sum(line.amount for line in found.lines)
        settlement = self.create(
            {
                "account_id": account.id,
                "store_id": store.id,
                "reference": found.reference,
                "report": report,
                "start_at": found.start,
                "end_at": found.end,
                "deposit_at": found.deposit,
                "currency_id": (currency or store.currency_id).id,
                "total": found.total,
                "difference": round(found.total - told, 2),
            }
        )
        self.env["linkstar.amazon.settlement.line"]._insert(settlement, found.lines)
        self._tell_payout(store, local_day(found.deposit, store.tz), now)
        return len(found.lines)

    def _tell_payout(self, store, day, now):
        """Pay-outs of a day: a store may get two."""
        paid = self.search([("store_id", "=", store.id)]).filtered(
            lambda one: local_day(one.deposit_at, store.tz) == day
        )
        self.env["linkstar.fact"]._upsert(
            [
                fact_row(
                    store.id,
                    "payout",
                    day,
                    sum(paid.mapped("total")),
                    currency_id=paid[:1].currency_id.id,
                    as_of=now,
                )
            ]
        )
