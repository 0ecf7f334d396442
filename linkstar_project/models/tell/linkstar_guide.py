"""First steps: what a newcomer does next, and the tours of their roles."""

from odoo import api, models

#: Tour of each group, in the order in which one learns.
TOURS = (
    ("linkstar_admin", "group_admin"),
    ("linkstar_template_manager", "group_template_manager"),
    ("linkstar_lead", "group_lead"),
    ("linkstar_operator", "group_operator"),
)


class LinkstarGuide(models.AbstractModel):
    """From the empty app to the first launched project."""

    _name = "linkstar.guide"
    _description = "First steps"

    @api.model
    def progress(self):
        """What the caller has done so far and which tours they may walk.

        :return: ``{"steps": [{"key", "done"}], "tours": [name], "launched": bool,
            "connect": action or False}``
        """
        user = self.env.user
        steps = []
        if user.has_group("linkstar_project.group_lead"):
            steps = self._steps()
        return {
            "steps": steps,
            "launched": bool(steps) and steps[-1]["done"],
            "connect": self._connect_action(),
            "tours": [
                name
                for name, group in TOURS
                if user.has_group(f"linkstar_project.{group}")
            ],
        }

    @api.model
    def _steps(self):
        """The steps in their order; the caller's record rules decide what counts."""
        projects = self.env["project.project"].with_context(active_test=False)
        launches = [("version_id", "!=", False)]
        done = {
            "store": self.env["linkstar.store"].search_count([], limit=1),
            "member": self.env["linkstar.store.member"].search_count([], limit=1),
            "template": self.env["linkstar.template.version"].search_count(
                [("state", "=", "published")], limit=1
            ),
            "trial": projects.search_count(launches, limit=1),
            "launch": projects.search_count(
                [*launches, ("is_trial", "=", False)], limit=1
            ),
        }
        return [{"key": key, "done": bool(count)} for key, count in done.items()]

    @api.model
    def _connect_action(self):
        """Hook: XML id of the action that connects a seller account, or False.

        Connectors return theirs for those who may connect.
        """
        return False


class TourOfLinkstar(models.Model):
    _inherit = "web_tour.tour"

    @api.model
    def consume(self, tourName):  # pylint: disable=invalid-name
        """A tour of ours ends where it ends: core's own do not follow on it."""
        if tourName in dict(TOURS):
            self.env["res.users"].switch_tour_enabled(False)
            return False
        return super().consume(tourName)
