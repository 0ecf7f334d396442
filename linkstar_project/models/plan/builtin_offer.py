"""A newer built-in content is offered for comparison, never put in by itself."""

import json
from pathlib import Path
from uuid import uuid5

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import file_path

from ...engine import snapshot as snapshot_engine
from ...engine.variants import parse_sites
from .builtin_templates import NAMESPACE


class ProjectProject(models.Model):
    _inherit = "project.project"

    has_builtin_update = fields.Boolean(
        compute="_compute_has_builtin_update",
        search="_search_has_builtin_update",
        string="New built-in version",
        help="LinkStar brings another content of this template than the one it was "
        "made from. Compare, and take over what you want.",
    )

    @api.depends("template_code", "builtin_checksum")
    def _compute_has_builtin_update(self):
        checksums = self._builtin_checksums()
        for project in self:
            newest = checksums.get(project.template_code)
            project.has_builtin_update = bool(
                newest
                and project.is_template
                and project.builtin_checksum
                and project.builtin_checksum != newest
            )

    def _search_has_builtin_update(self, operator, value):
        if operator != "in":
            return NotImplemented
        newer = Domain.OR(
            Domain("template_code", "=", code)
            & Domain("builtin_checksum", "!=", checksum)
            for code, checksum in self._builtin_checksums().items()
        ) & Domain("builtin_checksum", "!=", False)
        return newer if True in value else ~newer

    @api.model
    @api.private
    def _builtin_entries(self):
        """Return ``{code: entry}``: the built-in templates of this release.

        Other addons with templates of their own add theirs.
        """
        folder = Path(file_path("linkstar_project/data/templates"))
        entries = [
            json.loads(path.read_text("utf-8"))
            for path in sorted(folder.glob("*.json"))
        ]
        return {entry["code"]: entry for entry in entries}

    @api.model
    @tools.ormcache()
    def _builtin_checksums(self):
        return {
            code: snapshot_engine.checksum(entry)
            for code, entry in self._builtin_entries().items()
        }

    def action_compare_builtin(self):
        """Open the newer built-in version beside the working copy."""
        self.ensure_one()
        self.check_access("read")
        self._check_template_manager()
        entry = self._builtin_entries().get(self.template_code)
        if not entry:
            raise UserError(
                self.env._("%s is no built-in template of this release.", self.name)
            )
        return self.env["linkstar.template.takeover"]._open(
            self,
            self._builtin_snapshot(entry),
            self.env._("Built-in version of this release"),
            builtin_checksum=snapshot_engine.checksum(entry),
        )

    @api.model
    def _builtin_snapshot(self, entry):
        """Return a built-in entry as the snapshot that loading it would give."""
        lang = self._builtin_lang()
        gates = self._builtin_gate_snapshots(entry)
        uids = {
            step["uid"]: uuid5(NAMESPACE, f"{entry['code']}/{step['uid']}").hex
            for step in entry["tasks"]
        }
        tasks = []
        for number, step in enumerate(entry["tasks"], 1):
            roles = {step["role"]: 0} if step.get("role") else {}
            values = self._builtin_step_values(entry["code"], step, roles, lang)
            tasks.append(
                {
                    "uid": uids[step["uid"]],
                    "name": values["step_texts"]["name"],
                    "description": values["step_texts"]["description"],
                    "parent": uids.get(step.get("parent")),
                    "sequence": number * 10,
                    "role": step.get("role"),
                    "hours": values["allocated_hours"],
                    "offset_days": values["offset_days"],
                    "duration_kind": values["duration_kind"],
                    "duration_days": values["duration_days"],
                    "depends_on": sorted(uids[u] for u in step.get("depends_on", [])),
                    "milestone": step.get("milestone"),
                    "is_key": values["is_key"],
                    "is_review": values["is_review"],
                    "evidence_required": values["evidence_required"],
                    "priority": values["priority"],
                    "tags": [],
                    "variants": sorted(step.get("variants", [])),
                    "sites": parse_sites(", ".join(step.get("sites", []))),
                    "gates": gates.get(step["uid"], []),
                }
            )
        template = {
            "name": self._builtin_texts(entry["name"]),
            "code": entry["code"],
            "kind": entry.get("kind", "routine"),
            "anchor": entry.get("anchor", "start"),
            "scope": entry.get("scope", "store"),
            "milestones": [
                {"uid": m["uid"], "name": self._builtin_texts(m["name"])}
                for m in entry.get("milestones", [])
            ],
        }
        return {
            "format": snapshot_engine.FORMAT,
            "template": template,
            "tasks": tasks,
        }

    def _builtin_gate_snapshots(self, entry):
        """Return ``{step: gates}`` as their own kind would describe them."""
        gates = self.env["linkstar.gate"].sudo().with_context(lang="en_US")
        sources = [
            (step["uid"], gate)
            for step in entry["tasks"]
            for gate in step.get("gates", [])
        ]
        refs = gates._snapshot_refs([gate for _uid, gate in sources])
        found = {}
        for number, (uid, gate) in enumerate(sources):
            source = {
                **gate,
                "uid": uuid5(NAMESPACE, f"{entry['code']}/{uid}/gate{number}").hex,
                "name": self._builtin_texts(gate.get("name")),
            }
            record = gates.new(gates._from_snapshot(source, refs, "en_US"))
            found.setdefault(uid, []).append(
                {**record._to_snapshot(), "name": source["name"]}
            )
        return found
