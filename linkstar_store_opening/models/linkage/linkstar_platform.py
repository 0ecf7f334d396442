"""A platform's rule on several accounts of one legal entity."""

from odoo import fields, models

from ...engine.linkage import Policy


class LinkstarPlatform(models.Model):
    """The rule that decides which shops may share what.

    The values that come along rest on sources graded B to D: check them with the
    platform.
    """

    _inherit = "linkstar.platform"

    accounts_per_entity = fields.Integer(
        default=1,
        aggregator=None,
        help="How many accounts one legal entity may have. 0: no limit.",
    )
    account_scope = fields.Selection(
        [
            ("platform", "Whole platform"),
            ("region", "Region"),
            ("site", "Site"),
        ],
        string="Accounts counted per",
        required=True,
        default="platform",
    )

    def _linkage_policy(self):
        """The rule as the engine takes it."""
        return Policy(self.accounts_per_entity, self.account_scope)
