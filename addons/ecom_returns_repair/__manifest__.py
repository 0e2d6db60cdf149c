{
    "name": "E-commerce Returns: Repair",
    "summary": "What comes back to be repaired has its repair order, and goes home afterwards",
    "version": "19.0.1.0.0",
    "category": "Sales/E-commerce",
    "author": "E-commerce Connector contributors",
    "license": "LGPL-3",
    "depends": ["ecom_returns", "repair"],
    "data": ["views/return_views.xml"],
    "auto_install": True,
}
