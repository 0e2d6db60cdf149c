"""Stock, for shops that call Odoo."""
