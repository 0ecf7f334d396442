"""Next year's promotion calendar, proposed from the year before."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine import promotion_year
from ..models.react.linkstar_promotion import MILESTONES

FIRST_YEAR, LAST_YEAR = 2000, 2100
COPIED = ("code", "platform_id", "marketplace_id", "lead_days")
SHOWN = ("deal_deadline", "stock_deadline", "date_from", "date_to")


class LinkstarPromotionRoll(models.TransientModel):
    """Which promotions come again, and when; what is there already is left out."""

    _name = "linkstar.promotion.roll"
    _description = "Next year's promotions"

    year = fields.Integer(
        required=True, default=lambda self: self._next_year(), aggregator=None
    )
    promotion_ids = fields.Many2many(
        "linkstar.promotion",
        string="Promotions",
        compute="_compute_promotion_ids",
        store=True,
        readonly=False,
        help="Promotions of the year before that are not in the calendar yet. Take "
        "out what does not come again.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def _next_year(self):
        """The first year after the calendar's last one."""
        last = self.env["linkstar.promotion"].search([], order="year desc", limit=1)
        return last.year + 1 if last else fields.Date.today().year + 1

    @api.depends("year")
    def _compute_promotion_ids(self):
        calendar = self.env["linkstar.promotion"]
        for wizard in self:
            entries = calendar.with_context(active_test=False).search(
                [("year", "=", wizard.year)]
            )
            there = {wizard._identity(entry, entry.name) for entry in entries}
            wizard.promotion_ids = calendar.search(
                [("year", "=", wizard.year - 1)]
            ).filtered(
                lambda entry, w=wizard, t=there: (
                    w._identity(entry, w._new_name(entry)) not in t
                )
            )

    @staticmethod
    def _identity(entry, name):
        """What makes an entry the same promotion as one of another year."""
        where = entry.platform_id.id, entry.marketplace_id.id, entry.code
        return (*where, name) if entry.code == "other" else where

    def _new_name(self, entry):
        return promotion_year.rename(entry.name, entry.year, self.year)

    def _rolled(self, entry):
        """Dates of an entry in the wizard's year, and whether they are exact."""
        dates = {name: entry[name] for name, _label in MILESTONES}
        return promotion_year.roll(entry.code, dates, self.year)

    @api.depends("promotion_ids", "year")
    def _compute_preview(self):
        labels = self.env["linkstar.promotion"].fields_get(SHOWN, ["string"])
        titles = [self.env._("Promotion")]
        titles += [*(labels[name]["string"] for name in SHOWN), ""]
        header = Markup().join(Markup("<th>%s</th>") % title for title in titles)
        for wizard in self:
            wizard.preview = False
            if not FIRST_YEAR <= wizard.year <= LAST_YEAR:
                continue
            rows = Markup().join(map(wizard._render, wizard.promotion_ids._origin))
            wizard.preview = rows and Markup(
                '<div class="table-responsive"><table class="table table-sm">'
                "<tr>%s</tr>%s</table></div>"
            ) % (header, rows)

    def _render(self, entry):
        """One proposed entry; text is escaped."""
        dates, exact = self._rolled(entry)
        cells = [self._new_name(entry)]
        cells += [
            format_date(self.env, dates[name]) if dates[name] else "–" for name in SHOWN
        ]
        cells.append(self.env._("fixed day") if exact else self.env._("to confirm"))
        row = Markup().join(Markup("<td>%s</td>") % cell for cell in cells)
        css = "" if exact else "table-warning"
        return Markup('<tr class="%s">%s</tr>') % (css, row)

    def action_create(self):
        """Enter the proposed promotions; moving ones are marked as not announced.

        :raise UserError: if the year is none to plan for, or nothing is chosen
        """
        self.ensure_one()
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise UserError(self.env._("Enter a year such as 2028."))
        entries = self.promotion_ids.filtered(lambda e: e.year == self.year - 1)
        if not entries:
            raise UserError(
                self.env._(
                    "Every promotion of %(old)s is in the calendar of %(new)s already.",
                    old=self.year - 1,
                    new=self.year,
                )
            )
        created = self.env["linkstar.promotion"].create(
            [self._values(entry) for entry in entries]
        )
        for lang, _name in self.env["res.lang"].get_installed():
            for entry, new in zip(entries, created, strict=True):
                old = entry.with_context(lang=lang)
                new.with_context(lang=lang).name = self._new_name(old)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Promotions %s", self.year),
            "res_model": "linkstar.promotion",
            "views": [(False, "list"), (False, "calendar"), (False, "form")],
            "domain": [("id", "in", created.ids)],
        }

    def _values(self, entry):
        dates, exact = self._rolled(entry)
        copied = {
            name: entry[name].id if name.endswith("_id") else entry[name]
            for name in COPIED
        }
        return copied | dates | {"name": self._new_name(entry), "is_confirmed": exact}
