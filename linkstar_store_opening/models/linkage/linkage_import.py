"""A sheet of uses into the linkage register: preview, then all or nothing."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.linkstar_project.engine import tabular
from odoo.addons.linkstar_project.models.trust.secret_access import append_apart

from ...engine import linkage_sheet
from .linkstar_asset import KEEPERS

SHOWN_ERRORS = 100
IMPORTS_PER_HOUR = 10
LIMITS = tabular.Limits(size=5 * 1024 * 1024, rows=10_000, columns=30)


class LinkstarAsset(models.Model):
    _inherit = "linkstar.asset"

    @api.model
    @api.private
    def _import_sheet(self, content, filename, apply):
        """Read a sheet from memory and enter its uses; nothing is kept on disk.

        A second import of the same sheet adds nothing.

        :param content: bytes of an xlsx or csv file
        :param apply: False only counts and checks
        :return: dict of ``new_assets``, ``new_uses``, ``same``, ``conflicts`` (after
            applying), ``errors`` (list of sentences), ``error_count``, ``unknown``
        :raises AccessError: not of compliance
        :raises UserError: the file cannot be read, or it is faulty and ``apply``
        """
        self._check_import_right()
        try:
            sheet = linkage_sheet.read_sheet(
                tabular.read_table(content, filename, LIMITS)
            )
        except tabular.TableError as error:
            imports = self.env["linkstar.member.import"]
            message = imports._table_message(error)
            if error.code == "no_header":
                message = self.env._(
                    "The first row must hold the headers store, kind and name; "
                    "missing: %s",
                    error.detail,
                )
            raise UserError(message) from None
        self._linkstar_import_log(filename, apply)
        plan = self._import_plan(sheet)
        if apply and plan["errors"]:
            raise UserError(
                self.env._(
                    "%(count)s rows are faulty, so nothing was imported. Correct the "
                    "sheet and check it again.",
                    count=plan["error_count"],
                )
            )
        if apply:
            plan["conflicts"] = len(self._import_write(plan.pop("rows")))
        plan.pop("rows", None)
        return plan

    def _check_import_right(self):
        if not self.env.user.has_groups(f"{KEEPERS},linkstar_project.group_admin"):
            raise AccessError(
                self.env._("Only compliance enters what shops use. Ask somebody of it.")
            )
        entries = self.env["linkstar.audit.entry"].sudo()
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        count = entries.search_count(
            [
                ("res_model", "=", self._name),
                ("field_name", "=", "import"),
                ("user_id", "=", self.env.uid),
                ("at", ">=", since),
            ]
        )
        if count >= IMPORTS_PER_HOUR:
            raise UserError(
                self.env._(
                    "You checked or imported %(limit)s sheets within an hour. Go on "
                    "in an hour.",
                    limit=IMPORTS_PER_HOUR,
                )
            )

    def _linkstar_import_log(self, filename, apply):
        append_apart(
            self.env,
            self._name,
            [
                {
                    "res_id": None,
                    "res_name": (filename or "")[:100],
                    "action": "other",
                    "field_name": "import",
                    "new_value": "import" if apply else "check",
                }
            ],
        )

    def _import_plan(self, sheet):
        """What the sheet would do; rows hold stores and assets that stand."""
        stores = {
            store.code: store
            for store in self.env["linkstar.store"].search(
                [("code", "in", list({entry.store for entry in sheet.entries}))]
            )
        }
        errors = [self._import_fault(error) for error in sheet.errors]
        known = self._known_assets(sheet.entries)
        rows, fresh = [], set()
        standing = {
            (u.asset_id.id, u.store_id.id, u.date_from)
            for u in self.env["linkstar.asset.usage"].search(
                [("store_id", "in", [store.id for store in stores.values()])]
            )
        }
        open_pairs = {(asset, store) for asset, store, _day in standing}
        same = 0
        for entry in sheet.entries:
            store = stores.get(entry.store)
            if not store:
                error = tabular.RowError(entry.row, "store", "store", entry.store)
                errors.append(self._import_fault(error))
                continue
            identity = (entry.kind, entry.value or entry.name)
            asset = known.get(identity)
            if asset and (
                (asset.id, store.id, entry.date_from) in standing
                or (not entry.date_from and (asset.id, store.id) in open_pairs)
            ):
                same += 1
                continue
            if not asset:
                fresh.add(identity)
            rows.append((entry, store, asset))
        return {
            "rows": rows,
            "new_assets": len(fresh),
            "new_uses": len(rows),
            "same": same,
            "errors": errors[:SHOWN_ERRORS],
            "error_count": len(errors),
            "unknown": sheet.unknown,
        }

    def _known_assets(self, entries):
        """``{(kind, value or name): asset}`` of what stands in the register."""
        known = {}
        company = self.env.company
        assets = self.with_context(active_test=False)
        for asset in assets.search([("company_id", "=", company.id)]):
            known.setdefault((asset.kind, asset.name), asset)
        values = defaultdict(set)
        for entry in entries:
            if entry.value:
                values[entry.kind].add(entry.value)
        for kind, texts in values.items():
            for text, asset in self._of_values(kind, texts, company).items():
                known[kind, text] = self.browse(asset.id)
        return known

    def _import_write(self, rows):
        """Create missing assets, then all uses; returns what became a conflict."""
        conflicts = self.env["linkstar.asset.conflict"].sudo()
        before = conflicts.search_count([("state", "=", "open")])
        assets = {}
        for entry, _store, asset in rows:
            identity = (entry.kind, entry.value or entry.name)
            if identity not in assets:
                assets[identity] = asset or self._import_asset(entry)
        self.env["linkstar.asset.usage"].create(
            [
                {
                    "asset_id": assets[entry.kind, entry.value or entry.name].id,
                    "store_id": store.id,
                    "date_from": entry.date_from or fields.Date.context_today(self),
                    "date_to": entry.date_to or False,
                }
                for entry, store, _asset in rows
            ]
        )
        after = conflicts.search_count([("state", "=", "open")])
        return range(max(0, after - before))

    def _import_asset(self, entry):
        # One import is one logged question: the pace of typing does not apply.
        self.check_access("create")
        asset = self.sudo().create({"name": entry.name, "kind": entry.kind})
        if entry.value:
            asset._keep_value(entry.value)
        return self.browse(asset.id)

    def _import_fault(self, error):
        if error.code.startswith("value_"):
            fault = self._value_fault(error.code.removeprefix("value_"))
        else:
            _ = self.env._
            fault = {
                "missing": _("%s is empty.", error.column),
                "kind": _("There is no kind “%s”.", error.value),
                "store": _("There is no store %s that you may see.", error.value),
                "date": _("“%s” is no day. Write 2026-03-01.", error.value),
                "dates": _("It ends before it begins."),
                "twice": _("“%s” stands twice in the sheet.", error.value),
            }.get(error.code, error.code)
        return self.env._("Row %(row)s: %(fault)s", row=error.row, fault=fault)
