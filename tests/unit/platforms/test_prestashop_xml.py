"""The webservice's XML: recorded answers are read, hostile ones are not, and what we write is read back as it was."""

from __future__ import annotations

import json
from pathlib import Path

import presta_recordings as recorded
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.prestashop import xml


def test_every_recorded_answer_is_read(contracts: Path) -> None:
    folder = contracts / "prestashop" / "recordings"
    read = 0
    for path in sorted(folder.glob("*.xml")):
        body = path.read_bytes()
        if not body.startswith(b"<?xml"):
            continue
        found = xml.records(body) if b"<errors>" not in body else []
        assert json.loads(json.dumps(found)) == found, "raw orders are kept as JSON"
        assert bool(xml.errors(body)) is (b"<errors>" in body)
        read += 1
    assert read > 50


def test_lists_languages_and_associations(contracts: Path) -> None:
    (state, *_others) = recorded.records(contracts, "10_order_states")
    assert state["id"] == "2" and state["name"] == {"1": "Payment accepted", "2": "Payment accepted"}
    (slip,) = recorded.records(contracts, "65_order_slip_list")
    assert slip["associations"]["order_slip_details"][0]["id_order_detail"] == "8"
    assert recorded.records(contracts, "32_filter_none") == []
    assert recorded.records(contracts, "34_page_beyond") == []
    assert xml.errors(recorded.body(contracts, "37_401_badkey"))[0] == ("20", "Authentification key is not active")


BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<prestashop><orders><order><id>&c;</id></order></orders></prestashop>"""


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (BILLION_LAUGHS, "document type"),
        (b'<!-- x --><!DOCTYPE p SYSTEM "http://127.0.0.1:1/x.dtd"><prestashop/>', "document type"),
        (b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY f SYSTEM "file:///etc/passwd">]><prestashop>&f;</prestashop>',
         "document type"),
        (BILLION_LAUGHS.decode().encode("utf-16"), "no XML"),
        (b"<!doctype html><html></html>", "web page"),
        (b"<html><body>Maintenance</body></html>", "something else"),
        (b"<prestashop><orders>", "no XML"),
        (b"<prestashop>&undeclared;</prestashop>", "no XML"),
        (b"", "no XML"),
        (b"<prestashop>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</prestashop>", "no XML"),
    ],
)  # fmt: skip
def test_hostile_answers_are_refused(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        xml.records(body)


def test_what_shops_really_print_is_forgiven() -> None:
    """A byte order mark, a blank line of a module, control characters of a note that was pasted, a broken letter."""
    body = "\ufeff\n<?xml version='1.0' encoding='UTF-8'?><prestashop><order><id>1</id><note>a\x0bb</note></order>"
    found = xml.records(body.encode() + b"<order><id>2</id><note>\xe9</note></order></prestashop>")
    assert [row["note"] for row in found] == ["ab", "\ufffd"]


TEXTS = st.text(max_size=40).map(str.strip).filter(lambda text: text.isprintable())


@given(note=TEXTS, names=st.dictionaries(st.sampled_from(["1", "2"]), TEXTS, min_size=1))
def test_what_is_written_is_read_back(note: str, names: dict[str, str]) -> None:
    values = {"id": "7", "note": note, "name": names, "active": True, "associations": {"categories": [{"id": "2"}]}}
    (found,) = xml.records(xml.document("product", values))
    assert found == {**values, "active": "1"}


def test_a_text_cannot_break_out_of_its_section() -> None:
    body = xml.document("order", {"id": 1, "note": "]]><id>2</id><![CDATA["})
    assert xml.records(body) == [{"id": "1", "note": "]]><id>2</id><![CDATA["}]
