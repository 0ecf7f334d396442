"""Read-only SQL views for BI tools, in a schema of their own.

No pay, no secrets, nothing that reveals cost, nobody's words. PostgreSQL opens a
new schema to its owner only: a database administrator grants it to a role by hand
(``readme/CONFIGURE.md``); no role is ever made here.
"""

from odoo import api, models
from odoo.tools import SQL

SCHEMA = "linkstar_bi"
NAME = "COALESCE(%(alias)s.name ->> 'en_US', '')"
NAME_ZH = "COALESCE(%(alias)s.name ->> 'zh_CN', %(alias)s.name ->> 'en_US', '')"


def _names(alias, prefix):
    """Both names of a translated record as two columns."""
    english, chinese = NAME % {"alias": alias}, NAME_ZH % {"alias": alias}
    return f"{english} AS {prefix}, {chinese} AS {prefix}_zh"


#: Name of the view → its query. Documented in readme/CONFIGURE.md.
VIEWS = {
    "period": """
        SELECT p.id AS period_id, p.name AS period, p.kind, p.date_from, p.date_to,
               p.state, p.is_estimate, p.company_id, p.published_at, p.locked_at
          FROM public.linkstar_kpi_period p
    """,
    "metric": f"""
        SELECT m.id AS metric_id, m.code, {_names("m", "metric")}, m.unit, m.direction,
               m.additivity, m.available_after_h, m.settled_after_d
          FROM public.linkstar_metric m
    """,
    "score": f"""
        SELECT c.id AS card_id, c.period_id, p.name AS period, p.kind, c.date_from,
               c.date_to, c.company_id, c.employee_id, e.name AS employee,
               c.department_id, {_names("d", "department")}, {_names("s", "scheme")},
               v.number AS scheme_version, c.is_pilot, c.state, c.is_final,
               CASE WHEN c.is_scored THEN c.score END AS score,
               CASE WHEN c.is_scored THEN c.adjustment END AS adjustment,
               CASE WHEN c.is_scored THEN c.final_score END AS final_score
          FROM public.linkstar_kpi_scorecard c
          JOIN public.linkstar_kpi_period p ON p.id = c.period_id
          JOIN public.hr_employee e ON e.id = c.employee_id
          JOIN public.linkstar_kpi_scheme_version v ON v.id = c.scheme_version_id
          JOIN public.linkstar_kpi_scheme s ON s.id = v.scheme_id
          LEFT JOIN public.hr_department d ON d.id = c.department_id
    """,
    "score_line": f"""
        SELECT l.id AS line_id, l.scorecard_id AS card_id, l.period_id, l.employee_id,
               l.metric_id, m.code AS metric_code, {_names("m", "metric")}, l.outcome,
               CASE WHEN l.outcome = 'measured' AND NOT COALESCE(l.is_hidden, FALSE)
                    THEN l.value END AS value,
               CASE WHEN NOT COALESCE(l.is_hidden, FALSE) THEN l.target END AS target,
               CASE WHEN l.outcome = 'measured' AND NOT COALESCE(l.is_hidden, FALSE)
                    THEN l.attainment END AS attainment,
               CASE WHEN l.outcome = 'measured' THEN l.points END AS points,
               l.weight, l.effective_weight, l.contribution, l.as_of
          FROM public.linkstar_kpi_scorecard_line l
          JOIN public.linkstar_metric m ON m.id = l.metric_id
    """,
    "store_day": """
        SELECT r.store_id, s.code AS store, r.date, r.metric_id,
               m.code AS metric_code, r.value, cur.name AS currency, r.as_of
          FROM public.linkstar_kpi_rollup r
          JOIN public.linkstar_store s ON s.id = r.store_id
          JOIN public.linkstar_metric m ON m.id = r.metric_id
          LEFT JOIN public.res_currency cur ON cur.id = r.currency_id
         WHERE m.kind = 'measure' AND NOT COALESCE(m.is_cost, FALSE)
    """,
    "exclusion": """
        SELECT x.id AS exclusion_id, x.store_id, s.code AS store, x.listing_id,
               x.date_from, x.date_to, x.cause, x.state, x.decided_at
          FROM public.linkstar_kpi_exclusion x
          JOIN public.linkstar_store s ON s.id = x.store_id
    """,
}


class LinkstarKpiBi(models.AbstractModel):
    """Makes the views anew at each installation and update of the module."""

    _name = "linkstar.kpi.bi"
    _description = "Views for BI tools"

    @api.model
    @api.private
    def _make_views(self):
        """Make or remake the views; grants on views that stand are kept."""
        schema = SQL.identifier(SCHEMA)
        self.env.flush_all()
        self.env.cr.execute(SQL("CREATE SCHEMA IF NOT EXISTS %s", schema))
        for name, query in VIEWS.items():
            self._make_view(SQL.identifier(SCHEMA, name), query)
        self.env.cr.execute(
            SQL("COMMENT ON SCHEMA %s IS 'LinkStar KPI: read-only views'", schema)
        )

    def _make_view(self, view, query):
        """Replace a view in place; one whose columns differ is made anew.

        :param view: quoted name
        :param query: constant of :data:`VIEWS`
        """
        body = SQL(query.replace("%", "%%"))
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(SQL("CREATE OR REPLACE VIEW %s AS %s", view, body))
        except Exception as error:  # the columns of an older version differ
            if getattr(error, "pgcode", None) != "42P16":
                raise
            self.env.cr.execute(SQL("DROP VIEW %s", view))
            self.env.cr.execute(SQL("CREATE VIEW %s AS %s", view, body))


def drop_views(env):
    """Remove the schema and its views, for the uninstallation."""
    env.cr.execute(SQL("DROP SCHEMA IF EXISTS %s CASCADE", SQL.identifier(SCHEMA)))
