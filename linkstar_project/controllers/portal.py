"""The customer portal's list of tasks."""

from odoo.fields import Domain

from odoo.addons.project.controllers.portal import ProjectCustomerPortal


class LinkstarPortal(ProjectCustomerPortal):
    def _prepare_tasks_values(
        self,
        page,
        date_begin,
        date_end,
        sortby,
        search,
        search_in,
        groupby,
        url="/my/tasks",
        domain=None,
        su=False,
        project=False,
    ):
        """List tasks; steps of templates are nobody's work, and many."""
        work = Domain("project_id", "=", False) | Domain(
            "project_id.is_template", "=", False
        )
        return super()._prepare_tasks_values(
            page,
            date_begin,
            date_end,
            sortby,
            search,
            search_in,
            groupby,
            url,
            work & Domain(domain or Domain.TRUE),
            su,
            project,
        )
