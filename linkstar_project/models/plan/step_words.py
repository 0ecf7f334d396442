"""What a step of a snapshot says, in the reader's words.

Plain classes, because nothing here may be called by RPC.
"""

from odoo.tools import html2plaintext

from ...engine.snapshot import complete, localise


class StepWords:
    """Turns values of steps into texts: names for identities, words for codes.

    :param env: of the reader
    :param snapshots: those whose steps are named
    """

    def __init__(self, env, *snapshots):
        self.env = env
        self.lang = env.lang
        self.names, self.milestones = {}, {}
        for snapshot in snapshots:
            snapshot = complete(snapshot)
            for task in snapshot["tasks"]:
                self.names[task["uid"]] = localise(task["name"], self.lang)
            for milestone in snapshot["template"]["milestones"]:
                name = localise(milestone["name"], self.lang)
                self.milestones[milestone["uid"]] = name
        roles = env["project.role"].sudo().with_context(active_test=False)
        self.roles = {role.code: role.name for role in roles.search([])}
        gates = env["linkstar.gate"]._fields
        tasks = env["project.task"]._fields
        self.kinds = dict(gates["kind"]._description_selection(env))
        self.durations = dict(tasks["duration_kind"]._description_selection(env))
        self.priorities = dict(tasks["priority"]._description_selection(env))
        self.labels = env["linkstar.template.version"]._step_labels()

    def pairs(self, change):
        """Return ``{label: (before, after)}`` of a change's fields as texts."""
        return {
            self.labels[name]: (self.text(name, before), self.text(name, after))
            for name, (before, after) in change.fields.items()
        }

    def summary(self, task):
        """Return ``{label: text}`` of what a whole step says."""
        names = ("description", "role", "hours", "offset_days", "depends_on")
        names += ("parent", "milestone", "gates")
        return {
            self.labels[name]: self.text(name, task.get(name))
            for name in names
            if task.get(name)
        }

    def name(self, task):
        """Return a step's name."""
        return localise(task["name"], self.lang)

    def text(self, name, value):
        """Return one value of a step as text."""
        if name == "description":
            return html2plaintext(localise(value, self.lang) or "").strip()
        if name in ("parent", "depends_on"):
            uids = [value] if isinstance(value, str) else value or []
            return ", ".join(self.names.get(uid, "?") for uid in uids)
        if name == "milestone":
            return self.milestones.get(value, "")
        if name == "gates":
            return "; ".join(self._gate(gate) for gate in value or [])
        words = {
            "role": self.roles,
            "duration_kind": self.durations,
            "priority": self.priorities,
        }
        if name in words:
            return words[name].get(value, value or "")
        return self._plain(value)

    def _gate(self, gate):
        name = localise(gate.get("name"), self.lang)
        kind = self.kinds.get(gate["kind"], gate["kind"])
        detail = ""
        if gate.get("metric"):
            metric = self._metric(gate["metric"])
            limit = f"{gate.get('threshold', 0):g}"
            detail = f"{metric} {gate.get('comparison', '')} {limit}"
        elif gate.get("event_type"):
            detail = gate["event_type"]
        text = " · ".join(part for part in (name, detail) if part)
        return f"{kind}: {text}" if text else kind

    def _metric(self, code):
        metrics = self.env["linkstar.metric"].sudo()
        return metrics.search([("code", "=", code)], limit=1).name or code

    def _plain(self, value):
        if isinstance(value, dict):
            return localise(value, self.lang)
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        if isinstance(value, float):
            return f"{value:g}"
        return "" if value is None else str(value)
