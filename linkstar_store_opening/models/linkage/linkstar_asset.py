"""Things that tie shops together in a platform's eyes."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.orm.models import NO_ACCESS

from odoo.addons.linkstar_project.models.trust.secret_access import append_apart

from ...engine import linkage

KINDS = [
    ("entity", "Company"),
    ("tax_number", "Tax number"),
    ("representative", "Legal representative"),
    ("id_number", "Identity document"),
    ("bank_account", "Payout account"),
    ("card", "Charge card"),
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("address", "Address"),
    ("device", "Device"),
    ("browser_profile", "Browser profile"),
    ("line", "Internet line"),
    ("ip", "IP address"),
    ("mac", "MAC address"),
    ("vps", "Cloud computer"),
    ("images", "Images"),
    ("sku_data", "SKU data and texts"),
    ("trademark", "Trademark"),
    ("login", "Shared login"),
]
MASKS = {
    "phone": "phone",
    "email": "email",
    "bank_account": "bank",
    "id_number": "id_number",
    "tax_number": "id_number",
    "card": "bank",
}
KEEPERS = "linkstar_store_opening.group_compliance"
#: How many values one person may enter by hand in an hour: each answers whether the
#: value is known, so an unlimited form would let numbers be guessed.
VALUES_PER_HOUR = 200
#: How the trail calls such a question.
ASKED = "asked"


class LinkstarAsset(models.Model):
    """An asset of the linkage register (防关联台账): a phone, a line, a device …

    The identifying value (a number, an address) is kept encrypted with a keyed hash
    to find equal ones; one value is one asset, so that shops which use it meet. The
    register prevents sharing by accident; it is no aid to evade a ban.
    """

    _name = "linkstar.asset"
    _description = "Linkage Asset"
    _inherit = [
        "linkstar.kept.value.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.audit.mixin",
    ]
    _order = "kind, name"
    _system_fields = frozenset({"fingerprint", "partner_id"})
    _audit_fields = ("name", "kind", "active", "fingerprint")
    _audit_hidden_fields = ("fingerprint",)
    _audit_store_path = False
    _linkstar_secret_fields = {
        f"value_{kind}": {
            "kind": MASKS.get(kind, "text"),
            "groups": KEEPERS,
            "matchable": True,
        }
        for kind, _label in KINDS
    }

    name = fields.Char(required=True, help="A label, never the number itself.")
    kind = fields.Selection(KINDS, required=True)
    value = fields.Char(
        string="Number or address",
        compute="_compute_value",
        inverse="_inverse_value",
        help="What identifies it: stored encrypted, compared by a keyed hash. Of a "
        "card only the last four digits, expiry and holder. Never a verification code.",
    )
    fingerprint = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)
    partner_id = fields.Many2one(
        "res.partner",
        string="Company in contacts",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    active = fields.Boolean(default=True)
    usage_ids = fields.One2many("linkstar.asset.usage", "asset_id")
    conflict_ids = fields.One2many("linkstar.asset.conflict", "asset_id")
    store_count = fields.Integer("Shops", compute="_compute_store_count")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    _value_once = models.UniqueIndex(
        "(company_id, kind, fingerprint) WHERE fingerprint IS NOT NULL",
        "This number or address stands in the register already. Search for it and "
        "add the shop there.",
    )
    _partner_once = models.UniqueIndex(
        "(company_id, partner_id) WHERE partner_id IS NOT NULL",
        "This company stands in the register already.",
    )

    @api.depends("kind")
    def _compute_value(self):
        """Masked: who may see it in clear asks for it with a reason."""
        for kind, assets in self.grouped("kind").items():
            masked = self.env["linkstar.secret"]._masked(
                self._name, assets.ids, f"value_{kind}"
            )
            for asset in assets:
                asset.value = masked.get(asset.id)

    def _inverse_value(self):
        for asset in self.filtered("value"):
            if "•" not in asset.value:
                asset._keep_value(asset.value)

    @api.depends("usage_ids")
    def _compute_store_count(self):
        counts = dict(
            self.env["linkstar.asset.usage"]._read_group(
                [("asset_id", "in", self.ids)],
                ["asset_id"],
                ["store_id:count_distinct"],
            )
        )
        for asset in self:
            asset.store_count = counts.get(asset, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """Create; what was typed as a value does not stay readable."""
        if not self.env.su:
            self.check_access("create")
            self._check_pace(sum(bool(vals.get("value")) for vals in vals_list))
        assets = super().create(vals_list)
        assets.invalidate_recordset(["value"])
        return assets

    def write(self, vals):
        """Write; a value belongs to its kind, so the kind stays once there is one."""
        if "kind" in vals and any(
            asset.kind != vals["kind"] and asset.sudo().fingerprint for asset in self
        ):
            raise UserError(
                self.env._(
                    "An asset with a stored number keeps its kind. Archive it and "
                    "enter a new one."
                )
            )
        if vals.get("value") and not self.env.su:
            self.check_access("write")
            self._check_pace(len(self))
        result = super().write(vals)
        self.invalidate_recordset(["value"])
        return result

    def _keep_value(self, value):
        """Encrypt ``value`` and remember its keyed hash; refuses one that stands."""
        self.ensure_one()
        text = self._normalised(self.kind, value)
        found = self._of_values(self.kind, [text], self.company_id).get(text)
        if found and found != self:
            raise ValidationError(
                self.env._(
                    "This %(kind)s stands in the register already, as “%(name)s”. "
                    "Open it and add the shop there.",
                    kind=self._kind_label(self.kind),
                    name=found.name,
                )
            )
        secrets, field = self.env["linkstar.secret"], f"value_{self.kind}"
        secrets._store(self._name, self.id, field, text)
        self.sudo().fingerprint = (
            secrets.sudo()._find(self._name, self.id, field).match_hash
        )

    @api.model
    @api.private
    def _of_values(self, kind, texts, company):
        """``{normalised value: asset}`` of those that stand (callers check rights)."""
        ids = self.env["linkstar.secret"]._match_many(
            self._name, f"value_{kind}", list(texts)
        )
        assets = self.sudo().with_context(active_test=False)
        wanted = assets.search(
            [
                ("id", "in", list({i for found in ids.values() for i in found})),
                ("company_id", "=", company.id),
                ("kind", "=", kind),
            ]
        )
        standing = set(wanted.ids)
        return {
            text: assets.browse(first)
            for text, found in ids.items()
            if (first := next((i for i in found if i in standing), None))
        }

    @api.model
    @api.private
    def _normalised(self, kind, value):
        """Return the value in its one form; raise ValidationError in words."""
        try:
            return linkage.normalise(kind, value)
        except ValueError as error:
            raise ValidationError(self._value_fault(str(error))) from None

    @api.model
    @api.private
    def _value_fault(self, code):
        _ = self.env._
        return {
            "empty": _("There is nothing to identify it by. Enter its number."),
            "short": _("The number is too short to tell things apart."),
            "phone": _("A phone number has 6 to 15 digits; begin with + and country."),
            "email": _("This is no e-mail address."),
            "ip": _("This is no IP address."),
            "mac": _("A MAC address has twelve hexadecimal digits."),
            "card": _(
                "A full card number is never kept. Enter the last four digits, the "
                "expiry and the holder."
            ),
        }.get(code, code)

    @api.model
    def _kind_label(self, kind):
        return dict(self._fields["kind"]._description_selection(self.env)).get(kind)

    @api.model
    def _check_pace(self, count):
        """Refuse to answer more questions than a person who files papers has.

        The question itself is noted, whatever becomes of the form: one that is
        refused, or sent to be refused, tells as much as one that is kept.
        """
        if not count:
            return
        since = fields.Datetime.now() - timedelta(hours=1)
        asked = (
            self.env["linkstar.audit.entry"]
            .sudo()
            .search_count(
                [
                    ("res_model", "=", self._name),
                    ("field_name", "=", ASKED),
                    ("user_id", "=", self.env.uid),
                    ("at", ">=", since),
                ]
            )
        )
        if asked + count > VALUES_PER_HOUR:
            raise UserError(
                self.env._(
                    "You entered %(limit)s numbers within an hour. Go on in an hour, "
                    "or import them from one sheet.",
                    limit=VALUES_PER_HOUR,
                )
            )
        row = {"res_id": None, "res_name": "", "action": "other", "field_name": ASKED}
        append_apart(self.env, self._name, [dict(row) for _number in range(count)])
