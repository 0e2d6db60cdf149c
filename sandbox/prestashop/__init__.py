"""A simulated PrestaShop: its webservice, and a page for people."""
