"""Built-in templates: loaded once, never overwriting a company's own."""

import json
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from markupsafe import escape

from odoo import api, models
from odoo.tools import SQL, file_path

from ...engine import snapshot as snapshot_engine
from ...engine.snapshot import localise
from ...engine.variants import codes_of

NAMESPACE = uuid5(NAMESPACE_URL, "linkstar/templates")


class ProjectProject(models.Model):
    _inherit = "project.project"

    @api.model
    def _load_builtin(self, data, module="linkstar_project"):
        """Create the built-in templates that this database does not have yet.

        Companies change templates: one that exists is never touched. It keeps the
        checksum of what it came from, so that a newer built-in content can be
        offered for comparison.

        :param data: list of templates: ``code``, ``name`` {en, zh}, ``kind``,
            ``anchor``, ``scope``, ``description`` {en, zh}, ``milestones`` and
            ``tasks``: ``uid``, ``name`` {en, zh}, ``instructions`` {en, zh},
            ``role``, ``hours``, ``offset_days``, ``duration_kind``,
            ``duration_days``, ``depends_on``, ``gates``, ``is_key`` …
        :param module: addon that owns the external ids
        :return: the templates created
        """
        created = self.browse()
        for entry in data:
            templates = self.sudo().with_context(active_test=False)
            if templates.search_count([("template_code", "=", entry["code"])], limit=1):
                continue
            created |= self._create_builtin(entry, module)
        return created

    def _create_builtin(self, entry, module):
        builder = self.sudo().with_context(
            lang="en_US", mail_create_nosubscribe=True, tracking_disable=True
        )
        lang = self._builtin_lang()
        template = builder.create(
            {
                "name": entry["name"]["en"],
                "is_template": True,
                "linkstar_kind": entry.get("kind", "routine"),
                "template_code": entry["code"],
                "anchor": entry.get("anchor", "start"),
                "launch_scope": entry.get("scope", "store"),
                "description": entry.get("description", {}).get("en"),
                "allow_timesheets": False,
                "company_id": False,
                "user_id": False,
                "builtin_checksum": snapshot_engine.checksum(entry),
            }
        )
        self._translate(template, "name", entry["name"])
        self.env["ir.model.data"].sudo()._update_xmlids(
            [
                {
                    "xml_id": f"{module}.template_{entry['code']}",
                    "record": template,
                    "noupdate": True,
                }
            ]
        )
        self._create_builtin_steps(template, entry, lang)
        template.publish_version(note=self.env._("Built-in content"))
        return template

    def _create_builtin_steps(self, template, entry, lang):
        milestones = {}
        for number, milestone in enumerate(entry.get("milestones", [])):
            record = (
                self.env["project.milestone"]
                .sudo()
                .create(
                    {
                        "name": localise(self._builtin_texts(milestone["name"]), lang),
                        "project_id": template.id,
                        "sequence": number,
                    }
                )
            )
            milestones[milestone["uid"]] = record.id
        codes = self._builtin_roles(entry)
        variants = self.env["linkstar.variant"]._ids_by_code(codes_of(entry))
        steps = {}
        levels = [
            [step for step in entry["tasks"] if not step.get("parent")],
            [step for step in entry["tasks"] if step.get("parent")],
        ]
        order = {step["uid"]: number for number, step in enumerate(entry["tasks"], 1)}
        tasks = self.env["project.task"].sudo().with_context(tracking_disable=True)
        for level in levels:
            values = [
                {
                    **self._builtin_step_values(entry["code"], step, codes, lang),
                    "variant_ids": [
                        (6, 0, [variants[code] for code in step.get("variants", [])])
                    ],
                    "project_id": template.id,
                    "sequence": order[step["uid"]] * 10,
                    "milestone_id": milestones.get(step.get("milestone"), False),
                    "parent_id": steps[step["parent"]].id
                    if step.get("parent")
                    else False,
                }
                for step in level
            ]
            records = tasks.create(values)
            steps.update({s["uid"]: r for s, r in zip(level, records, strict=True)})
        for step in entry["tasks"]:
            befores = [steps[uid].id for uid in step.get("depends_on", [])]
            if befores:
                steps[step["uid"]].depend_on_ids = [(6, 0, befores)]
        self._create_builtin_gates(entry, steps)

    def _builtin_roles(self, entry):
        codes = {step.get("role") for step in entry["tasks"]} - {None}
        roles = self.env["project.role"].sudo().search([("code", "in", list(codes))])
        found = {role.code: role.id for role in roles}
        missing = codes - set(found)
        if missing:
            raise ValueError(f"{entry['code']}: unknown roles {sorted(missing)}")
        return found

    def _builtin_lang(self):
        """The language in which steps are kept: the company's."""
        lang = self.env.company.partner_id.lang or self.env.user.lang
        return lang if (lang or "").startswith("zh") else "en_US"

    @staticmethod
    def _builtin_texts(text):
        return {"en_US": text["en"], "zh_CN": text["zh"]} if text else {}

    def _builtin_step_values(self, code, step, roles, lang):
        names = self._builtin_texts(step["name"])
        description = self.env["project.task"]._fields["description"]
        texts = {
            key: str(description.convert_to_cache(f"<p>{escape(text)}</p>", self))
            for key, text in self._builtin_texts(step.get("instructions")).items()
        }
        return {
            "name": localise(names, lang),
            "description": localise(texts, lang) or False,
            "step_texts": {"lang": lang, "name": names, "description": texts},
            "node_uid": uuid5(NAMESPACE, f"{code}/{step['uid']}").hex,
            "role_ids": [(6, 0, [roles[step["role"]]] if step.get("role") else [])],
            "user_ids": False,
            "allocated_hours": step.get("hours", 0.0),
            "offset_days": step.get("offset_days", 0),
            "duration_kind": step.get("duration_kind", "working"),
            "duration_days": step.get("duration_days", 0.0),
            "is_key": step.get("is_key", False),
            "is_review": step.get("is_review", False),
            "evidence_required": step.get("evidence_required", False),
            "priority": step.get("priority", "0"),
            "for_sites": ", ".join(step.get("sites", [])) or False,
        }

    def _create_builtin_gates(self, entry, steps):
        gates = self.env["linkstar.gate"].sudo().with_context(lang="en_US")
        sources = [
            (step["uid"], gate)
            for step in entry["tasks"]
            for gate in step.get("gates", [])
        ]
        refs = gates._snapshot_refs([gate for _uid, gate in sources])
        for number, (uid, gate) in enumerate(sources):
            texts = self._builtin_texts(gate.get("name"))
            source = {
                **gate,
                "uid": uuid5(NAMESPACE, f"{entry['code']}/{uid}/gate{number}").hex,
                "name": texts,
            }
            record = gates.create(
                {
                    **gates._from_snapshot(source, refs, "en_US"),
                    "task_id": steps[uid].id,
                }
            )
            if texts:
                self._translate(record, "name", gate["name"])

    def _translate(self, record, name, text):
        """Store the Chinese of a translated field, installed already or not."""
        record.flush_recordset([name])
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s || jsonb_build_object('zh_CN', %s::text)"
                " WHERE id = %s",
                SQL.identifier(record._table),
                SQL.identifier(name),
                SQL.identifier(name),
                text["zh"],
                record.id,
            )
        )
        record.invalidate_recordset([name])

    @api.model
    def _load_builtin_files(self):
        """Load the templates that come with this addon, in a fixed order."""
        folder = Path(file_path("linkstar_project/data/templates"))
        data = [
            json.loads(path.read_text("utf-8"))
            for path in sorted(folder.glob("*.json"))
        ]
        return bool(self._load_builtin(data))
