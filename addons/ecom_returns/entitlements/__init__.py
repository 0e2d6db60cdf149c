"""What customers may ask for and what they are owed: plain Python, no Odoo."""
