"""Take the pictures of the README from the running demo, in English and in French."""

from __future__ import annotations

from dev import demo, running_demo
from dev.browser import Browser
from dev.client import Client
from dev.paths import ROOT
from dev.say import say

FOLDER = ROOT / "docs" / "pictures"
LANGUAGES = {"en": "en_US", "fr": "fr_FR"}
PAGES = {"orders": "/odoo/sales"}
"""Pages of Odoo to take, by the picture's name."""


def main(_arguments: list[str]) -> int:
    """Take every page in every language."""
    odoo, shop = running_demo.addresses()
    admin = Client(odoo, demo.DATABASE)
    try:
        for short, language in LANGUAGES.items():
            admin.call("res.users", "write", [admin.uid], {"lang": language})
            with Browser(language=language.replace("_", "-")) as browser:
                browser.log_in(odoo)
                for name, path in PAGES.items():
                    browser.open(f"{odoo}{path}")
                    browser.wait_for_element(".o_action_manager .o_view_controller")
                    say(f"  ✓ {browser.screenshot(FOLDER / f'{name}-{short}.png').relative_to(ROOT)}")
    finally:
        admin.call("res.users", "write", [admin.uid], {"lang": LANGUAGES["en"]})
    if shop:
        with Browser() as browser:
            browser.open(f"{shop}/")
            say(f"  ✓ {browser.screenshot(FOLDER / 'shop.png').relative_to(ROOT)}")
    return 0
