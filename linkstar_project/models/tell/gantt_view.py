"""The Gantt as a view type of its own: Community has none, Enterprise has ``gantt``."""

from odoo import fields, models

VIEW = "linkstar_gantt"
ATTRIBUTES = {"__validate__", "string", "class", "js_class", "zoom", "critical"}
ZOOMS = ("day", "week", "month", "quarter")


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    type = fields.Selection(selection_add=[(VIEW, "Gantt")])

    def _get_view_info(self):
        return {VIEW: {"icon": "fa fa-tasks"}} | super()._get_view_info()

    def _validate_tag_linkstar_gantt(self, node, name_manager, node_info):
        """A Gantt has attributes only: what it shows is the same everywhere."""
        if not node_info["validate"]:
            return
        unknown = set(node.attrib) - ATTRIBUTES
        if unknown or len(node):
            self._raise_view_error(
                self.env._(
                    "A Gantt has no content and knows these attributes only: %s.",
                    ", ".join(sorted(ATTRIBUTES - {"__validate__"})),
                ),
                node,
            )
        if node.get("zoom", "week") not in ZOOMS:
            self._raise_view_error(
                self.env._("The zoom of a Gantt is one of: %s.", ", ".join(ZOOMS)),
                node,
            )


class IrActionsActWindowView(models.Model):
    _inherit = "ir.actions.act_window.view"

    view_mode = fields.Selection(
        selection_add=[(VIEW, "Gantt")], ondelete={VIEW: "cascade"}
    )
