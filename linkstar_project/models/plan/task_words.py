"""A step in the reader's language: core keeps a task's texts in one only."""

from odoo import api, fields, models

from ...engine.snapshot import localise


class ProjectTask(models.Model):
    """A launched task speaks its owner's language; others read it in theirs."""

    _inherit = "project.task"

    reader_name = fields.Char(
        compute="_compute_reader_texts",
        string="In your language",
        help="The step's name in your language, where the task is written in another.",
    )
    reader_description = fields.Html(
        compute="_compute_reader_texts", string="Instructions in your language"
    )

    @api.depends("name", "description", "step_texts")
    @api.depends_context("lang")
    def _compute_reader_texts(self):
        lang = self.env.lang or "en_US"
        for task in self:
            task.reader_name = task._linkstar_in_lang("name", lang)
            task.reader_description = task._linkstar_in_lang("description", lang)

    def _has_onchange(self, field, other_fields):
        """Texts for the reader are about what is saved: no call while one types."""
        reader = {self._fields["reader_name"], self._fields["reader_description"]}
        return super()._has_onchange(
            field, [other for other in other_fields if other not in reader]
        )

    def _linkstar_in_lang(self, name, lang):
        """A text in a language; False if it is shown in it, or was edited since."""
        texts = (self.step_texts or {}).get(name)
        shown = str(self[name] or "")
        if not isinstance(texts, dict) or shown not in texts.values():
            return False
        other = localise(texts, lang)
        return other if other and other != shown else False


class ProjectProject(models.Model):
    _inherit = "project.project"

    has_reader_names = fields.Boolean(
        compute="_compute_has_reader_names",
        help="Some steps are written in another language than the reader's.",
    )

    @api.depends("tasks.reader_name")
    @api.depends_context("lang")
    def _compute_has_reader_names(self):
        for project in self:
            project.has_reader_names = any(project.tasks.mapped("reader_name"))
