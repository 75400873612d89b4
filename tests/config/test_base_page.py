"""The frame of every page: what it says, what it weighs, and that it needs neither inline code nor a script."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.template.loader import get_template, render_to_string
from django.utils import translation

from config.large_type import LargeTypeMiddleware
from config.styleguide import styleguide

ROOT = Path(settings.BASE_DIR)
COMPONENTS = ROOT / "config/templates/components"
TEMPLATES = sorted(
    path
    for folder in ("config", "market", "orders")
    for kind in ("templates", "jinja2")
    for path in ROOT.glob(f"{folder}/**/{kind}/**/*.*")
)


@pytest.fixture
def page(rf):
    """Renders base.html as an anonymous visitor sees it."""

    def render(query: str = "", **cookies: str) -> str:
        request = rf.get("/" + query)
        request.user = AnonymousUser()
        request.COOKIES.update(cookies)
        return render_to_string("base.html", {}, request=request)

    return render


def test_page_is_chinese_and_normal_size_unless_chosen(page):
    html = page()

    assert '<html lang="zh-Hans">' in html
    assert 'href="?type=large"' in html
    assert 'href="?lang=en"' in html


def test_page_says_its_language_when_english_is_chosen(page):
    with translation.override("en"):
        html = page()

    assert '<html lang="en">' in html
    assert 'href="?lang=zh-hans"' in html


def test_page_is_large_when_the_cookie_says_so(page):
    html = page(type="large")

    assert '<html lang="zh-Hans" data-type="large">' in html
    assert 'href="?type=normal"' in html


def test_links_of_the_head_keep_the_query_but_not_the_choices(page):
    html = page("?q=丝瓜&lang=en")

    assert 'href="?q=%E4%B8%9D%E7%93%9C&amp;type=large"' in html


def test_page_has_a_way_past_the_head_and_the_credits(page):
    html = page()

    assert 'class="skip-link" href="#main"' in html
    assert '<main id="main"' in html
    assert "地名坐标 © GeoNames (CC BY 4.0)" in html
    assert f'href="tel:{settings.HOTLINE}"' in html
    assert "打电话帮我填" in html


def test_navigation_has_at_most_five_entries(page):
    assert 0 < page().count('<svg class="icon" viewBox="0 0 24 24"', 0, page().index("</nav>")) <= 5


def test_refusals_are_alerts_and_successes_are_not(rf):
    html = styleguide_html(rf)

    assert re.search(r'class="notice is-refusal" role="alert">.*?只剩 300 斤', html)
    assert re.search(r'class="notice is-ok" role="status">.*?认购成功', html)


def styleguide_html(rf) -> str:
    request = rf.get("/styleguide/")
    request.user = AnonymousUser()
    return styleguide(request).content.decode()


def test_styleguide_shows_every_component(rf):
    shown = (ROOT / "config/templates/styleguide.html").read_text() + (ROOT / "config/templates/base.html").read_text()
    shown += "".join(path.read_text() for path in COMPONENTS.glob("*.html"))

    missing = [path.name for path in COMPONENTS.glob("*.html") if f"components/{path.name}" not in shown]

    assert missing == ["_fields.html"]  # a loop around _field.html
    assert "白关丝瓜" in styleguide_html(rf)


def test_field_ties_help_and_error_to_its_control(rf):
    html = styleguide_html(rf)

    assert 'aria-describedby="id_quantity_helptext id_quantity_error"' in html
    assert 'id="id_quantity_error"' in html
    assert 'id="id_quantity_helptext"' in html


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_error_pages_need_no_context_and_no_request(name):
    html = get_template(name).render({})

    assert 'href="/"' in html
    assert "<h1>" in html


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_no_inline_code(path):
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"<[a-z][^>]*\sstyle=", text), "a style attribute: the content policy refuses it"
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<[a-z][^>]*\son[a-z]+=", text), "an event attribute: the content policy refuses it"
    assert "hx-on" not in text
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_name_icons_of_the_set(path):
    names = re.findall(r"""\bicon\(?\s*["']([a-z0-9-]+)["']""", path.read_text(encoding="utf-8"))

    assert [name for name in names if not (Path(settings.ICONS_DIR) / f"{name}.svg").is_file()] == []


def test_a_page_weighs_less_than_100_kb_before_photographs(rf):
    sheets = ["tokens", "site", "forms", "pieces", "desk"]
    files = [ROOT / f"config/static/css/{name}.css" for name in sheets]
    files += [ROOT / "config/static/js/site.js", settings.NODE_MODULES / "@picocss/pico/css/pico.min.css"]
    files += [settings.NODE_MODULES / "htmx.org/dist/htmx.min.js"]

    weight = sum(len(gzip.compress(path.read_bytes())) for path in files)
    weight += len(gzip.compress(styleguide_html(rf).encode()))

    assert weight < 60_000


@pytest.mark.parametrize("folder", ["css", "js"])
def test_style_and_script_files_stay_short(folder):
    long = [path.name for path in (ROOT / "config/static" / folder).iterdir() if path.read_text().count("\n") > 400]

    assert long == []


def test_large_type_is_shown_at_once_and_kept(rf):
    seen = []
    middleware = LargeTypeMiddleware(lambda request: seen.append(request.COOKIES.get("type")) or HttpResponse())

    response = middleware(rf.get("/?type=large"))

    assert seen == ["large"]
    assert response.cookies["type"].value == "large"


def test_normal_type_forgets_the_cookie(rf):
    middleware = LargeTypeMiddleware(lambda request: HttpResponse())

    response = middleware(rf.get("/?type=normal"))

    assert response.cookies["type"]["max-age"] == 0


def test_unknown_type_changes_nothing(rf):
    middleware = LargeTypeMiddleware(lambda request: HttpResponse())

    assert not middleware(rf.get("/?type=huge")).cookies
