{
    "name": "LinkStar: Amazon Connector",
    "summary": "Orders, stock, shipments and ads as facts and events",
    "version": "19.0.1.0.0",
    "category": "Services/Project",
    "author": "LinkStar",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["linkstar_project"],
    "external_dependencies": {
        "python": ["httpx", "python-amazon-sp-api", "python-amazon-ad-api"]
    },
    "data": [
        "security/ir.model.access.csv",
        "security/amazon_rules.xml",
        "data/amazon_metrics.xml",
        "data/amazon_event_types.xml",
        "data/amazon_cron.xml",
        "views/amazon_account_views.xml",
        "views/amazon_stream_views.xml",
        "views/amazon_data_views.xml",
        "views/amazon_consent_templates.xml",
        "views/amazon_menus.xml",
    ],
    "demo": ["demo/amazon_demo.xml"],
}
