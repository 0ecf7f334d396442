{
    "name": "LinkStar: Amazon Connector",
    "summary": "Orders, stock, shipments and ads of seller accounts as facts and events",
    "version": "19.0.1.0.0",
    "category": "Services/Project",
    "author": "LinkStar",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["linkstar_project"],
    "data": [],
    "demo": [],
}
