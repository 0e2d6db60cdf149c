"""What is taken: a table of the pictures, and how the browser takes them."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dev.browser import Browser
from dev.paths import ROOT
from dev.pictures.orders import Places
from dev.say import Problem, say

FOLDER = ROOT / "docs" / "pictures"
WIDTH = 1280
"""Odoo puts the messages under a form of this width, so that its lines show all columns."""
MOST_BYTES = 200_000
COLOURS = 256
TIME_ZONE = "Europe/Paris"
FORM = ".o_form_view .o_form_sheet"
LINES = ".o_form_view .o_list_renderer .o_data_row"
LIST = ".o_list_view .o_data_row"
GROUPS = ".o_list_view .o_group_header"
DIALOG = ".modal .o_form_view"
PAGE = "body"
THREAD = ".o_ecom_step"
STATION = ".o_ecom_station_lines"
SCANNER = ".o_ecom_station input[name=station]"
DESK = ".o_ecom_station input[name=desk]"
GOOD, BAD = ".o_ecom_station_words[data-tone=good]", ".o_ecom_station_words[data-tone=bad]"

HOME = {"preparer": "/odoo/inventory"}
"""Where a user's day begins, so that the menu is the one that the user sees."""

NEXT_FOLDED = """(() => {
    const folded = document.querySelector(".o_group_header:not(.o_group_open) .o_group_name");
    folded?.click();
    return Boolean(folded);
})()"""
"""Unfolds a group of a list; false when all are open."""
PUT_IN_SEARCH = """(() => {
    const box = document.querySelector(".o_searchview_input");
    box.focus();
    box.value = %s;
    box.dispatchEvent(new InputEvent("input", {bubbles: true}));
})()"""
TYPE = """((selector, text) => {
    const box = document.querySelector(selector);
    box.focus();
    box.value = text;
    for (const event of [new InputEvent("input", {bubbles: true}), new Event("change", {bubbles: true})]) {
        box.dispatchEvent(event);
    }
    box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
})(%s, %s)"""
PRESS_ENTER = """document.querySelector(".o_searchview_input")
    .dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}))"""


class Shot(NamedTuple):
    """One picture.

    :param name: of the file, without language
    :param user: whose screen it is (login)
    :param path: below Odoo's address, with the names of places; one with a scheme is taken as it is
    :param element: what has to be there
    :param height: of the page in pixels
    :param clicks: selectors to click, one after the other, each waited for
    :param search: words to put into the list's search box
    :param types: (selector, text) to type, and Enter after each; texts may be names of places
    :param shows: what has to be there after the clicks
    :param unfold: whether all groups of a list are opened
    """

    name: str
    user: str
    path: str
    element: str
    height: int
    clicks: tuple[str, ...] = ()
    search: str = ""
    types: tuple[tuple[str, str], ...] = ()
    shows: str = ""
    unfold: bool = True


