{
    "name": "LinkStar: KPI and Bonus",
    "summary": "Scorecards and bonus from shop facts and task facts",
    "version": "19.0.1.0.0",
    "category": "Services/Project",
    "author": "LinkStar",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["linkstar_project"],
    "external_dependencies": {"python": ["xlsxwriter"]},
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/kpi_cron.xml",
        "data/kpi_metrics.xml",
        "data/kpi_schemes.xml",
    ],
    "demo": [],
    "assets": {
        "web.assets_backend": [
            "linkstar_kpi/static/src/**/*",
        ],
    },
}
