"""One step of one project in a three-way comparison, and what is decided about it."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine.snapshot import localise


class LinkstarPropagationChange(models.Model):
    """Launched version, new version, project today: take it or keep it."""

    _name = "linkstar.propagation.change"
    _description = "Change by a version"
    _inherit = ["linkstar.system.fields.mixin"]
    _order = "propagation_id desc, sequence, node_uid, id"
    _rec_name = "name"

    _system_fields = frozenset(
        {
            "line_id",
            "propagation_id",
            "project_id",
            "store_id",
            "node_uid",
            "name",
            "sequence",
            "kind",
            "launched",
            "renewed",
            "today",
            "conflict",
        }
    )

    line_id = fields.Many2one(
        "linkstar.propagation.line", required=True, index=True, ondelete="cascade"
    )
    propagation_id = fields.Many2one(
        related="line_id.propagation_id", store=True, index=True
    )
    project_id = fields.Many2one(related="line_id.project_id", store=True, index=True)
    store_id = fields.Many2one(
        related="line_id.store_id", store=True, index=True, string="Store"
    )
    sequence = fields.Integer()
    node_uid = fields.Char(string="Template step", index=True)
    name = fields.Char(string="Step")
    kind = fields.Selection(
        [("add", "Added"), ("change", "Changed"), ("drop", "Dropped")], required=True
    )
    launched = fields.Text(string="As launched")
    renewed = fields.Text(string="New version")
    today = fields.Text(string="Project today")
    conflict = fields.Selection(
        [
            ("started", "Work began"),
            ("edited", "Changed by the team"),
            ("gates", "Gates stay as launched"),
        ],
        help="Why a person decides.",
    )
    choice = fields.Selection(
        [("take", "Take the new version"), ("keep", "Keep the project")],
        default="keep",
        required=True,
    )

    def _insert(self, rows):
        """Write rows in one statement: there are hundreds of projects.

        :param rows: list of ``(line, words)``, see ``_three_way_words``
        """
        if not rows:
            return
        self.env.flush_all()
        names = list(rows[0][1])
        values = [
            SQL(
                "(%s, %s, %s, %s, %s)",
                line.id,
                line.propagation_id.id,
                line.project_id.id,
                line.store_id.id or None,
                SQL(", ").join(SQL("%s", words[name] or None) for name in names),
            )
            for line, words in rows
        ]
        self.env.cr.execute(
            SQL(
                "INSERT INTO linkstar_propagation_change"
                " (line_id, propagation_id, project_id, store_id, %s) VALUES %s",
                SQL(", ").join(SQL.identifier(name) for name in names),
                SQL(", ").join(values),
            )
        )
        self.env.invalidate_all()

    def write(self, vals):
        """Decide: by leads of the store, while nothing is applied."""
        if not self.env.su and "choice" in vals:
            self.sudo().store_id.with_env(self.env)._check_lead()
            if any(p.state != "draft" for p in self.sudo().propagation_id):
                raise UserError(self.env._("This was applied already."))
            fixed = self.filtered(lambda change: change.conflict == "gates")
            if fixed and vals["choice"] == "take":
                raise UserError(
                    self.env._(
                        "Gates of running work stay as they were launched; a lead may "
                        "override them on the task."
                    )
                )
        return super().write(vals)


class LinkstarTemplateVersion(models.Model):
    _inherit = "linkstar.template.version"

    @api.model
    def _three_way_words(self, change, one, known, labels):
        """One row of the comparison, in the reader's language.

        :param one: the ``Decided`` of the project
        :param known: ``{uid: step}`` of the version it was launched from
        :param labels: result of ``_step_labels``
        """
        source = change.after or change.before
        names = {uid: task.name for uid, task in one.tasks.items()}
        base = known.get(change.uid)

        def say(step, fields_):
            return "\n".join(
                f"{labels[name]}: {self._step_value_words(step.get(name), names)}"
                for name in fields_
            )

        row = {
            "node_uid": change.uid,
            "name": localise(source["name"], self.env.lang),
            "sequence": source.get("sequence") or 0,
            "kind": change.kind,
            "conflict": change.conflict or False,
            "choice": "keep" if change.conflict else "take",
            "launched": "",
            "renewed": "",
            "today": "",
        }
        if change.kind == "add":
            shown = ("role", "hours", "depends_on")
            row["renewed"] = say(change.after, [n for n in shown if change.after[n]])
        elif change.kind == "drop":
            row["launched"] = self.env._("Is a step")
            row["renewed"] = self.env._("No step any more: it is cancelled")
            row["today"] = self._task_words(one.tasks.get(change.uid))
        else:
            row["launched"] = say(base or {}, change.fields)
            row["renewed"] = say(change.after, change.fields)
            current = {name: before for name, (before, _a) in change.fields.items()}
            row["today"] = say(current, change.fields)
            if change.conflict == "started":
                row["today"] += "\n" + self._task_words(one.tasks.get(change.uid))
        return row

    def _task_words(self, task):
        """State and assignees of a running task."""
        if not task:
            return ""
        states = dict(task._fields["state"]._description_selection(self.env))
        who = ", ".join(task.user_ids.mapped("name")) or self.env._("nobody")
        return f"{states.get(task.state, '')} · {who}"

    def _step_value_words(self, value, names):
        """A value of a step; predecessors by their names."""
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            value = [names.get(item, item) for item in value]
        return self._value_words(value) or "–"
