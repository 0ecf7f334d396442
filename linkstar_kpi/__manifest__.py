{
    "name": "LinkStar: KPI and Bonus",
    "summary": "Scorecards and bonus from shop facts and task facts",
    "version": "19.0.1.0.0",
    "category": "Services/Project",
    "author": "LinkStar",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["linkstar_project"],
    "data": [],
    "demo": [],
}