SHOTS = (
    Shot("shop", "admin", "{shop}/shop/order/{shown}?lang={short}", "#order-live", 900),
    Shot("channel", "admin", "/odoo/ecommerce/{channel}", LINES, 860),
    Shot("dashboard", "manager", "/odoo/ecommerce", ".o_ecom_dashboard canvas", 430),
    Shot("order", "service", "/odoo/shop-orders/{order}", LINES, 900),
    Shot("issues", "service", "/odoo/shop-issues", GROUPS, 820),
    Shot("sale", "service", "/odoo/sales/{sale}", LINES, 900),
    # The preparer
    Shot(
        "preparer-deliveries",
        "preparer",
        "/odoo/inventory",
        ".o_kanban_view",
        420,
        (".o_kanban_record:nth-of-type(3) button[name=get_action_picking_tree_ready]",),
        shows=LIST,
    ),
    Shot("preparer-delivery", "preparer", "/odoo/deliveries/{gift}", LINES, 760),
    Shot("preparer-slip", "preparer", "/report/html/stock.report_deliveryslip/{gift}", PAGE, 1060),
    Shot("preparer-hold", "preparer", "/odoo/deliveries/{held_delivery}", LINES, 560),
    Shot("preparer-collect", "preparer", "/odoo/deliveries/{collect}", LINES, 560),
    # Customer service
    Shot("service-find", "service", "/odoo/shop-orders", LIST, 300, search="06.12.34.56.78"),
    Shot("service-order", "service", "/odoo/shop-orders/{held}", LINES, 760),
    Shot(
        "service-lines",
        "service",
        "/odoo/shop-orders/{held}",
        LINES,
        560,
        ("button[name=action_change_lines]",),
        shows=DIALOG,
    ),
    Shot(
        "service-address",
        "service",
        "/odoo/shop-orders/{held}",
        LINES,
        620,
        ("button[name=action_change_address]",),
        shows=DIALOG,
    ),
    Shot(
        "service-split", "service", "/odoo/shop-orders/{held}", LINES, 560, ("button[name=action_split]",), shows=DIALOG
    ),
    Shot(
        "service-hold", "service", "/odoo/shop-orders/{order}", LINES, 420, ("button[name=action_hold]",), shows=DIALOG
    ),
    Shot("service-money", "service", "/odoo/sales/{awaited_sale}", LINES, 640),
    Shot("service-conflict", "service", "/odoo/shop-issues-all/{conflict}", FORM, 600),
    Shot("service-duplicate", "service", "/odoo/shop-issues-all/{duplicate}", FORM, 600),
    Shot("service-customer", "service", "/odoo/res.partner/{marie}", FORM, 760, ("a[name=ecom_customers]",)),
    # The accountant
    Shot("accountant-issues", "accountant", "/odoo/shop-issues", GROUPS, 820),
    Shot("accountant-taxes", "accountant", "/odoo/shop-taxes", LIST, 460),
    Shot(
        "accountant-setup",
        "accountant",
        "/odoo/ecommerce/{channel}",
        FORM,
        900,
        ("a[name=mappings]", "button[name=action_set_up_taxes]"),
        shows=DIALOG,
    ),
    Shot("accountant-payments", "accountant", "/odoo/shop-payments", LIST, 420),
    Shot("accountant-invoices", "accountant", "/odoo/customer-invoices", LIST, 360),
    Shot("accountant-invoice", "accountant", "/odoo/customer-invoices/{invoice}", LINES, 760),
    Shot("accountant-bank", "accountant", "/odoo/bank-reconciliation", ".o_ecom_desk_line", 720),
    Shot("accountant-payout", "accountant", "/odoo/action-ecom_payments.ecom_payout_action/{payout}", LINES, 820),
    Shot("accountant-check", "accountant", "/odoo/action-ecom_payments.ecom_payment_check_action", LIST, 520),
    Shot("accountant-clearing", "accountant", "/odoo/action-ecom_payments.ecom_clearing_line_action", GROUPS, 560),
    Shot(
        "accountant-thread",
        "accountant",
        "/odoo/shop-orders/{paid}",
        FORM,
        900,
        ("button[name=action_ecom_thread]",),
        shows=THREAD,
    ),
    Shot("accountant-profit", "accountant", "/odoo/shop-profit", ".o_pivot td", 460),
    # The manager
    Shot("manager-choices", "manager", "/odoo/ecommerce/{channel}", FORM, 1060, ("a[name=choices]",)),
    Shot("manager-mappings", "manager", "/odoo/ecommerce/{channel}", FORM, 900, ("a[name=mappings]",)),
    # Stock
    Shot("stock-cockpit", "manager", "/odoo/shop-stock-cockpit", ".o_ecom_tile", 720),
    Shot("stock-levels", "manager", "/odoo/shop-stock", LIST, 560, search="EPI"),
    Shot("stock-level", "manager", "/odoo/shop-stock/{stock_level}", FORM, 620),
    Shot(
        "stock-rule",
        "manager",
        "/odoo/shop-stock-rules/{stock_rule}",
        FORM,
        720,
        types=(("div[name=buffer] input", "6"),),
        shows="div[name=preview] td",
    ),
    # Preparation
    Shot("preparation-plan", "preparer", "/odoo/action-ecom_stock_sync.ecom_preparation_plan_action", FORM, 460),
    Shot("preparation-list", "preparer", "/report/html/ecom_stock_sync.report_pick_list/{batch}", PAGE, 620),
    Shot("preparation-station", "preparer", "/odoo/packing", STATION, 640, types=((SCANNER, "{known}"),), shows=GOOD),
    Shot("preparation-refused", "preparer", "/odoo/packing", STATION, 640, types=((SCANNER, "{strange}"),), shows=BAD),
    # Goods that are missing
    Shot(
        "missing-goods",
        "service",
        "/odoo/shop-orders/{lacking}",
        FORM,
        760,
        ("button[name=action_shortage]",),
        shows=DIALOG,
    ),
    # Returns
    Shot("returns-board", "service", "/odoo/returns", ".o_kanban_record", 620),
    Shot("returns-request", "service", "/odoo/returns/{return_requested}", LINES, 860),
    Shot("returns-withdrawal", "service", "{withdrawal}", "form[action*=return]", 760),
    Shot(
        "returns-desk",
        "preparer",
        "/odoo/receiving",
        ".o_ecom_station_words",
        560,
        types=((DESK, "{return_number}"),),
        shows=STATION,
    ),
    Shot("returns-pieces", "preparer", "/odoo/returns/{return_received}", FORM, 1080, ("a[name=units]",)),
    Shot("returns-owed", "accountant", "/odoo/returns/{return_inspected}", FORM, 1180, ("a[name=money]",)),
    Shot("returns-settled", "accountant", "/odoo/returns/{return_settled}", FORM, 1080, ("a[name=money]",)),
    Shot("returns-credit-note", "accountant", "/odoo/customer-invoices/{credit_note}", LINES, 640),
    # Lots
    Shot("lots-warranties", "service", "/odoo/warranties", LIST, 480),
    Shot(
        "lots-lookup",
        "service",
        "/odoo/serial-lookup",
        FORM,
        620,
        types=(("div[name=code] input", "{serial}"),),
        shows=".o_form_view .o_data_row",
    ),
    Shot("lots-recall", "service", "/odoo/recalls/{recall}", FORM, 820),
    # What to buy
    Shot("replenishment-list", "manager", "/odoo/shop-what-to-buy", LIST, 420),
    Shot("replenishment-product", "manager", "/odoo/shop-what-to-buy/{proposal}", ".o_ecom_forecast_chart canvas", 900),
    # The catalogue
    Shot("catalogue-import", "manager", "/odoo/shop-catalogue-imports/{catalogue}", FORM, 700),
    Shot(
        "catalogue-decide",
        "manager",
        "/odoo/shop-catalogue-imports/{catalogue}",
        FORM,
        560,
        ("button[name=action_open_lines]",),
        shows=LIST,
    ),
    Shot(
        "catalogue-publish",
        "manager",
        "/odoo/products/{new_product}",
        FORM,
        520,
        (
            ".o_cp_action_menus .fa-cog",
            ".o-dropdown--menu .o_menu_item:last-child",
            ".modal div[name=channel_ids] input",
            ".modal .o-autocomplete--dropdown-item a",
        ),
        shows=".modal div[name=channel_ids] .o_tag",
    ),
    Shot("catalogue-listing", "manager", "/odoo/shop-listings/{listing}", LINES, 900),
    Shot("catalogue-changed", "manager", "/odoo/shop-listings/{changed_listing}", LINES, 560),
    Shot(
        "catalogue-compare",
        "manager",
        "/odoo/shop-listings/{changed_listing}",
        LINES,
        560,
        ("button[name=action_compare]",),
        shows=DIALOG,
    ),
    Shot("catalogue-prices", "manager", "/odoo/ecommerce/{channel}", FORM, 620, ("a[name=products]",)),
    Shot("catalogue-pictures", "manager", "/odoo/products/{product}", FORM, 720, ("a[name=ecom_media]",)),
    Shot(
        "catalogue-field",
        "manager",
        "/odoo/shop-fields/{mapping}",
        FORM,
        720,
        ("div[name=preview_product_id] input", ".o-autocomplete--dropdown-item a"),
        shows="div[name=preview_told]",
    ),
    Shot(
        "catalogue-quality",
        "manager",
        "/odoo/shop-data-quality",
        GROUPS,
        420,
        (".o_group_header .o_group_name",),
        shows=LIST,
        unfold=False,
    ),
    # The integrator
    Shot("integrator-channel", "admin", "/odoo/ecommerce/{external}", FORM, 820),
)


