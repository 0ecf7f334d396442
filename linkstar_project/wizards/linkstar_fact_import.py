"""Import of daily figures from a spreadsheet: preview, then all or nothing."""

import base64
import binascii

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine import fact_sheet, tabular

SHOWN_ERRORS = 100


class LinkstarFactImport(models.TransientModel):
    """Read a file through a mapping, show what it would write, write it."""

    _name = "linkstar.fact.import"
    _description = "Import figures"

    data = fields.Binary(string="File", attachment=False)
    filename = fields.Char()
    mapping_id = fields.Many2one(
        "linkstar.fact.mapping", help="Empty: the one that knows most of the columns."
    )
    store_id = fields.Many2one(
        "linkstar.store", help="For files without a column with the store's code."
    )
    skip_errors = fields.Boolean(
        string="Leave faulty rows out",
        help="Otherwise nothing is imported until every row is right.",
    )
    state = fields.Selection(
        [("upload", "Choose a file"), ("preview", "Check"), ("done", "Imported")],
        default="upload",
        readonly=True,
    )
    error_count = fields.Integer(readonly=True)
    figure_count = fields.Integer(readonly=True)
    report = fields.Html(readonly=True)

    def action_preview(self):
        """Show days, control totals and faults without writing anything."""
        self.ensure_one()
        mapping, sheet, rows, errors = self._read()
        self.sudo().write(
            {
                "mapping_id": mapping.id,
                "state": "preview",
                "figure_count": len(rows),
                "error_count": len(errors),
                "report": self._report(sheet, rows, errors),
            }
        )
        return self._reopen()

    def action_import(self):
        """Write the figures; a second import of the same file writes nothing."""
        self.ensure_one()
        mapping, sheet, rows, errors = self._read()
        if errors and not self.skip_errors:
            raise UserError(
                self.env._(
                    "%(count)s rows are faulty. Correct the file, or choose to leave "
                    "those rows out.",
                    count=len({error.row for error in errors}),
                )
            )
        written = self.env["linkstar.fact"].import_rows(rows) if rows else 0
        stores = self.env["linkstar.store"].browse({row["store_id"] for row in rows})
        stores.sudo()._linkstar_audit_log(
            "other",
            reason=self.env._(
                "Imported %(written)s figures with %(mapping)s from %(file)s",
                written=written,
                mapping=mapping.name,
                file=self.filename or "",
            ),
        )
        summary = self.env._(
            "%(written)s figures written, %(same)s stood already.",
            written=written,
            same=len(rows) - written,
        )
        report = Markup("<p><b>%s</b></p>") % summary
        self.sudo().write(
            {"state": "done", "report": report + self._report(sheet, rows, errors)}
        )
        return self._reopen()

    # -- reading --

    def _read(self):
        """Mapping, sheet, rows for ``import_rows``, and faults."""
        table = self._read_file()
        mapping = self.mapping_id or self._best_mapping(table)
        try:
            sheet = fact_sheet.read_sheet(table, mapping._layout())
        except tabular.TableError as error:
            raise UserError(self._table_message(error)) from None
        rows, errors = self._resolve(sheet)
        return mapping, sheet, rows, sheet.errors + errors

    def _read_file(self):
        if not self.data:
            raise UserError(self.env._("Choose a file: xlsx or csv."))
        try:
            content = base64.b64decode(self.data, validate=True)
            return tabular.read_table(content, self.filename or "")
        except binascii.Error:
            raise UserError(self.env._("The file did not arrive whole.")) from None
        except tabular.TableError as error:
            raise UserError(self._table_message(error)) from None

    @api.model
    def _table_message(self, error):
        """What is wrong with a whole file, for its reader."""
        _ = self.env._
        sentences = {
            "empty": _("The file is empty."),
            "too_big": _("The file is too big. Import fewer days at a time."),
            "expands": _("The file unpacks to too much. Save it again as csv."),
            "too_many_rows": _("The file has too many rows. Import fewer days."),
            "too_many_columns": _("The file has too many columns."),
            "long_cell": _("A cell is too long: row %s.", error.detail),
            "not_a_table": _("This is no spreadsheet. Save it as xlsx or csv."),
            "encoding": _("The characters cannot be read. Save it as csv UTF-8."),
            "double_header": _("Two columns mean the same: %s.", error.detail),
            "no_header": _(
                "No row has a date and a known figure. Choose or add a mapping for "
                "these columns: %s",
                error.detail,
            ),
        }
        return sentences.get(error.code, error.code)

    def _best_mapping(self, table):
        mappings = self.env["linkstar.fact.mapping"].search([])
        fits = [(fact_sheet.fit(table, m._layout()), -m.sequence, m) for m in mappings]
        fits.sort(key=lambda item: item[:2], reverse=True)
        if not fits or not fits[0][0]:
            columns = ", ".join(filter(None, table.headers))[:200]
            raise UserError(
                self._table_message(tabular.TableError("no_header", columns))
            )
        return fits[0][2]

    def _resolve(self, sheet):
        """Rows with ids, and faults of stores, MSKUs, people and currencies."""
        stores = self._stores({figure.store for figure in sheet.figures})
        listings = self._listings(sheet, stores)
        people = self._people({figure.agent for figure in sheet.figures} - {""})
        currencies = self.env["linkstar.metric"]._currency_ids()
        rows, errors = [], []
        for figure in sheet.figures:
            store_id = stores.get(figure.store)
            fault = None
            if not store_id:
                fault = ("store", figure.store)
            elif figure.sku and (store_id, figure.sku) not in listings:
                fault = ("sku", figure.sku)
            elif figure.agent and figure.agent.casefold() not in people:
                fault = ("agent", figure.agent)
            elif figure.currency and figure.currency not in currencies:
                fault = ("currency", figure.currency)
            if fault:
                errors.append(tabular.RowError(figure.row, fault[0], *fault))
                continue
            row = {"store_id": store_id, "metric": figure.metric}
            row |= {"date": figure.day, "value": figure.value, "sku": figure.sku}
            if figure.agent:
                row["employee_id"] = people[figure.agent.casefold()]
            if figure.currency:
                row["currency_id"] = currencies[figure.currency]
            rows.append(row)
        return rows, list(dict.fromkeys(errors))

    def _stores(self, codes):
        stores = self.env["linkstar.store"].search([("code", "in", list(codes - {""}))])
        known = {store.code: store.id for store in stores}
        return known | ({"": self.store_id.id} if self.store_id else {})

    def _listings(self, sheet, stores):
        listings = self.env["linkstar.listing"].with_context(active_test=False)
        found = listings.search(
            [
                ("store_id", "in", list(stores.values())),
                ("sku", "in", list({figure.sku for figure in sheet.figures} - {""})),
            ]
        )
        return {(listing.store_id.id, listing.sku) for listing in found}

    def _people(self, names):
        """Employee ids by name or work e-mail; a name borne twice is nobody's."""
        if not names:
            return {}
        employees = self.env["hr.employee"].sudo()
        found = employees.search(
            ["|", ("name", "in", list(names)), ("work_email", "in", list(names))]
        )
        people = {}
        for employee in found:
            for word in {employee.name, employee.work_email} - {False}:
                word = word.casefold()
                people[word] = None if word in people else employee.id
        return {word: id_ for word, id_ in people.items() if id_}

    # -- showing --

    def _report(self, sheet, rows, errors):
        """Days, control totals, unknown columns and faults as HTML."""
        parts = []
        days = sheet.days()
        if days:
            period = self.env._(
                "%(count)s figures from %(first)s to %(last)s.",
                count=len(rows),
                first=format_date(self.env, days[0]),
                last=format_date(self.env, days[1]),
            )
            parts.append(Markup("<p>%s</p>") % period)
        parts.append(self._totals(sheet))
        if sheet.unknown_headers:
            unknown = ", ".join(map(str, sheet.unknown_headers[:30]))
            parts.append(
                Markup("<p>%s %s</p>") % (self.env._("Columns not used:"), unknown)
            )
        parts.append(self._faults(errors))
        return Markup().join(parts)

    def _totals(self, sheet):
        names = {
            metric.code: metric.name
            for metric in self.env["linkstar.metric"].search(
                [("code", "in", list(sheet.totals()))]
            )
        }
        lines = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (names.get(code, code), count, f"{total:,.2f}")
            for code, (count, total) in sheet.totals().items()
        )
        head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th></tr>") % (
            self.env._("Metric"),
            self.env._("Figures"),
            self.env._("Control total"),
        )
        return Markup('<table class="table table-sm">%s%s</table>') % (head, lines)

    def _faults(self, errors):
        _ = self.env._
        words = {
            "date": _("is no date"),
            "number": _("is no number"),
            "double": _("gives another value than row"),
            "store": _("is the code of none of your stores (or choose a store)"),
            "sku": _("is no MSKU of the store"),
            "agent": _("is the name or e-mail of no single employee"),
            "currency": _("is no currency"),
        }
        lines = []
        for error in errors[:SHOWN_ERRORS]:
            word = words.get(error.code, error.code)
            sentence = f"{error.value} {word}"
            if error.code == "double":
                sentence = f"{word} {error.value}"
            where = _("Row %(row)s, %(column)s:", row=error.row, column=error.column)
            lines.append(Markup("<li>%s %s</li>") % (where, sentence))
        if len(errors) > SHOWN_ERRORS:
            more = _("… and %s more", len(errors) - SHOWN_ERRORS)
            lines.append(Markup("<li>%s</li>") % more)
        return Markup('<ul class="text-danger">%s</ul>') % Markup().join(lines)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import figures"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
