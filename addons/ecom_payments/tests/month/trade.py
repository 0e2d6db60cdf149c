"""What happens in a month: orders of three shops, how they are paid, and what becomes of the money. Plain Python.

Everything comes from a seed and a date, and each event knows the sale that it belongs to: that is the truth which
matching is held to.
"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
BEFORE, AFTER = 18, 12
"""Days of trade before and after the border of the two months."""
AFTERMATH = 20
"""Days until the last dispute is decided and all is paid out."""

# gateway: share of the orders, the shops that it collects for, shares of the currencies
MIX = {
    "stripe": (0.45, ("woocommerce", "prestashop"), {"EUR": 76, "USD": 12, "GBP": 8, "CHF": 4}),
    "paypal": (0.22, ("woocommerce", "shopify"), {"EUR": 88, "USD": 12}),
    "shopify_payments": (0.18, ("shopify",), {"EUR": 1}),
    "file": (0.08, ("prestashop",), {"EUR": 1}),
    "bank_transfer": (0.07, ("woocommerce", "prestashop"), {"EUR": 1}),
}
METHODS = {
    "stripe": "stripe",
    "paypal": "ppcp-gateway",
    "shopify_payments": "shopify_payments",
    "file": "monetico",
    "bank_transfer": "bacs",
}
"""What shops call them."""
SILENT = 0.08
"""Of the sales: without the gateway's id at the shop."""
ODDS = {
    "split": (3, 0.03),  # captured in two parts
    "authorised": (6, 0.02),  # for more than was captured
    "short": (8, 0.003),  # less was captured than the shop says
    "refund": (5, 0.05),
    "dispute": (7, 0.006),
}
"""What may happen to a sale: which of a gateway's sales has it in any case, and how often it happens."""
SHORT = Decimal("1.00")
NAMES = ("Martin", "Bernard", "Thomas", "Petit", "Robert", "Richard", "Durand", "Dubois", "Moreau", "Laurent")
FIRST_NAMES = ("Marie", "Jean", "Léa", "Hugo", "Inès", "Paul", "Zoé", "Luc", "Anna", "Noé")


@dataclass(eq=False)
class Sale:
    """An order that a shop says is paid; by transfer, one that awaits its money."""

    shop: str
    external_id: str
    number: str
    gateway: str
    currency: str
    amount: Decimal
    placed_at: datetime
    reference: str  # by which the shop knows the payment; "" where its module does not tell
    invoiced_first: bool  # before the gateway is asked, so that the payment is booked by the shop's word
    payer: str


@dataclass(eq=False)
class Event:
    """Something moves money. ``id`` is the gateway's own, where this is what tells the movement from others."""

    moment: datetime
    what: str  # charge, refund, dispute, won, lost, reserve, fee, correction, riddle, transfer
    gateway: str
    sale: Sale | None = None
    amount: Decimal = Decimal(0)
    currency: str = "EUR"
    id: str = ""
    more: dict = field(default_factory=dict)


@dataclass
class Trade:
    border: datetime  # midnight (UTC) between the two months
    sales: list
    events: list  # by time
    short: set  # sales of which less was collected than the shop says
    twins: set  # sales that nothing tells apart: same number, same amount, no id

    def by_day(self):
        """``[(day, its events)]``, without a gap until a week after the last one."""
        days = defaultdict(list)
        for event in self.events:
            days[event.moment.date()].append(event)
        first, last = min(days), max(days)
        return [
            (first + timedelta(days=day), days.get(first + timedelta(days=day), []))
            for day in range((last - first).days + 8)
        ]


