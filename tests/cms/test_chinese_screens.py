"""Trap 12: Wagtail's Chinese is incomplete. No English word on the screens of a desk, also not in what screen readers say."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from market.actions.listings import edit_listing
from market.enums import VerificationState
from market.models import Listing
from tests.cms.conftest import fresh, logged_in, open_task, press, url
from tests.factories import make_organisation, make_photo, make_terms

ROOT = Path(__file__).resolve().parents[2]
SPOKEN = {"title", "aria-label", "placeholder", "alt", "data-w-tooltip-content-value", "data-w-progress-active-value"}
SILENT = {"script", "style", "svg", "title"}
WORD = re.compile(r"[A-Za-z]{2,}")
# Names that are the same in Chinese.
ALLOWED = {"XLSX", "JavaScript", "Ctrl", "Shift", "Esc", "Cmd", "Alt"}


class Words(HTMLParser):
    """Collects what a person sees or is read out; not what scripts read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT or tag == "kbd":
            self.inside.append(tag)
        values = dict(attrs)
        self.found += [str(values[name]) for name in SPOKEN if values.get(name)]
        if tag == "input" and values.get("type") in {"submit", "button"}:
            self.found.append(str(values.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside and data.strip():
            self.found.append(data.strip())


def english_in(html: str) -> set[str]:
    words = Words()
    words.feed(html)
    return {text for text in words.found if [word for word in WORD.findall(text) if word not in ALLOWED]}


def page_title(html: str) -> str:
    return re.search(r"<title>(.*?)</title>", html, re.DOTALL).group(1)


@pytest.fixture
def situations(cast, reference, submit, agriculture, commerce) -> dict[str, Listing]:
    """Listings in every situation whose screens say something of their own."""
    sent_back, locked, passed_on, live = submit(photo=True), submit(photo=True), submit(photo=True), submit(photo=True)
    press(agriculture, sent_back, "reject", "请改")
    agriculture.post(url("lock", locked.pk))
    press(agriculture, passed_on, "approve", variety="更正")
    for client in (agriculture, commerce):
        press(client, live, "approve")
    terms = make_terms(reference["loofah"], reference["village"], note="改了")
    edit_listing(fresh(live), terms, [make_photo(cast.farmer, "red")], by=cast.farmer)
    return {"sent_back": sent_back, "locked": locked, "passed_on": passed_on, "live": live, "fresh": submit()}


def addresses(situations: dict[str, Listing]) -> Iterator[str]:
    yield reverse("wagtailadmin_home")
    yield url("list")
    yield f"{url('list')}?waiting=me&stage=in_review&age=2&q=丝瓜"
    yield f"{url('list')}?waiting=me&q=没有这个"
    yield f"{url('list_results')}?waiting=me&_w_filter_fragment=true"
    for listing in situations.values():
        for name in ("edit", "inspect", "history", "workflow_history", "usage"):
            yield url(name, listing.pk)
    live = situations["live"]
    yield url("revisions_compare", live.pk, "live", "latest")
    yield url("revisions_compare", live.pk, "live", "live")
    yield url("revisions_revert", live.pk, live.revisions.first().pk)
    for review in live.workflow_states.all():
        yield url("workflow_history_detail", live.pk, review.pk)
    ids = "&".join(f"id={listing.pk}" for listing in situations.values())
    yield f"{reverse('wagtail_bulk_action', args=['market', 'listing', 'approve'])}?{ids}"


@pytest.mark.parametrize("desk", ["agriculture_desk", "commerce_desk"])
def test_a_desk_reads_no_english_on_the_way_of_a_listing(desk, cast, situations):
    client = logged_in(getattr(cast, desk))
    english = {}
    for address in addresses(situations):
        response = client.get(address)
        assert response.status_code == 200, address
        html = response.content.decode()
        if found := english_in(html):
            english[address] = found
        assert "<title>" not in html or "Wagtail" not in page_title(html)

    assert english == {}


@pytest.mark.parametrize("name", ["workflow_action", "collect_workflow_action_data"])
@pytest.mark.parametrize("action", ["approve", "reject"])
def test_the_dialogs_are_chinese(name, action, situations, agriculture):
    listing = situations["fresh"]
    address = url(name, listing.pk, action, open_task(listing).pk)

    response = agriculture.get(address, headers={"x-requested-with": "XMLHttpRequest"})

    assert english_in(json.loads(response.content)["html"]) == set()


def test_messages_after_each_press_are_chinese(situations, agriculture, commerce):
    for client, address, form in (
        (agriculture, url("unlock", situations["locked"].pk), {}),
        (agriculture, url("lock", situations["fresh"].pk), {}),
        (commerce, url("edit", situations["fresh"].pk), {"variety": "x", "grade": "first", "note": ""}),
        (agriculture, url("edit", situations["passed_on"].pk), {"variety": "x", "grade": "没有这个", "note": ""}),
        (commerce, url("unpublish", situations["live"].pk), {"comment": ""}),
        (commerce, url("unpublish", situations["live"].pk), {"comment": "不合格"}),
    ):
        response = client.post(address, form, follow=True)
        html = response.content.decode().replace('value="x"', "").replace(">x<", "><")
        assert english_in(html) == set(), address


def test_organisations_and_produce_are_chinese(cast, reference, commerce):
    waiting = make_organisation("新户", "household", reference["village"], verification=VerificationState.WAITING)
    names = [
        ("wagtailsnippets_market_organisation:list", []),
        ("wagtailsnippets_market_organisation:inspect", [waiting.pk]),
    ]
    names += [
        ("wagtailsnippets_market_produce:list", []),
        ("wagtailsnippets_market_produce:edit", [reference["peach"].pk]),
    ]
    for name, args in names:
        html = commerce.get(reverse(name, args=args)).content.decode().replace("yellow peach", "")
        html = html.replace("early indica paddy", "").replace("loofah", "")
        assert english_in(html) == set(), name


def test_the_words_of_the_scripts_are_complete(agriculture):
    """Wagtail's own address reads its package only; ours comes first and knows our additions."""
    catalogue = json.loads(
        agriculture.get(reverse("wagtailadmin_javascript_catalog"))
        .content.decode()
        .split("newcatalog = ")[1]
        .split(";\n")[0]
    )
    english = polib.pofile(str(Path(polib.__file__).parent / "wagtail/admin/locale/en/LC_MESSAGES/djangojs.po"))

    assert [entry.msgid for entry in english if entry.msgid not in catalogue] == []


def test_our_catalogue_wins_over_wagtails():
    """`Locked by you` is not in Wagtail's Chinese; `Approve` is."""
    with override("zh-hans"):
        assert (gettext("Locked by you"), gettext("Approve")) == ("您已锁定", "批准")


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_the_compiled_catalogue_is_fresh_and_whole(domain):
    path = ROOT / f"locale/zh_Hans/LC_MESSAGES/{domain}.po"
    catalogue = polib.pofile(str(path))

    assert path.with_suffix(".mo").read_bytes() == catalogue.to_binary()
    assert [entry.msgid for entry in catalogue if not entry.translated() or entry.fuzzy] == []
    placeholder = re.compile(r"%\(\w+\)s|\{\w+\}")
    strange = [
        entry.msgid
        for entry in catalogue
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
        if not set(placeholder.findall(text)) <= set(placeholder.findall(entry.msgid + entry.msgid_plural))
    ]
    assert strange == []


def test_the_plain_page_for_people_without_a_desk_is_chinese(cast):
    html = Client().get("/").status_code and logged_in(cast.farmer).get(reverse("wagtailadmin_home")).content.decode()

    main = html[html.index("<main") : html.index("</main>")]
    assert english_in(main) == set()
