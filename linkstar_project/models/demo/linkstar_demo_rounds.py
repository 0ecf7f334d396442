"""Store rounds of the demo company: two weeks behind, and today's."""

from datetime import timedelta
from random import Random

from odoo import api, fields, models

DAYS = 14


class LinkstarDemo(models.AbstractModel):
    _inherit = "linkstar.demo"

    @api.model
    @api.private
    def _load_rounds(self):
        """Open each of the last days' rounds, walk most of them, then open today's."""
        now = fields.Datetime.now()
        rounds = self.env["linkstar.round"].sudo()
        for back in range(DAYS, 0, -1):
            moment = now - timedelta(days=back)
            rounds._open_due(moment)
            fresh = rounds.search([("state", "=", "open")])
            self._walk(fresh)
            rounds._close_overdue(moment + timedelta(days=2))
        rounds._open_due(now)

    @api.model
    def _walk(self, rounds):
        """Answer as people do: mostly everything, now and then nothing."""
        for one in rounds:
            chance = Random(f"{one.store_id.code}/{one.date}/{one.template_id.id}")
            if chance.random() < 0.12:
                continue
            checks = one.check_ids
            if chance.random() < 0.1:
                checks = checks[:-1]
            for check in checks:
                fault = chance.random() < 0.05
                check.write(
                    {
                        "result": "fault" if fault else "ok",
                        "checked_at": one.opens_at + timedelta(hours=9),
                    }
                )
            one._linkstar_recount()
            if one.state == "done":
                one.done_at = one.opens_at + timedelta(hours=9, minutes=3)