def take(
    browser: Browser, odoo: str, places: Places, short: str, only: Sequence[str] = (), folder: Path = FOLDER
) -> None:
    """Take every picture in a language, each as the user whose screen it is."""
    browser.send("Emulation.setTimezoneOverride", timezoneId=TIME_ZONE)
    user = ""
    for shot in SHOTS:
        if only and shot.name not in only:
            continue
        if shot.user != user:
            user = shot.user
            browser.send("Network.clearBrowserCookies")
            _size(browser, 900)
            browser.log_in(odoo, user, user, path=HOME.get(user, "/odoo/ecommerce"))
        _size(browser, shot.height)
        path = shot.path.format(**places, short=short)
        browser.open(path if "://" in path else f"{odoo}{path}")
        try:
            _stage(browser, shot, places)
        except AssertionError as problem:
            browser.screenshot(folder / f"{shot.name}.{short}.png")
            say(f"  ✗ {shot.name}.{short}: {str(problem)[:200]}")
            continue
        file = browser.screenshot(folder / f"{shot.name}.{short}.png")
        _shrink(file)
        say(f"  ✓ {shot.name}.{short} ({file.stat().st_size // 1000} kB)")


def _size(browser: Browser, height: int) -> None:
    browser.send("Emulation.setDeviceMetricsOverride", width=WIDTH, height=height, deviceScaleFactor=1, mobile=False)


def _stage(browser: Browser, shot: Shot, places: Places) -> None:
    """Bring the page to what the picture shows."""
    browser.wait_for_element(shot.element)
    if shot.search:
        browser.evaluate(PUT_IN_SEARCH % json.dumps(shot.search))
        browser.wait_for_element(".o_searchview_autocomplete")
        browser.evaluate(PRESS_ENTER)
        browser.wait_for_element(".o_searchview_facet")
    for selector in shot.clicks:
        time.sleep(0.5)  # a form is ready a moment after it is drawn
        browser.click(selector)
    for selector, text in shot.types:
        browser.wait_for_element(selector)
        browser.evaluate(TYPE % (json.dumps(selector), json.dumps(text.format(**places))))
    if shot.shows:
        browser.wait_for_element(shot.shows)
    time.sleep(1.5)  # animations of graphs, pictures of people
    while shot.unfold and browser.evaluate(NEXT_FOLDED):
        time.sleep(0.5)


def _shrink(file: Path) -> None:
    """Write a picture with a palette: a screen has few colours."""
    from PIL import Image

    with Image.open(file) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(file, optimize=True)
    if file.stat().st_size > MOST_BYTES:
        raise Problem(f"{file.name} has {file.stat().st_size} bytes: {MOST_BYTES} at most.")