def make(seed, count, border):
    """So many sales around the border."""
    chance = random.Random(seed)
    start = border - timedelta(days=BEFORE)
    seconds = int(timedelta(days=BEFORE + AFTER).total_seconds())
    moments = sorted(start + timedelta(seconds=chance.randrange(seconds)) for _ in range(count))
    chosen = chance.choices(list(MIX), [share for share, _shops, _money in MIX.values()], k=count)
    counters = {"woocommerce": 1000, "shopify": 1000, "prestashop": 1000}
    sales = [
        _sale(chance, counters, index, gateway, moment)
        for index, (gateway, moment) in enumerate(zip(chosen, moments, strict=True))
    ]
    trade = Trade(border, sales, [], set(), set())
    _make_twins(trade)
    positions = Counter()
    for index, sale in enumerate(sales):
        if sale.gateway != "bank_transfer":
            trade.events += _collected(chance, trade, positions[sale.gateway], sale, _ids(sale.gateway, index)[0])
            positions[sale.gateway] += 1
    trade.events += _transfers(chance, [sale for sale in sales if sale.gateway == "bank_transfer"])
    trade.events += _by_itself(start, count)
    trade.events.sort(key=lambda event: event.moment)
    return trade


def _sale(chance, counters, index, gateway, moment):
    _share, shops, money = MIX[gateway]
    shop = chance.choice(shops)
    counters[shop] += 1
    counter = counters[shop]
    number = {"shopify": f"#{counter}", "woocommerce": str(counter)}.get(shop) or _letters(counter)
    _own, known = _ids(gateway, index)
    silent = gateway != "shopify_payments" and chance.random() < SILENT
    return Sale(
        shop,
        str(counter),  # the ids of one shop are the numbers of another
        number,
        gateway,
        chance.choices(list(money), list(money.values()))[0],
        Decimal(chance.randrange(500, 25_000)) / 100,
        moment,
        "" if silent else known,
        chance.random() < 0.6,
        f"{chance.choice(FIRST_NAMES)} {chance.choice(NAMES)}",
    )


def _letters(number):
    """PrestaShop's references: nine letters."""
    text = ""
    for _ in range(9):
        number, digit = divmod(number * 7_919 + 13, 26)
        text += "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit]
        number += 31
    return text


def _make_twins(trade):
    """Two shops have an order of the same number, amount and hour at one gateway, and neither knows the payment."""
    paid = [sale for sale in trade.sales if sale.gateway == "stripe" and sale.currency == "EUR"]
    one = next((sale for sale in paid if sale.shop == "woocommerce"), None)
    other = next((sale for sale in paid if sale.shop == "prestashop"), None)
    if one and other:
        other.external_id, other.number, other.amount = f"9{one.number}", one.number, one.amount
        other.placed_at = one.placed_at + timedelta(minutes=10)
        one.reference = other.reference = ""
        trade.twins |= {one, other}


def _collected(chance, trade, position, sale, charge_id):
    """The captures of a sale, and what comes after. The first sales of a gateway have one of everything.

    :param position: of the sale among those of its gateway
    """

    def happens(what):
        at, share = ODDS[what]
        return chance.random() < share or position == at

    parts, more = [sale.amount], {}
    events = []
    if sale in trade.twins:
        return [Event(sale.placed_at, "charge", sale.gateway, sale, sale.amount, sale.currency, charge_id)]
    if sale.gateway == "stripe":
        if happens("split") or position == ODDS["split"][0] + 1:
            first = (sale.amount * Decimal("0.6")).quantize(CENT, ROUND_HALF_UP)
            parts = [first, sale.amount - first]
            sale.reference = sale.reference or f"pi_{charge_id[3:]}"
        elif happens("authorised"):
            more = {"authorized": str((sale.amount * Decimal("1.2")).quantize(CENT, ROUND_HALF_UP))}
        elif happens("short") and sale.reference:
            parts = [sale.amount - SHORT]
            trade.short.add(sale)
    for part, amount in enumerate(parts):
        when = sale.placed_at + timedelta(hours=20 * part)
        id_ = f"{charge_id}{'b' * part}"
        events.append(Event(when, "charge", sale.gateway, sale, amount, sale.currency, id_, more))
    later = sale.placed_at + timedelta(hours=chance.randrange(30, 150))
    if happens("refund"):
        amount = parts[0] if position % 2 else (parts[0] / 3).quantize(CENT, ROUND_HALF_UP)
        back = {"of": charge_id}
        events.append(Event(later, "refund", sale.gateway, sale, amount, sale.currency, f"{charge_id}-r", back))
    elif happens("dispute") and sale.gateway in ("stripe", "paypal") and len(parts) == 1:
        events.append(Event(later, "dispute", sale.gateway, sale, parts[0], sale.currency, charge_id))
        if verdict := chance.choice(("won", "lost", "")):
            decided = later + timedelta(hours=100)
            events.append(Event(decided, verdict, sale.gateway, sale, parts[0], sale.currency, charge_id))
    return events


