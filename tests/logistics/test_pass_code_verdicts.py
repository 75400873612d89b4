"""What a checkpoint is told: every case of the file that the phone's script runs too."""

import json

import pytest

from orders.logistics.codes.bundle import Bundle
from orders.logistics.codes.keys import PublicKey
from orders.logistics.codes.payload import UnreadableError, crew_hash
from orders.logistics.codes.signing import open_signed
from orders.logistics.codes.verdicts import (
    CHECK,
    HOLD,
    PASS,
    REFUSE,
    UNKNOWN,
    VERDICTS,
    Moment,
    Spot,
    age_word,
    judge_text,
    judge_typed,
)
from orders.logistics.enums import CodeEnd, Verdict
from tests.logistics.verdict_vectors import FILE, make_vectors

VECTORS = json.loads(FILE.read_text(encoding="utf-8"))


def bundle_of(vectors, name):
    if name is None:
        return None
    key = PublicKey(*(bytes.fromhex(vectors["bundle_key"][part]) for part in ("kid", "x", "y")))
    return Bundle.from_bytes(open_signed(bytes.fromhex(vectors["bundles"][name]), [key]))


def rule_on(vectors, case):
    bundle = bundle_of(vectors, case["bundle"])
    spot = Spot(**case["spot"]) if case["spot"] else None
    moment = Moment(case["now"], case["floor"], spot, case["phone"], case["copied"])
    ruling = (
        judge_text(case["text"], bundle, moment)
        if "text" in case
        else judge_typed(case["number"], case["check"], bundle, moment)
    )
    return ruling, age_word(bundle, max(case["now"], case["floor"]))


def expected(case):
    return case["verdict"], case["reasons"], case["alarm"], case["age"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_every_case_has_its_verdict(case):
    ruling, age = rule_on(VECTORS, case)

    assert (ruling.verdict, list(ruling.reasons), ruling.alarm, age) == expected(case)
    if "text" in case:
        assert (ruling.payload.plate if ruling.payload else "") == case["plate"]


def test_the_file_is_what_its_maker_makes():
    made = make_vectors()
    timeless = ("text", "check")  # signatures differ each time

    assert [{k: v for k, v in case.items() if k not in timeless} for case in made["cases"]] == [
        {k: v for k, v in case.items() if k not in timeless} for case in VECTORS["cases"]
    ]
    for case in made["cases"]:
        ruling, age = rule_on(made, case)
        assert (ruling.verdict, list(ruling.reasons), ruling.alarm, age) == expected(case)


def test_every_reason_is_met_by_some_case():
    assert {reason for case in VECTORS["cases"] for reason in case["reasons"]} == set(VERDICTS)


def test_every_reason_to_withdraw_a_code_has_a_verdict_that_is_not_green():
    assert all(VERDICTS[end] in (CHECK, HOLD, REFUSE) for end in CodeEnd.values)
    assert {PASS, CHECK, HOLD, REFUSE, UNKNOWN} == set(Verdict.values)


def test_a_bundle_signed_by_another_is_not_read():
    key = VECTORS["cases"] and PublicKey(b"\0" * 8, b"\1" * 32, b"\1" * 32)
    with pytest.raises(UnreadableError):
        open_signed(bytes.fromhex(VECTORS["bundles"]["fresh"]), [key])


@pytest.mark.parametrize("place", range(4, 330, 7))
def test_no_letter_of_a_code_can_be_changed(place):
    """Wherever one letter is another, the answer is never green."""
    text = VECTORS["cases"][0]["text"]
    bundle = bundle_of(VECTORS, "fresh")
    moment = Moment(VECTORS["cases"][0]["now"])
    for letter in "0AZ:% ":
        if place < len(text) and text[place] != letter:
            ruling = judge_text(text[:place] + letter + text[place + 1 :], bundle, moment)
            assert ruling.verdict in (REFUSE, UNKNOWN)
            assert ruling.payload is None


def test_the_square_does_not_give_away_the_drivers_number():
    """Whoever tries every number finds many that fit, but of a fleet's drivers hardly any fits for another."""
    token = bytes(range(16))
    fleet = {crew_hash(token, f"+86138{number:08}") for number in range(100)}
    found = sum(
        crew_hash(token, f"+86139{number:08}") == crew_hash(token, "+8613800000000") for number in range(300_000)
    )

    assert {len(one) for one in fleet} == {2}
    assert len(fleet) >= 98
    assert found > 1
