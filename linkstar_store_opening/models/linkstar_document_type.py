"""Kinds of papers that platforms ask for, with their validity rules."""

from odoo import api, fields, models

from ..engine.validity import Rule
from .evidence import EVIDENCE_GRADES


class LinkstarDocumentType(models.Model):
    """A kind of paper: how long it serves, how secret it is, who must hold it.

    Limits come from the platforms' texts as of the SOP data's review date; a company
    edits them, and an upgrade never overwrites its edits.
    """

    _name = "linkstar.document.type"
    _description = "Document Type"
    _order = "name"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    holder = fields.Selection(
        [("entity", "Company"), ("person", "Person")],
        required=True,
        default="entity",
        help="Whose paper this is.",
    )
    validity_kind = fields.Selection(
        [
            ("max_age_from_issue", "Not older than"),
            ("min_remaining_validity", "Life left on the day of use"),
            ("must_be_unexpired", "Not expired"),
            ("end_of_third_calendar_year", "Until the end of the third year"),
            ("no_expiry_recheck_on_change", "No end, check again on changes"),
            ("certificate_end", "Until the certificate ends"),
            ("contract_end", "Until the contract ends"),
            ("policy_end", "Until the policy ends"),
            ("annual", "Renewed each year"),
            ("calendar_year_contract", "For a calendar year"),
            ("trademark_renewal", "Until the trademark's renewal"),
            ("live_show_only", "Shown live, never stored"),
            ("event_date", "On the day of the event"),
        ],
        default="no_expiry_recheck_on_change",
        required=True,
    )
    max_age_days = fields.Integer(
        "Oldest (days)", help="Days from the day of issue to the day of use."
    )
    min_remaining_days = fields.Integer(
        "Life left (days)", help="Days that must be left on the day of use."
    )
    warn_before_days = fields.Integer("Warn (days before)", default=30)
    sensitive_level = fields.Selection(
        [
            ("1", "Internal"),
            ("2", "Company confidential"),
            ("3", "Personal data"),
            ("4", "Sensitive personal or financial"),
        ],
        required=True,
        default="2",
    )
    formats = fields.Char(help="File endings the platforms take, e.g. jpg,png,pdf")
    note = fields.Text(translate=True)
    evidence = fields.Selection(EVIDENCE_GRADES, string="Source grade")
    source = fields.Text(help="Where the rule was read.")
    to_verify = fields.Boolean("Check with the platform", compute="_compute_to_verify")

    _code_unique = models.UniqueIndex("(code)", "This document code exists already.")

    @api.depends("evidence")
    def _compute_to_verify(self):
        for record in self:
            record.to_verify = record.evidence in ("C", "D")

    def _rule(self):
        """The type's validity rule as a value of the engine."""
        self.ensure_one()
        return Rule(
            kind=self.validity_kind,
            max_age_days=self.max_age_days,
            min_remaining_days=self.min_remaining_days,
            warn_before_days=self.warn_before_days,
        )
