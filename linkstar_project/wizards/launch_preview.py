"""The dry run on the screen: what a launch would write, for whom and until when."""

from datetime import datetime

from markupsafe import Markup, escape

from odoo.tools import format_date, format_datetime

FORMAT = "%Y-%m-%d %H:%M:%S"
STYLES = {
    "is_key": "text-bg-primary",
    "is_review": "text-bg-info",
    "evidence_required": "text-bg-light border",
    "gates": "text-bg-warning",
}


class LaunchPreview:
    """Draws plans of ``version.preview`` as HTML; every text is escaped.

    A wide screen shows a table. A phone shows a name with its person and deadline
    below, so that nothing has to be scrolled sideways.
    """

    def __init__(self, env):
        self.env = env
        variants = env["linkstar.variant"].sudo().with_context(active_test=False)
        self.variants = {variant.code: variant.name for variant in variants.search([])}

    def render(self, plans):
        """Return the plans, one below the other."""
        return Markup("").join(self._plan(plan) for plan in plans)

    def _plan(self, plan):
        warnings = list(plan["warnings"])
        if plan["running_id"]:
            warnings.insert(0, self._running(plan["running_id"]))
        alerts = Markup("").join(
            Markup(
                '<div class="alert alert-warning py-1 px-2 mb-1" role="alert">%s</div>'
            )
            % text
            for text in warnings
        )
        rows = Markup("").join(self._row(task) for task in plan["tasks"])
        titles = (
            (self.env._("Task"), ""),
            (self.env._("Assignee"), "d-none d-md-table-cell"),
            (self.env._("Start"), "d-none d-md-table-cell"),
            (self.env._("Deadline"), "d-none d-md-table-cell"),
        )
        header = Markup("").join(
            Markup('<th class="%s">%s</th>') % (style, title) for title, style in titles
        )
        return Markup(
            '<section class="o_linkstar_dry_run mb-4"><h4 class="mb-1">%s</h4>'
            '<p class="text-muted mb-2">%s</p>%s<p class="mb-2">%s</p>'
            '<table class="table table-sm mb-0"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table></section>"
        ) % (
            plan["name"],
            self._summary(plan),
            alerts,
            self._people(plan),
            header,
            rows,
        )

    def _running(self, project_id):
        """Say that it runs already, with a link to it."""
        text = self.env._(
            "It is already running for this store and subject. Open that project, or "
            "give a reason for a second launch."
        )
        return Markup(
            '%s <a href="/odoo/project.project/%s" target="_blank">%s</a>'
        ) % (
            text,
            int(project_id),
            self.env._("Open it"),
        )

    def _summary(self, plan):
        """From when to when, how many steps and hours."""
        leaves = self._leaves(plan)
        return self.env._(
            "%(start)s – %(end)s · %(steps)s steps · %(hours)s hours",
            start=self._date(plan["start"]),
            end=self._date(plan["end"]),
            steps=len(plan["tasks"]),
            hours=f"{sum(task['hours'] for task in leaves):.1f}".removesuffix(".0"),
        )

    @staticmethod
    def _leaves(plan):
        """Steps without sub-tasks: a parent is the frame of its parts."""
        parents = {task["parent"] for task in plan["tasks"]}
        return [task for task in plan["tasks"] if task["uid"] not in parents]

    def _people(self, plan):
        """Who gets how much, as badges."""
        counts = {}
        for task in self._leaves(plan):
            name = task["owner"] or self.env._("nobody")
            known = counts.setdefault(name, [0, False])
            known[0] += 1
            known[1] |= not task["owner_id"]
        return Markup(" ").join(
            Markup('<span class="badge %s me-1">%s × %s</span>')
            % ("text-bg-danger" if lost else "text-bg-light border", name, count)
            for name, (count, lost) in sorted(counts.items())
        )

    def _row(self, task):
        owner = escape(task["owner"] or self.env._("nobody"))
        if task["is_fallback"] or not task["owner_id"]:
            owner = Markup('<span class="text-warning-emphasis">%s</span>') % owner
        role = task["role"] or self.env._("no role")
        name = escape(task["name"])
        if task["is_key"]:
            name = Markup("<strong>%s</strong>") % name
        phone = Markup('<div class="d-md-none small text-muted">%s (%s) · %s</div>') % (
            owner,
            role,
            self._moment(task["end"]),
        )
        return Markup(
            '<tr><td class="%s">%s %s%s</td>'
            '<td class="d-none d-md-table-cell">%s <span class="text-muted">%s</span>'
            '</td><td class="d-none d-md-table-cell text-nowrap">%s</td>'
            '<td class="d-none d-md-table-cell text-nowrap">%s</td></tr>'
        ) % (
            "ps-4" if task["parent"] else "",
            name,
            self._marks(task),
            phone,
            owner,
            role,
            self._moment(task["start"]),
            self._moment(task["end"]),
        )

    def _marks(self, task):
        """Badges: key node, review, evidence, gates, categories."""
        labels = {
            "is_key": self.env._("Key node"),
            "is_review": self.env._("Review point"),
            "evidence_required": self.env._("Evidence"),
            "gates": self.env._("Waits for a gate"),
        }
        marks = [(labels[name], STYLES[name]) for name in labels if task[name]]
        marks += [
            (self.variants.get(code, code), "text-bg-secondary")
            for code in task["variants"]
        ]
        return Markup(" ").join(
            Markup('<span class="badge %s fw-normal">%s</span>') % (style, label)
            for label, style in marks
        )

    def _moment(self, text):
        return format_datetime(self.env, text, dt_format="short")

    def _date(self, text):
        return format_date(self.env, datetime.strptime(text, FORMAT).date())
