"""The account record that people keep by hand: logins and second factors."""

from odoo import api, fields, models

from odoo.addons.linkstar_project.models.handover.holdings import Kind


class LinkstarAccountLogin(models.Model):
    """One login of an account on a platform: whose, and who holds the second factor.

    Never a password: those belong into a password manager.
    """

    _name = "linkstar.account.login"
    _description = "Account Login"
    _inherit = ["linkstar.audit.mixin"]
    _order = "store_id, kind, id"
    _rec_name = "login"
    _audit_fields = (
        "kind",
        "login",
        "user_id",
        "second_factor",
        "second_factor_holder_id",
        "date_to",
    )

    store_id = fields.Many2one(
        "linkstar.store", required=True, index=True, ondelete="cascade"
    )
    seller_id = fields.Many2one(related="store_id.seller_id")
    kind = fields.Selection(
        [
            ("main", "Main login"),
            ("sub", "Sub-user"),
            ("provider", "Service provider"),
        ],
        required=True,
        default="sub",
    )
    login = fields.Char(
        required=True, help="E-mail or phone of the login. No password."
    )
    user_id = fields.Many2one("res.users", "Used by", domain="[('share', '=', False)]")
    permissions = fields.Char(help="What this login may do on the platform.")
    second_factor = fields.Selection(
        [
            ("app", "Authenticator app"),
            ("sms", "Text message"),
            ("key", "Security key"),
            ("none", "None yet"),
        ],
        required=True,
        default="none",
    )
    second_factor_holder_id = fields.Many2one(
        "res.users", "Second factor held by", domain="[('share', '=', False)]"
    )
    backup = fields.Char(
        "Backup method", help="Where the backup codes lie. Never the codes."
    )
    date_from = fields.Date(default=fields.Date.context_today)
    date_to = fields.Date("Removed on")
    note = fields.Text()
    active = fields.Boolean(default=True)
    lacks_second_factor = fields.Boolean(
        compute="_compute_lacks_second_factor", string="Without second factor"
    )

    _once = models.UniqueIndex(
        "(store_id, lower(login)) WHERE active",
        "This login stands in the account's record already.",
    )

    @api.depends("second_factor", "second_factor_holder_id", "date_to")
    def _compute_lacks_second_factor(self):
        for login in self:
            held = login.second_factor != "none" and login.second_factor_holder_id
            login.lacks_second_factor = not held and not login.date_to


class LinkstarHandover(models.Model):
    _inherit = "linkstar.handover"

    @api.model
    @api.private
    def _kinds(self):
        """Second factors go to a successor before somebody leaves."""
        return {
            **super()._kinds(),
            "second_factor": Kind(
                "linkstar.account.login",
                "second_factor_holder_id",
                [("date_to", "=", False)],
            ),
        }

    @api.model
    @api.private
    def _kind_words(self):
        return {
            **super()._kind_words(),
            "second_factor": self.env._("Second factors of accounts"),
        }


class LinkstarStore(models.Model):
    _inherit = "linkstar.store"

    account_login_ids = fields.One2many("linkstar.account.login", "store_id")


class ProjectProject(models.Model):
    _inherit = "project.project"

    seller_external_id = fields.Char(
        "Seller id", related="store_id.seller_id.external_id"
    )
    account_login_ids = fields.One2many(related="store_id.account_login_ids")

    def action_account_record(self):
        """Open the account's logins."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Account record"),
            "res_model": "linkstar.account.login",
            "view_mode": "list,form",
            "domain": [("store_id", "=", self.store_id.id)],
            "context": {"default_store_id": self.store_id.id},
        }
