"""What imports from a spreadsheet share: caps, preview, row errors, all or nothing."""

import base64
import binascii

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import tabular

SHOWN_ERRORS = 100


class LinkstarSheetImport(models.AbstractModel):
    """Read a sheet into a plan, show the plan and every fault, carry it out.

    A wizard says how its sheet becomes a plan (``_plan``: a dict with ``errors``,
    ``unknown`` and what it needs itself), how it is written (``_write``) and how it
    is summed up (``_summary``). Nothing is written while a row is faulty.
    """

    _name = "linkstar.sheet.import"
    _description = "Import from a spreadsheet"

    #: Name of the sample sheet of ``engine.sample_sheets``, if there is one.
    _sample = ""
    _limits = tabular.Limits()

    data = fields.Binary(string="File", attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        [("upload", "Choose a file"), ("preview", "Check"), ("done", "Imported")],
        default="upload",
        readonly=True,
    )
    can_import = fields.Boolean(readonly=True)
    report = fields.Html(readonly=True)

    # -- buttons ---------------------------------------------------------------

    def action_preview(self):
        """Show what would be written, and every fault; write nothing."""
        self.ensure_one()
        self._check_rights()
        plan = self._plan()
        fault = self._try(plan) if not plan["errors"] else ""
        self.sudo().write(
            {
                "state": "preview",
                "can_import": not plan["errors"] and not fault,
                "report": self._report(plan, fault),
            }
        )
        return self._reopen()

    def action_import(self):
        """Write everything or nothing; a second import of the sheet adds nothing."""
        self.ensure_one()
        self._check_rights()
        plan = self._plan()
        if plan["errors"]:
            raise UserError(
                self.env._(
                    "%(count)s rows are faulty, so nothing was imported. Correct the "
                    "sheet and preview it again.",
                    count=len({error.row for error in plan["errors"]}),
                )
            )
        self._write(plan)
        self.sudo().write({"state": "done", "report": self._report(plan, "")})
        return self._reopen()

    def action_again(self):
        """Go back to choosing a file."""
        self.ensure_one()
        self.sudo().write({"state": "upload", "data": False, "can_import": False})
        return self._reopen()

    def action_sample(self):
        """Download a sample sheet in the reader's language."""
        lang = "zh" if (self.env.lang or "").startswith("zh") else "en"
        return self._sample_url(lang)

    def action_sample_other(self):
        """Download the sample sheet in the other language."""
        lang = "en" if (self.env.lang or "").startswith("zh") else "zh"
        return self._sample_url(lang)

    def _sample_url(self, lang):
        return {
            "type": "ir.actions.act_url",
            "url": f"/linkstar_project/sample/{self._sample}/{lang}",
            "target": "download",
        }

    # -- what a wizard says of itself ------------------------------------------

    def _check_rights(self):
        """Raise AccessError for those who may not import; access rows go first."""

    def _plan(self):
        """Return what the sheet would do: a dict with ``errors`` and ``unknown``."""
        raise NotImplementedError

    def _write(self, plan):
        """Carry a plan without errors out."""
        raise NotImplementedError

    def _summary(self, plan):
        """Return one sentence: how much is new, changed, as it stands."""
        raise NotImplementedError

    def _details(self, plan):
        """Return more of the preview as Markup."""
        return Markup("")

    def _row_words(self, value):
        """Return ``{error code: sentence}`` about a cell's value."""
        return {}

    def _header_words(self, missing):
        """Say which headers the first row needs."""
        return self.env._("The first row must hold the headers. Missing: %s", missing)

    # -- reading ---------------------------------------------------------------

    def _load_table(self):
        """Return the uploaded file as a Table; UserError when it cannot be read."""
        if not self.data:
            raise UserError(self.env._("Choose a file: xlsx or csv."))
        try:
            content = base64.b64decode(self.data, validate=True)
            return tabular.read_table(content, self.filename or "", self._limits)
        except binascii.Error:
            raise UserError(self.env._("The file did not arrive whole.")) from None
        except tabular.TableError as error:
            raise UserError(self._table_message(error)) from None

    def _try(self, plan):
        """Write and take back; return what the database objects to, if anything."""
        fault = ""
        savepoint = self.env.cr.savepoint(flush=True)
        try:
            self._write(plan)
            self.env.flush_all()
        except (UserError, ValidationError) as error:
            fault = str(error)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.env.registry.clear_cache()
        return fault

    # -- words -----------------------------------------------------------------

    def _report(self, plan, fault):
        report = Markup("<p><b>%s</b></p>") % self._summary(plan)
        if plan["unknown"]:
            report += Markup("<p>%s</p>") % self.env._(
                "Columns not used: %s", ", ".join(map(str, plan["unknown"]))[:500]
            )
        if fault:
            report += Markup('<p class="text-danger">%s</p>') % fault
        return report + self._fault_list(plan["errors"]) + self._details(plan)

    def _fault_list(self, errors):
        lines = [
            self.env._(
                "Row %(row)s: %(message)s",
                row=error.row,
                message=self._row_words(error.value).get(error.code, error.code),
            )
            for error in errors[:SHOWN_ERRORS]
        ]
        if len(errors) > SHOWN_ERRORS:
            lines.append(self.env._("… and %s more", len(errors) - SHOWN_ERRORS))
        if not lines:
            return Markup("")
        items = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
        return Markup('<ul class="text-danger">%s</ul>') % items

    @api.model
    def _table_message(self, error):
        _ = self.env._
        sentences = {
            "empty": _("The file is empty."),
            "too_big": _("The file is too big. Split it."),
            "expands": _("The file unpacks to too much. Save it again as csv."),
            "too_many_rows": _("The file has too many rows. Split it."),
            "too_many_columns": _("The file has too many columns."),
            "long_cell": _("A cell is too long: row %s.", error.detail),
            "not_a_table": _("This is no spreadsheet. Save it as xlsx or csv."),
            "encoding": _("The characters cannot be read. Save it as csv UTF-8."),
            "double_header": _("Two columns mean the same: %s.", error.detail),
            "no_header": self._header_words(error.detail),
        }
        return sentences.get(error.code, error.code)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }
