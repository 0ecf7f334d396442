"""What counts as too much: limits of an account, and how far streams look back."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..streams import HANDLERS


class LinkstarAmazonAccount(models.Model):
    _inherit = "linkstar.amazon.account"

    acos_target = fields.Float(
        string="ACoS target (%)", default=30.0, help="Zero: nobody is told."
    )
    acos_days = fields.Integer(
        string="Days over the target",
        default=3,
        help="ACoS must be over its target on so many days in a row.",
    )
    return_factor = fields.Float(
        string="Returns rise by the factor",
        default=2.0,
        help="An MSKU's return rate of a week against that of the four weeks before.",
    )
    promotion_notice_days = fields.Integer(
        string="Promotions are told (days ahead)", default=7
    )
    variance_tolerance = fields.Float(
        string="Tolerated variance (%)",
        default=1.0,
        help="By how much our sums of a day may differ from Amazon's.",
    )

    @api.constrains(
        "acos_target",
        "acos_days",
        "return_factor",
        "promotion_notice_days",
        "variance_tolerance",
    )
    def _check_limits(self):
        for account in self:
            if (
                not 1 <= account.acos_days <= 30
                or not 0 <= account.promotion_notice_days <= 60
                or account.return_factor <= 1
                or min(account.acos_target, account.variance_tolerance) < 0
            ):
                raise ValidationError(
                    account.env._(
                        "Limits of %(account)s: between 1 and 30 days for ACoS, at "
                        "most 60 days of notice, a factor over 1, and no negative "
                        "percentages.",
                        account=account.name,
                    )
                )


class LinkstarAmazonStream(models.Model):
    _inherit = "linkstar.amazon.stream"

    look_back_days = fields.Integer(
        string="Look back (days)",
        compute="_compute_look_back_days",
        store=True,
        readonly=False,
        help="Amazon restates the last days: they are read again in each round.",
    )

    @api.model
    def _create_missing_everywhere(self):
        """Streams for kinds of data that came with a newer version."""
        accounts = self.env["linkstar.amazon.account"].sudo()
        self.sudo()._create_missing(accounts.with_context(active_test=False).search([]))

    @api.depends("code")
    def _compute_look_back_days(self):
        for stream in self:
            handler = HANDLERS.get(stream.code)
            stream.look_back_days = handler.look_back_days if handler else 0

    @api.constrains("look_back_days")
    def _check_look_back(self):
        for stream in self:
            if not 0 <= stream.look_back_days <= 90:
                raise ValidationError(
                    self.env._("Streams look back between 0 and 90 days.")
                )
