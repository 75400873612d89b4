"""The phone's script and the server's say the same of every case of the file that both run; so do their chains."""

import json

import pytest
from playwright.sync_api import Page

from orders.logistics.chains import hash_of
from orders.logistics.models import Checkpoint
from tests.logistics.verdict_vectors import FILE

VECTORS = json.loads(FILE.read_text(encoding="utf-8"))
RUN = """
async ({ pin, bundles, cases }) => {
  const at = "/static/logistics/checkpoint/";
  const { openBundle } = await import(at + "bundle.js");
  const { judgeText, judgeTyped, ageWord } = await import(at + "verdicts.js");
  const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const opened = {};
  for (const [name, text] of Object.entries(bundles)) { opened[name] = await openBundle(bytes(text), pin); }
  const answers = [];
  for (const one of cases) {
    const bundle = one.bundle ? opened[one.bundle] : null;
    const moment = { now: one.now, floor: one.floor, spot: one.spot, phone: one.phone, isCopied: one.copied };
    const ruling = one.text === undefined
      ? judgeTyped(one.number, one.check, bundle, moment) : await judgeText(one.text, bundle, moment);
    answers.push({
      name: one.name, verdict: ruling.verdict, reasons: ruling.reasons, alarm: ruling.alarm,
      plate: ruling.payload ? ruling.payload.plate : "", age: ageWord(bundle, Math.max(one.now, one.floor)),
    });
  }
  return answers;
}
"""


@pytest.fixture
def officer(open_as, cast) -> Page:
    Checkpoint.objects.create(organisation=cast.checkpoint, name="白关出口", place=cast.checkpoint.place)
    page = open_as(cast.officer)
    page.goto("/logistics/checkpoint/")
    return page


def test_every_case_has_the_same_verdict_in_the_browser(officer):
    answers = officer.evaluate(
        RUN, {"pin": VECTORS["bundle_key"], "bundles": VECTORS["bundles"], "cases": VECTORS["cases"]}
    )

    wanted = [
        {
            **{key: case[key] for key in ("name", "verdict", "reasons", "alarm", "age")},
            "plate": case.get("plate", "") if "text" in case else "",
        }
        for case in VECTORS["cases"]
    ]
    assert answers == wanted
    assert len(answers) > 50


def test_a_bundle_of_another_key_or_altered_is_no_bundle(officer):
    bundle = VECTORS["bundles"]["fresh"]
    middle = len(bundle) // 2
    altered = bundle[:middle] + format(int(bundle[middle], 16) ^ 1, "x") + bundle[middle + 1 :]
    other = {**VECTORS["bundle_key"], "kid": "00" * 8}
    opens = """async ({ pin, text }) => {
      const { openBundle } = await import("/static/logistics/checkpoint/bundle.js");
      return (await openBundle(Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16)), pin)) !== null;
    }"""

    assert officer.evaluate(opens, {"pin": VECTORS["bundle_key"], "text": bundle}) is True
    assert officer.evaluate(opens, {"pin": VECTORS["bundle_key"], "text": altered}) is False
    assert officer.evaluate(opens, {"pin": other, "text": bundle}) is False


@pytest.mark.parametrize(
    "facts",
    [
        {"b": 1, "a": [1, "x"], "v": ""},
        {"plate": "湘B·12345", "reasons": ["expired", "clock_wrong"], "seen_at": 1628402400},
        {"quote": 'a"b\\c', "control": "\b\f\n\r\t\x01\x1f\x7f", "marks": "\u2028\u2029", "emoji": "🥬"},
        {"z": {"b": [], "a": {}}},
    ],
)
def test_a_record_has_the_same_hash_in_the_browser(officer, facts):
    hashes = """async (facts) => (await import("/static/logistics/checkpoint/chain.js")).hashOf(facts)"""

    assert officer.evaluate(hashes, facts) == hash_of(facts)
