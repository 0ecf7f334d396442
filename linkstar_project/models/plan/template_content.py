"""A template's steps from a snapshot: restore, import, export."""

import json
from uuid import uuid4

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine import launch_plan
from ...engine import snapshot as snapshot_engine
from ...engine.snapshot import localise
from ...engine.variants import codes_of

EXPORT_FORMAT = "linkstar-templates"
MAX_IMPORT_BYTES = 5_000_000
MAX_STEPS = 2_000


class LinkstarTemplateVersion(models.Model):
    _inherit = "linkstar.template.version"

    def action_restore(self):
        """Make the template's working copy what this version says."""
        self.ensure_one()
        self.check_access("read")
        self.project_id._check_template_manager()
        self.project_id._write_steps(self._read_snapshot())
        return True


class ProjectProject(models.Model):
    _inherit = "project.project"

    def export_templates(self):
        """Return these templates' working copies as one JSON text.

        :return: text that ``import_templates`` reads, the same for the same content
        """
        self.check_access("read")
        templates = self.filtered(lambda p: p.is_template and p.linkstar_kind)
        return snapshot_engine.canonical(
            {
                "format": EXPORT_FORMAT,
                "templates": [
                    snapshot_engine.complete(template._build_snapshot())
                    for template in templates
                ],
            }
        )

    @api.model
    def import_templates(self, text):
        """Create templates from an export; a second import adds nothing.

        A template is known by its code, or by its steps: one that is here already
        is left alone.

        :param text: what ``export_templates`` returned, at most 5 MB
        :return: the templates created, unpublished
        :raises UserError: saying what is wrong; then nothing was created
        """
        self._check_template_manager()
        created = self.browse()
        for snapshot in self._parse_export(text):
            self._check_snapshot(snapshot)
            uids = [task["uid"] for task in snapshot["tasks"]]
            known = self.env["project.task"].sudo().with_context(active_test=False)
            if known.search_count(
                [("node_uid", "in", uids), ("project_id.is_template", "=", True)],
                limit=1,
            ):
                continue
            created |= self._create_from_snapshot(snapshot)
        return created

    @api.model
    def _parse_export(self, text):
        if not isinstance(text, str) or len(text) > MAX_IMPORT_BYTES:
            raise UserError(self.env._("A library file has at most 5 MB of text."))
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict) or data.get("format") != EXPORT_FORMAT:
            raise UserError(
                self.env._("The file is no LinkStar library. Export one to compare.")
            )
        try:
            snapshots = [snapshot_engine.complete(s) for s in data["templates"]]
            for snapshot in snapshots:
                launch_plan.all_faults(snapshot)
                localise(snapshot["template"]["name"], "en_US")
        except (AttributeError, KeyError, TypeError):
            raise UserError(
                self.env._("The file is damaged: a template in it is incomplete.")
            ) from None
        if sum(len(s["tasks"]) for s in snapshots) > MAX_STEPS:
            raise UserError(
                self.env._("A file holds at most %s steps. Split it.", MAX_STEPS)
            )
        return snapshots

    def _create_from_snapshot(self, snapshot):
        head = snapshot["template"]
        kinds = dict(self._fields["linkstar_kind"]._description_selection(self.env))
        template = self.create(
            {
                "name": localise(head["name"], self.env.lang) or self.env._("Imported"),
                "is_template": True,
                "linkstar_kind": head["kind"]
                if head.get("kind") in kinds
                else "routine",
                "anchor": head["anchor"],
                "launch_scope": head["scope"],
                "allow_timesheets": False,
                "company_id": False,
                "user_id": False,
            }
        )
        template._write_steps(snapshot)
        return template

    def _write_steps(self, snapshot):
        """Make the steps of this template those of a snapshot.

        Steps are known by their identity: kept ones are changed, missing ones
        created, superfluous ones archived, so that nothing is lost for good.
        """
        self.ensure_one()
        head = snapshot["template"]
        self.write({"anchor": head["anchor"], "launch_scope": head["scope"]})
        tasks = self.env["project.task"].sudo().with_context(active_test=False)
        steps = {
            task.node_uid: task
            for task in tasks.search([("project_id", "=", self.id)])
            if task.node_uid
        }
        wanted = {source["uid"] for source in snapshot["tasks"]}
        for uid, task in steps.items():
            if uid not in wanted and task.active:
                task.write({"active": False, "depend_on_ids": [(5, 0, 0)]})
        roles = self._codes_of_roles(snapshot)
        variants = self.env["linkstar.variant"]._ids_by_code(
            codes_of(snapshot), head.get("variants") or ()
        )
        milestones = self._write_milestones(snapshot)
        lang = self.env.lang or "en_US"
        for source in snapshot["tasks"]:
            vals = self._step_values(source, roles, milestones, lang)
            ids = [variants[code] for code in source["variants"]]
            vals["variant_ids"] = [(6, 0, ids)]
            if source["uid"] in steps:
                steps[source["uid"]].write({**vals, "active": True})
            else:
                vals.update(project_id=self.id, node_uid=source["uid"])
                steps[source["uid"]] = tasks.create(vals)
        self._write_step_links(snapshot, steps)
        self._write_step_milestones(snapshot, steps, milestones)

    def _codes_of_roles(self, snapshot):
        codes = {task["role"] for task in snapshot["tasks"] if task["role"]}
        roles = self.env["project.role"].sudo().search([("code", "in", list(codes))])
        found = {role.code: role.id for role in roles}
        missing = sorted(codes - set(found))
        if missing:
            raise UserError(
                self.env._(
                    "The template needs the roles %(codes)s. Create roles with these "
                    "codes under Settings, Roles.",
                    codes=", ".join(missing),
                )
            )
        return found

    def _write_milestones(self, snapshot):
        """Return ``{uid: milestone id}``, by name within the template."""
        records = self.env["project.milestone"].sudo()
        known = {
            milestone.name: milestone.id
            for milestone in records.search([("project_id", "=", self.id)])
        }
        found = {}
        for number, source in enumerate(snapshot["template"]["milestones"]):
            name = localise(source["name"], self.env.lang)
            if name not in known:
                known[name] = records.create(
                    {"name": name, "project_id": self.id, "sequence": number}
                ).id
            found[source["uid"]] = known[name]
        return found

    def _step_values(self, source, roles, milestones, lang):
        description = localise(source["description"], lang)
        return {
            "name": localise(source["name"], lang),
            "description": description or False,
            "step_texts": {
                "lang": lang,
                "name": self._in_lang(source["name"], lang),
                "description": self._in_lang(source["description"], lang),
            },
            "user_ids": [(5, 0, 0)],
            "role_ids": [(6, 0, [roles[source["role"]]] if source["role"] else [])],
            "sequence": source["sequence"],
            "allocated_hours": source["hours"],
            "offset_days": source["offset_days"],
            "duration_kind": source["duration_kind"],
            "duration_days": source["duration_days"],
            "milestone_id": milestones.get(source["milestone"], False),
            "is_key": source["is_key"],
            "is_review": source["is_review"],
            "evidence_required": source["evidence_required"],
            "grade_wanted": source["grade_wanted"],
            "priority": source["priority"],
            "for_sites": ", ".join(source["sites"]) or False,
        }

    @staticmethod
    def _in_lang(texts, lang):
        """Texts by language with the one in use, so that an edit is noticed."""
        if not isinstance(texts, dict) or not texts:
            return {}
        return {**texts, lang: localise(texts, lang)}

    def _write_step_links(self, snapshot, steps):
        gates = self.env["linkstar.gate"].sudo()
        sources = [
            (task["uid"], gate) for task in snapshot["tasks"] for gate in task["gates"]
        ]
        refs = gates._snapshot_refs([gate for _uid, gate in sources])
        for source in snapshot["tasks"]:
            task = steps[source["uid"]]
            parent = steps.get(source["parent"])
            befores = [steps[uid].id for uid in source["depends_on"]]
            task.write(
                {
                    "parent_id": parent.id if parent else False,
                    "depend_on_ids": [(6, 0, befores)],
                    "tag_ids": [(6, 0, self._tag_ids_by_name(source["tags"]))],
                }
            )
            task.gate_ids.unlink()
        lang = self.env.lang or "en_US"
        records = gates.create(
            [
                {
                    **gates._from_snapshot(
                        {**gate, "uid": gate.get("uid") or uuid4().hex}, refs, lang
                    ),
                    "task_id": steps[uid].id,
                }
                for uid, gate in sources
            ]
        )
        self._translate_gates(records, [gate for _uid, gate in sources])

    @staticmethod
    def _write_step_milestones(snapshot, steps, milestones):
        """Give each step its own: core hands a parent's on to its sub-tasks."""
        parents = {source["uid"]: source["parent"] for source in snapshot["tasks"]}

        def depth(source):
            level, uid = 0, source["uid"]
            while parents.get(uid) and level < len(parents):
                level, uid = level + 1, parents[uid]
            return level

        for source in sorted(snapshot["tasks"], key=depth):
            milestone = milestones.get(source["milestone"], False)
            if steps[source["uid"]].milestone_id.id != milestone:
                steps[source["uid"]].milestone_id = milestone

    def _translate_gates(self, gates, sources):
        """Give gates their names in every language, installed already or not."""
        texts = [
            (gate.id, json.dumps({"en_US": localise(name, "en_US"), **name}))
            for gate, name in zip(gates, (s.get("name") for s in sources), strict=True)
            if isinstance(name, dict) and any(name.values())
        ]
        if not texts:
            return
        gates.flush_recordset(["name"])
        self.env.cr.execute(
            SQL(
                "UPDATE linkstar_gate SET name = given.texts::jsonb"
                " FROM unnest(%s::int[], %s::text[]) AS given(id, texts)"
                " WHERE linkstar_gate.id = given.id",
                [gate_id for gate_id, _texts in texts],
                [value for _id, value in texts],
            )
        )
        gates.invalidate_recordset(["name"])

    def _tag_ids_by_name(self, names):
        tags = self.env["project.tags"].sudo()
        found = tags.search([("name", "in", names)])
        missing = set(names) - set(found.mapped("name"))
        return (found | tags.create([{"name": n} for n in sorted(missing)])).ids