def _ids(gateway, index):
    """The gateway's id of a charge, and the id by which a shop's module knows it."""
    own = {
        "stripe": f"ch_{index:08d}",
        "paypal": f"{index:07d}CAPTURE00{index % 10}",
        "shopify_payments": str(6_000_000_000 + index),
        "file": f"T{index:08d}",
        "bank_transfer": "",
    }[gateway]
    return own, f"pi_{index:08d}" if gateway == "stripe" else own


def _transfers(chance, sales):
    """What customers transfer, each in its own way of writing; ``more["sales"]`` is who it is for."""
    events, waiting = [], None
    for position, sale in enumerate(sales):
        when = sale.placed_at + timedelta(hours=chance.randrange(20, 90))
        label, amount, belongs = f"VIR SEPA {sale.payer} CMD {sale.number}", sale.amount, (sale,)
        style = position % 40
        if style == 1:
            label = f"VIR INST {sale.payer} {sale.number[:3]} {sale.number[3:]}".upper()  # as banks cut and fold
        elif style == 2:
            label = f"VIR SEPA {sale.payer} CMD {sale.number[:-2]}{sale.number[-1]}{sale.number[-2]}X"  # the typo
        elif style == 3:
            amount -= Decimal("5.00")
        elif style == 4:
            amount += Decimal("2.50")
        elif style == 5:
            waiting = sale
            continue
        elif style == 6 and waiting:
            label = f"VIR SEPA {sale.payer} CMD {waiting.number} ET {sale.number}"
            amount, belongs = waiting.amount + sale.amount, (waiting, sale)
        told = {"label": label, "sales": belongs}
        for again in (0, 1) if style == 7 else (0,):  # some pay twice
            moment = when + timedelta(days=again)
            events.append(Event(moment, "transfer", "bank_transfer", sale, amount, more=told))
    return events


def _by_itself(start, count):
    """What gateways do of their own accord, and payments of people whom no shop knows."""
    day = timedelta(days=1)
    events = [
        Event(start + 4 * day, "reserve", "stripe", amount=Decimal("-150.00")),
        Event(start + 18 * day, "reserve", "stripe", amount=Decimal("150.00")),
        Event(start + 11 * day, "correction", "stripe", amount=Decimal("-3.40")),
        Event(start + 25 * day, "fee", "stripe", amount=Decimal("-12.00")),
        Event(start + 9 * day, "riddle", "stripe", amount=Decimal("7.77")),
        Event(start + 6 * day, "reserve", "paypal", amount=Decimal("-80.00")),
        Event(start + 20 * day, "reserve", "paypal", amount=Decimal("80.00")),
        Event(start + 12 * day, "correction", "paypal", amount=Decimal("-2.10")),
        Event(start + 26 * day, "fee", "paypal", amount=Decimal("-25.00")),
    ]
    for number in range(1 + count // 1000):
        moment = start + timedelta(days=3 + 2 * number, hours=15)
        events.append(Event(moment, "charge", "stripe", None, Decimal("45.00") + number, "EUR", f"ch_link{number}"))
    return events


def border_of(today):
    """The latest first of a month of which all has happened by today."""
    first = datetime(today.year, today.month, 1, tzinfo=timezone.utc)
    while (datetime(today.year, today.month, today.day, tzinfo=timezone.utc) - first).days < AFTER + AFTERMATH:
        first = (first - timedelta(days=1)).replace(day=1)
    return first
