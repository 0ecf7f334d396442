"""Promotions and coupons: those of the last weeks, and those to come."""

from datetime import timedelta

from odoo.tools.translate import LazyTranslate

from ..engine import promotions
from ..engine.windows import iso
from .reports import Report

_lt = LazyTranslate(__name__)

# How far ahead promotions are planned.
AHEAD = timedelta(days=60)


class Promotions(Report):
    """Promotions by their start. Amazon chooses by report options, not by dates."""

    code = "promotions"
    label = _lt("Promotions")
    sequence = 12
    cadence_minutes = 12 * 60
    look_back_days = 45
    report_type = promotions.PROMOTIONS
    empty_when_cancelled = True
    stem = "promotion"
    parse = staticmethod(promotions.promotion_rows)

    def jobs(self):
        """One report per store."""
        return [
            {
                "store": store.id,
                "start": iso(self.now - self.look_back),
                "end": iso(self.now),
                "until": iso(self.now + AHEAD),
            }
            for store in self.sites().values()
        ]

    def job_options(self, job):
        """The range of starts, as Amazon names it."""
        return {
            f"{self.stem}StartDateFrom": job["start"],
            f"{self.stem}StartDateTo": job["until"],
        }

    def keep(self, store, job, text):
        """Keep the promotions; those that start soon are news."""
        found = self.parse(text)
        return self.env["linkstar.amazon.promotion"]._keep(
            store,
            found.get(store.marketplace_id.external_id, []),
            self.now,
            self.account.promotion_notice_days,
        )


class Coupons(Promotions):
    """Coupons: the same with other words."""

    code = "coupons"
    label = _lt("Coupons")
    sequence = 13
    report_type = promotions.COUPONS
    stem = "coupon"
    parse = staticmethod(promotions.coupon_rows)
