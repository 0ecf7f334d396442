{
    "name": "LinkStar: Store Opening",
    "summary": "Openings of shops as projects with papers, rounds and states",
    "version": "19.0.1.0.0",
    "category": "Services/Project",
    "author": "LinkStar",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["linkstar_project"],
    "data": [],
    "demo": [],
}
