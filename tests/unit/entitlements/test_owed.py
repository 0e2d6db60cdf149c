"""What is owed adds up to what was paid, whatever the parts."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from entitlements.owed import Figures, Line, Tender, discount_share, fee, lowered, of_amounts, pay_back, share, spread

CENT = D("0.01")
AMOUNTS = st.decimals(min_value=0, max_value=9999, places=2)


def test_three_thirds_of_ten_are_ten():
    line = Line(Figures(D("10.00"), {1: D("2.00")}), D(3))
    given_back = []
    for number in range(3):
        part = share(line, D(1), CENT)
        given_back.append(part.gross)
        line = Line(line.charged, line.quantity, line.credited + part, D(number + 1))
    assert given_back == [D("4.00"), D("4.00"), D("4.00")]
    assert not line.left


def test_one_of_two_articles_of_five_gives_back_five():
    """Half of 8.33 and half of 1.67 are both rounded up: a cent too much, and then one too little."""
    sold = Line(Figures(D("8.33"), {1: D("1.67")}), D(2))
    first = share(sold, D(1), CENT)
    assert first == Figures(D("4.16"), {1: D("0.84")})
    assert share(sold.after(first, D(1)), D(1), CENT) == Figures(D("4.17"), {1: D("0.83")})


def test_money_given_before_counts_and_is_never_taken_back():
    charged = Figures(D("20.00"), {1: D("4.00")})
    gave = Figures(D("12.50"), {1: D("2.50")})
    assert share(Line(charged, D(2), gave), D(1), CENT) == Figures()
    assert share(Line(charged, D(2), gave), D(2), CENT).gross == D("9.00")


@given(
    st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS, st.integers(1, 9)), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9), st.one_of(st.none(), AMOUNTS)), max_size=25),
)
def test_any_sequence_of_returns_and_refunds_ends_with_what_was_paid(sold, steps):
    lines = {
        key: Line(Figures(net, {1: tax, 2: other}), D(quantity)) for key, (net, tax, other, quantity) in enumerate(sold)
    }
    paid = sum(line.charged.gross for line in lines.values())
    back = D(0)

    def take(key, figures, quantity=D(0)):
        nonlocal back
        line = lines[key]
        back += figures.gross
        lines[key] = Line(line.charged, line.quantity, line.credited + figures, line.quantity_credited + quantity)
        assert lines[key].left.gross >= 0 or not figures
        assert back <= paid

    for number, quantity, amount in steps:
        key = number % len(lines)
        if amount is None:
            quantity = min(D(quantity), lines[key].quantity_left)
            if quantity:
                take(key, share(lines[key], quantity, CENT), quantity)
        else:
            found = spread(amount, lines, CENT)
            left = paid - back
            assert sum(figures.gross for figures in found.values()) == min(amount, left)
            for key, figures in found.items():
                take(key, figures)
    for key, line in list(lines.items()):
        take(key, share(line, line.quantity_left, CENT), line.quantity_left)
    assert back == paid


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=60), st.floats(0, 1))
def test_money_is_spread_over_many_lines_to_the_cent_and_no_line_gives_more_than_it_has(sold, share_of):
    lines = {key: Line(Figures(net, {1: tax}), D(1)) for key, (net, tax) in enumerate(sold)}
    whole = sum(line.left.gross for line in lines.values())
    amount = (whole * D(share_of)).quantize(CENT)
    found = spread(amount, lines, CENT)
    assert sum(figures.gross for figures in found.values()) == amount
    assert all(0 <= figures.gross <= lines[key].left.gross for key, figures in found.items())


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=6), st.integers(0, 100))
def test_what_is_lowered_adds_up_and_keeps_its_proportions(amounts, percent):
    rows = [Figures(net, {1: tax}) for net, tax in amounts]
    whole = sum(row.gross for row in rows)
    if whole:
        gross = (whole * percent / 100).quantize(CENT)
        found = lowered(rows, gross, CENT)
        assert sum(row.gross for row in found) == gross
        for old, new in zip(rows, found, strict=True):
            assert abs(new.gross * whole - old.gross * gross) <= CENT * whole


def test_the_last_of_many_lines_does_not_take_what_rounding_left():
    """Of 39 articles of 1.01 and one of a cent, half: each is rounded up by half a cent."""
    lines = {key: Line(Figures(D("1.01")), D(1)) for key in range(39)} | {39: Line(Figures(D("0.01")), D(1))}
    found = spread(D("19.70"), lines, CENT)
    assert sum(figures.gross for figures in found.values()) == D("19.70")
    assert all(figures.gross >= 0 for figures in found.values())


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_shop_s_own_amounts_are_kept(first, second, net, tax):
    found = of_amounts(Figures(D(1), {1: first, 2: second}), net, tax, CENT)
    assert (found.net, found.tax) == (net, tax)


def test_a_fee_keeps_its_share_of_each_amount():
    assert fee(Figures(D("10.00"), {1: D("2.00")}), D(15), CENT) == Figures(D("1.50"), {1: D("0.30")})


def test_gift_cards_go_first_back_to_gift_cards():
    tenders = [Tender("card", D("11.80")), Tender("gift", D("5.00"), gift_card=True)]
    assert pay_back(D("4.00"), tenders) == [("gift", D("4.00"))]
    assert pay_back(D("12.00"), tenders) == [("gift", D("5.00")), ("card", D("7.00"))]
    spent = [Tender("card", D("11.80"), D("7.00")), Tender("gift", D("5.00"), D("5.00"), gift_card=True)]
    assert pay_back(D("99.00"), spent) == [("card", D("4.80"))]


def test_of_a_discount_on_everything_each_return_takes_its_share_and_the_last_one_the_rest():
    discount = Line(Figures(D("-10.00"), {1: D("-2.00")}), D(1))
    mugs = Line(Figures(D("40.00"), {1: D("8.00")}), D(4))
    pen = Line(Figures(D("20.00"), {1: D("4.00")}), D(1))
    shares = []
    for mugs_back, pens_back in ((1, 0), (3, 0), (3, 1), (4, 1)):
        goods = [mugs.after(Figures(), D(mugs_back)), pen.after(Figures(), D(pens_back))]
        shares.append(discount_share(discount, goods, CENT))
        discount = discount.after(shares[-1])
    assert [share.gross for share in shares] == [D("-2.00"), D("-4.00"), D("-4.00"), D("-2.00")]
    assert not discount.left


def test_money_without_goods_never_gives_back_what_a_discount_had_saved():
    lines = {1: Line(Figures(D("60.00")), D(1)), 2: Line(Figures(D("-10.00")), D(1))}
    assert spread(D(1000), lines, CENT) == {key: line.left for key, line in lines.items()}
    assert spread(D(30), lines, CENT) == {1: Figures(D("30.00"))}
    assert spread(D(5), {2: lines[2]}, CENT) == {}


def test_thirds_of_a_kit_are_the_kit():
    line = Line(Figures(D("10.00"), {1: D("2.00")}), D(1))
    third = D("0.333333333")
    for _number in range(2):
        line = line.after(share(line, third, CENT), third)
    assert line.left.gross == D("4.00")
    line = line.after(share(line, third, CENT), third)
    assert (line.left.gross, line.quantity_left) == (D(0), D(0))
