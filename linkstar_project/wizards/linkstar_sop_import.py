"""Import of an SOP from a spreadsheet: it becomes a template."""

from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup, escape

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import merge, snapshot, sop_sheet, tabular
from ..models.plan.template_content import MAX_STEPS
from .sheet_names import find_roles

NAMESPACE = uuid5(NAMESPACE_URL, "linkstar/sheets")
SHOWN_STEPS = 200


class LinkstarSopImport(models.TransientModel):
    """Read a sheet of steps, show the template it makes, make it.

    A template is known by its name, a step by its number or name: the same sheet a
    second time adds nothing, an edited one changes what was edited.
    """

    _name = "linkstar.sop.import"
    _description = "Import an SOP"
    _inherit = ["linkstar.sheet.import"]

    _sample = "sop"
    _limits = tabular.Limits(rows=10_000)

    template_id = fields.Many2one(
        "project.project",
        string="Into the template",
        domain="[('is_template', '=', True), ('linkstar_kind', '!=', False)]",
        help="Empty: a template of its own, found again by its name.",
    )
    name = fields.Char(
        string="Name of the template", help="Empty: the name of the file."
    )
    anchor = fields.Selection(
        [("start", "Start date"), ("target", "Target date")],
        string="Counts from",
        default="start",
        required=True,
    )
    result_id = fields.Many2one("project.project", readonly=True)

    def _check_rights(self):
        self.env["project.project"]._check_template_manager()
        self.template_id.check_access("write")

    def action_open(self):
        """Open the template that was imported."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "project.project",
            "res_id": self.sudo().result_id.id,
            "views": [
                [self.env.ref("linkstar_project.project_template_view_form").id, "form"]
            ],
        }

    # -- from the file to a plan ---------------------------------------------------

    def _plan(self):
        """Return ``old`` and ``new`` snapshot, ``template``, ``key``, errors."""
        try:
            sheet = sop_sheet.read_sheet(self._load_table())
        except tabular.TableError as error:
            raise UserError(self._table_message(error)) from None
        steps, errors = self._resolve_roles(sheet)
        template, key, name = self._find_template()
        lang = self.env.lang or "en_US"
        old = {"template": {"name": {lang: name}, "kind": "routine"}, "tasks": []}
        if template:
            old = template._build_snapshot()
        old = snapshot.complete(old)
        if not template:
            old["template"]["anchor"] = self.anchor
        plan = {
            "template": template,
            "key": key,
            "old": old,
            "steps": steps,
            "errors": sorted(sheet.errors + errors, key=lambda error: error.row),
            "unknown": sheet.unknown,
        }
        if not steps and not plan["errors"]:
            raise UserError(self.env._("The sheet has headers but no steps."))
        if len(steps) > MAX_STEPS:
            raise UserError(
                self.env._(
                    "A template holds at most %s steps. Split the sheet.",
                    MAX_STEPS,
                )
            )
        uids = self._identities(old, steps, key)
        plan["new"] = sop_sheet.merge(
            old, steps, uids.__getitem__, self._note_html, lang
        )
        plan["changes"] = merge.diff(old, plan["new"])
        return plan

    def _resolve_roles(self, sheet):
        """Steps with roles as codes, and faults of roles nobody knows."""
        ids = find_roles(self.env)
        roles = self.env["project.role"].browse(set(ids.values()))
        codes = {role.id: role.code for role in roles}
        steps, errors = [], []
        for step in sheet.steps:
            if not step.role:
                steps.append(step)
                continue
            role_id = ids.get(step.role.casefold())
            if codes.get(role_id):
                steps.append(replace(step, role=codes[role_id]))
            else:
                errors.append(
                    tabular.RowError(step.row, "role", "role", step.role[:100])
                )
        return steps, errors

    def _find_template(self):
        """Return ``(template or none, key, name)``."""
        templates = self.env["project.project"]
        if self.template_id:
            template = self.template_id
            if not (template.is_template and template.linkstar_kind):
                raise UserError(
                    self.env._("%s is no template of LinkStar.", template.name)
                )
            return template, template.sheet_key or f"id:{template.id}", template.name
        name = (self.name or "").strip() or (self.filename or "").rsplit(".", 1)[0]
        name = name.strip()[: sop_sheet.NAME_LENGTH]
        if not name:
            raise UserError(self.env._("Give the template a name."))
        key = f"sop:{sop_sheet.fold(name)}"
        found = templates.sudo().with_context(active_test=False)
        found = found.search([("sheet_key", "=", key)], limit=1)
        if found and not found.active:
            raise UserError(
                self.env._(
                    "%s was imported before and is archived. Restore it, or choose "
                    "another name.",
                    found.name,
                )
            )
        return templates.browse(found.ids), key, name

    def _identities(self, old, steps, key):
        """Return ``{step key: uid}``: known by the sheet's key, else by the name."""
        known = {task["uid"] for task in old["tasks"]}
        own = {step.key: uuid5(NAMESPACE, f"{key}/{step.key}").hex for step in steps}
        found = {k: uid for k, uid in own.items() if uid in known}
        claimed = set(found.values())
        names = {}
        for task in old["tasks"]:
            if task["uid"] not in claimed:
                for text in set(map(sop_sheet.fold, task["name"].values())):
                    names[text] = None if text in names else task["uid"]
        folded = [sop_sheet.fold(step.name) for step in steps]
        for step, name in zip(steps, folded, strict=True):
            uid = names.get(name)
            if step.key not in found:
                unique = uid and folded.count(name) == 1
                found[step.key] = uid if unique else own[step.key]
        return found

    def _note_html(self, text):
        """A plain note as the description's HTML: markup in it stays text."""
        description = self.env["project.task"]._fields["description"]
        lines = Markup("<br>").join(escape(line) for line in text.splitlines())
        html = description.convert_to_cache(Markup("<p>%s</p>") % lines, self)
        return str(html)

    # -- writing -------------------------------------------------------------------

    def _write(self, plan):
        templates = self.env["project.project"]
        template = plan["template"]
        templates._check_snapshot(plan["new"])
        if not template:
            template = templates._create_from_snapshot(plan["new"])
            template.sudo().sheet_key = plan["key"]
        elif plan["changes"]:
            template._write_steps(plan["new"])
        if plan["changes"]:
            template._linkstar_audit_log(
                "other",
                reason=self.env._("Imported from %s", self.filename or ""),
                new=self._summary(plan),
            )
        self.sudo().result_id = template.id

    # -- words ---------------------------------------------------------------------

    def _summary(self, plan):
        kinds = [change.kind for change in plan.get("changes", [])]
        return self.env._(
            "%(new)s new steps, %(changed)s changed, %(same)s as they stand.",
            new=kinds.count("add"),
            changed=kinds.count("change"),
            same=len(plan["steps"]) - len(kinds),
        )

    def _details(self, plan):
        if plan["errors"]:
            return Markup("")
        versions = self.env["linkstar.template.version"]
        rows = Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (
                ("— " if step.parent else "") + step.name,
                step.role or "",
                "" if step.hours is None else f"{step.hours:g}",
                "" if step.offset is None else step.offset,
                ", ".join(step.after or ()),
            )
            for step in plan["steps"][:SHOWN_STEPS]
        )
        labels = versions._step_labels()
        names = ("name", "role", "hours", "offset_days", "depends_on")
        head = Markup("").join(Markup("<th>%s</th>") % labels[name] for name in names)
        table = Markup(
            '<div class="table-responsive"><table class="table table-sm">'
            "<tr>%s</tr>%s</table></div>"
        ) % (head, rows)
        left = sum(
            1 for task in plan["new"]["tasks"] if task["uid"] not in self._named(plan)
        )
        if left and plan["template"]:
            table += Markup("<p>%s</p>") % self.env._(
                "%s steps of the template are not in the sheet and stay.", left
            )
        return table

    def _named(self, plan):
        count = len(plan["steps"])
        return {task["uid"] for task in plan["new"]["tasks"][:count]}

    def _row_words(self, value):
        _ = self.env._
        return {
            "missing": _("the task has no name."),
            "long": _("the name is too long: %s…", value),
            "twice": _("%s stands in an earlier row. Number the rows.", value),
            "number": _("%s is no number.", value),
            "range": _("%s is out of range.", value),
            "boolean": _("%s is neither yes nor no.", value),
            "parent": _("no row is called %s (parent).", value),
            "predecessor": _("no single row is called %s (predecessor).", value),
            "self": _("it names itself: %s.", value),
            "parent_dependency": _("it waits for the step it belongs to: %s.", value),
            "cycle": _("these steps wait for each other: %s.", value),
            "parent_cycle": _("these steps contain each other: %s.", value),
            "role": _("there is no role %s. See Settings, Roles.", value),
        }

    def _header_words(self, missing):
        return self.env._(
            "The first row must hold a column with the tasks (task, step, 任务). Take "
            "the sample sheet as a pattern."
        )
