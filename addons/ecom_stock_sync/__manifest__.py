{
    "name": "E-commerce Stock",
    "summary": "Stock on every channel within a second, never oversold, traced to the serial",
    "version": "19.0.1.0.0",
    "category": "Sales/E-commerce",
    "author": "E-commerce Connector contributors",
    "license": "LGPL-3",
    "depends": ["ecom_connector", "sale_stock_product_expiry", "stock_picking_batch"],
    "data": [
        "security/ir.model.access.csv",
        "security/level_rules.xml",
        "data/cron_stock.xml",
        "security/replenishment_rules.xml",
        "data/replenishment_cron.xml",
        "views/menus.xml",
        "views/stock_level_views.xml",
        "views/stock_rule_views.xml",
        "views/channel_stock_views.xml",
        "views/replenishment_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["ecom_stock_sync/static/src/**/*"],
    },
}
