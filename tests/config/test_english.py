"""A reader of English meets no Chinese of ours: not in the catalogue, not on a page, not in a refusal."""

import json
import re
import shutil
from html.parser import HTMLParser
from typing import Any

import polib
import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models
from django.test import Client
from django.urls import reverse
from wagtail.models import Revision, Task, Workflow

from cms.actions.site import TITLE, make_site
from tests.house.screens import EVERYBODY, SCREENS, Screen
from tests.untranslated import CATALOGUES, KEEPS_CHINESE, collected, hidden_in_f_strings, known, problems_of

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
OURS = ("market", "orders", "logistics")
DESKS = (Group, Task, Workflow)  # their names are the bureau's own words
# Addresses and what a person typed are data; everything else an attribute says is ours.
ATTRIBUTES_OF_DATA = {"href", "src", "action", "formaction", "value"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
PAPERS = (
    "_template",
    ":manifest",
    ":paper_pack",
    ":evidence",
    ":bundle",
    "_pdf",
    "_xlsx",
)  # sheets, PDF, pictures, signed bytes


def strings_of(block: Any) -> list[str]:
    """Every string in what a page hands to its scripts."""
    if isinstance(block, str):
        return [block]
    parts = block.values() if isinstance(block, dict) else block if isinstance(block, list) else ()
    return [text for part in parts for text in strings_of(part)]


class Reader(HTMLParser):
    """Collects every text and attribute with Chinese in it, but not what is marked as Chinese by `lang`."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        marked = (dict(attrs).get("lang") or "").startswith("zh") or (bool(self.open) and self.open[-1])
        if tag not in VOID:
            self.open.append(marked)
        if not marked:
            self.texts += [value for name, value in attrs if value and name not in ATTRIBUTES_OF_DATA]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1]:
            return
        is_json = self.lasttag == "script" and data.lstrip()[:1] in {"{", "["}
        self.texts += strings_of(json.loads(data)) if is_json else [data]


def leftovers(html: str, data: set[str]) -> list[str]:
    """Chinese on a page that is not `data`. A word of one character is data only where it stands alone."""
    reader = Reader()
    reader.feed(html)
    words = sorted((word for word in data if len(word) > 1), key=len, reverse=True)
    found = []
    for text in filter(CHINESE.search, reader.texts):
        rest = text
        for word in words:
            rest = rest.replace(word, "")
        if any(run not in data for run in CHINESE.findall(rest)):
            found.append(text.strip())
    return found


def words_of_the_database() -> set[str]:
    """Names, addresses, reasons: whatever people wrote. Choices are stored as English words and are not among it."""
    found = set()
    for model in apps.get_models():
        names = [f.name for f in model._meta.concrete_fields if isinstance(f, models.CharField | models.TextField)]
        if (model._meta.app_label in OURS or model in DESKS) and names:
            for row in model._base_manager.values_list(*names):
                found |= {word for text in row if isinstance(text, str) for word in (text, *text.split("|"))}
    found |= set(
        Revision.objects.values_list("object_str", flat=True)
    )  # titles in the language of the day they were written
    return {word for word in found if CHINESE.search(word)}


def words_kept_in_chinese() -> set[str]:
    """What the catalogue shows as people write it: a licence plate, a search by Chinese name."""
    kept = (
        entry for path in CATALOGUES for entry in polib.pofile(str(path)) if entry.tcomment.startswith(KEEPS_CHINESE)
    )
    return {run for entry in kept for run in CHINESE.findall(entry.msgstr)}


@pytest.fixture
def world(shared_world, db):
    make_site()
    return shared_world


@pytest.fixture
def data(world):
    masked = {f"{person.name[0]}*" for person in world.cast.people().values()}
    return words_of_the_database() | words_kept_in_chinese() | masked


def client_of(person=None) -> Client:
    client = Client(raise_request_exception=True)
    if person is not None:
        client.force_login(person)
    return client


def reader_of(screen: Screen, world) -> Client:
    if screen.anonymous == 200:
        return client_of()
    role = "commerce_desk" if screen.who == EVERYBODY else min(screen.who)
    return client_of(getattr(world.cast, role))


def test_every_message_has_english_and_it_is_compiled():
    assert [problem for path in CATALOGUES for problem in problems_of(path)] == []


def test_no_message_hides_in_an_f_string_where_it_is_not_collected():
    assert hidden_in_f_strings() == []


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext collects the messages")
def test_the_catalogue_knows_every_message_of_the_sources():
    assert collected() - known() == set()


def test_leftovers_are_seen_in_texts_attributes_and_data_for_scripts():
    page = """<p>王建国 has 丝瓜</p><img alt="照片"><p lang="zh-Hans">中文 <b>大字</b></p><p>筐 / 一筐</p>
        <script type="application/json">{"said": "\\u6ca1\\u6709"}</script><a href="/?q=中">：</a>"""

    assert leftovers(page, {"王建国", "筐"}) == ["王建国 has 丝瓜", "照片", "筐 / 一筐", "没有", "："]


def test_every_screen_is_english_for_a_reader_of_english(world, data):
    pages = [screen for screen in SCREENS if screen.method == "get" and not screen.name.endswith(PAPERS)]
    found = {}
    for screen in pages:
        answer = reader_of(screen, world).get(reverse(screen.name, args=screen.args(world)), {"lang": "en"})
        assert answer.status_code == 200, screen.name
        # An administrator's start page counts what was "created in" the site, whose name is a row.
        found[screen.name] = leftovers(answer.text, data | ({TITLE} if screen.name == "wagtailadmin_home" else set()))

    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize("role", ["farmer", "buyer", "association_clerk", "dispatcher", "haulier", "driver", "admin"])
def test_my_page_and_the_bars_are_english_for_everybody(role, world, data):
    answer = client_of(getattr(world.cast, role)).get(reverse("market:me"), {"lang": "en"})

    assert leftovers(answer.text, data) == []


@pytest.mark.parametrize(
    "url", ["/", "/accounts/login/", "/accounts/login/?by=password", "/accounts/signup/", "/no-such-page/"]
)
def test_what_a_newcomer_sees_is_english(url, data):
    answer = client_of().get(f"{url}{'&' if '?' in url else '?'}lang=en")

    assert leftovers(answer.text, data) == []


@pytest.mark.parametrize("desk", ["agriculture_desk", "commerce_desk"])
def test_the_start_page_of_a_desk_is_english(desk, world, data):
    answer = client_of(getattr(world.cast, desk)).get(reverse("wagtailadmin_home"), {"lang": "en"})

    assert answer.status_code == 200
    assert leftovers(answer.text, data) == []


def test_refusals_are_english(world, data):
    forms = [
        ("farmer", reverse("market:sell_new"), {"quantity": "-5", "price": "x", "first_day": "2020-01-01"}),
        ("farmer", reverse("market:organisation_new"), {}),
        ("buyer", reverse("orders:place", args=[world.lot.pk]), {"quantity": "9999999 t"}),
        ("buyer", reverse("orders:dock_new"), {"contact_phone": "12"}),
        ("association_clerk", reverse("orders:sheet", args=[world.lot.pk]), {}),
        ("dispatcher", reverse("logistics:truck_new"), {"plate": "X"}),
        ("dispatcher", reverse("logistics:driver_new"), {"phone": "1"}),
    ]
    found = {}
    for role, url, typed in forms:
        answer = client_of(getattr(world.cast, role)).post(f"{url}?lang=en", typed)
        assert answer.status_code in {200, 409, 422}, url
        assert 'class="field-error"' in answer.text or 'role="alert"' in answer.text, url
        found[url] = leftovers(answer.text, data)

    assert {url: texts for url, texts in found.items() if texts} == {}
