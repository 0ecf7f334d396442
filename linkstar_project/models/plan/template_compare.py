"""Two versions side by side."""

from markupsafe import Markup

from odoo import api, fields, models

from ...engine import merge
from ...engine.snapshot import localise
from . import compare_render
from .step_words import StepWords


class LinkstarTemplateVersion(models.Model):
    _inherit = "linkstar.template.version"

    comparison = fields.Html(compute="_compute_comparison", sanitize=False)

    @api.depends("checksum")
    @api.depends_context("lang")
    def _compute_comparison(self):
        for version in self:
            before = self.search(
                [
                    ("project_id", "=", version.project_id.id),
                    ("number", "<", version.number),
                ],
                order="number desc",
                limit=1,
            )
            old = before._read_snapshot() if before else {"tasks": []}
            version.comparison = self._render_comparison(old, version._read_snapshot())

    def compare_with(self, version_id):
        """Return the changes from another version to this one.

        :param version_id: id of a version of any template
        :return: list of dicts: ``kind`` (add, change, drop), ``uid``, ``name`` and
            ``fields`` ``{label: [before, after]}``, in the reader's language
        """
        self.ensure_one()
        other = self.browse(version_id)
        (self | other).check_access("read")
        old, new = other._read_snapshot(), self._read_snapshot()
        words = StepWords(self.env, old, new)
        return [
            {
                "kind": change.kind,
                "uid": change.uid,
                "name": words.name(change.after or change.before),
                "fields": {
                    label: list(pair) for label, pair in words.pairs(change).items()
                },
            }
            for change in merge.diff(old, new)
        ]

    def _change_words(self, change, labels=None):
        """One change as plain values.

        :param labels: result of ``_step_labels``, for who has many changes
        """
        labels = labels or self._step_labels()
        return {
            "kind": change.kind,
            "uid": change.uid,
            "name": localise((change.after or change.before)["name"], self.env.lang),
            "fields": {
                labels[name]: [self._value_words(before), self._value_words(after)]
                for name, (before, after) in change.fields.items()
            },
        }

    def _step_labels(self):
        """The words for what a step says."""
        return {
            "name": self.env._("Name"),
            "description": self.env._("Instructions"),
            "parent": self.env._("Part of"),
            "role": self.env._("Role"),
            "hours": self.env._("Planned hours"),
            "offset_days": self.env._("Day"),
            "duration_kind": self.env._("Kind of duration"),
            "duration_days": self.env._("Elapsed days"),
            "depends_on": self.env._("After"),
            "milestone": self.env._("Milestone"),
            "is_key": self.env._("Key node"),
            "is_review": self.env._("Review point"),
            "evidence_required": self.env._("Evidence required"),
            "grade_wanted": self.env._("Acceptance grade"),
            "priority": self.env._("Priority"),
            "tags": self.env._("Tags"),
            "variants": self.env._("For categories"),
            "sites": self.env._("For sites"),
            "gates": self.env._("Gates"),
        }

    def _change_labels(self):
        """The words for what happened to a step."""
        return {
            "add": self.env._("Added"),
            "change": self.env._("Changed"),
            "drop": self.env._("Dropped"),
        }

    @api.model
    def _render_comparison(self, old, new):
        """The changes from one snapshot to another as HTML, every text escaped."""
        changes = merge.diff(old, new)
        if not changes:
            return Markup("<p>%s</p>") % self.env._("No step differs.")
        words = StepWords(self.env, old, new)
        labels = self._change_labels()
        return Markup("").join(
            compare_render.card(
                change.kind,
                labels[change.kind],
                words.name(change.after or change.before),
                words.pairs(change),
            )
            for change in changes
        )

    def _value_words(self, value):
        if isinstance(value, dict):
            return localise(value, self.env.lang)
        if isinstance(value, list):
            texts = (
                localise(item.get("name"), self.env.lang) or item.get("kind", "")
                if isinstance(item, dict)
                else str(item)
                for item in value
            )
            return ", ".join(texts)
        if isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        return "" if value is None else str(value)
