"""The public site as Wagtail knows it: one home page under the root and the address it answers to."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Page, Site

from cms.models import HomePage

TITLE = "绿通集市"
SLUG = "shouye"
HEADLINE = "卖不出去的菜，在这里找到买家和车"
INTRO = "农户报货，主管部门审核，商超和市场认购，绿通车送到。"
HEADLINE_EN = "Buyers and trucks for produce that cannot be sold"
INTRO_EN = (
    "Farmers list it, the bureau reviews it, supermarkets and markets pledge it, green-channel trucks deliver it."
)
WELCOME = "Welcome to your new Wagtail site!"
PORTS = {"http": 80, "https": 443}


@transaction.atomic
def make_site() -> HomePage:
    """There is a home page, the default site shows it at the host of SITE_URL, and Wagtail's page of welcome is gone.

    A repeat keeps what the bureau wrote on the home page and which page it chose as root; only the host follows SITE_URL.
    """
    home = HomePage.objects.first()
    if home is None:
        english = {"headline_en": HEADLINE_EN, "intro_en": INTRO_EN}
        home = HomePage(title=TITLE, slug=SLUG, headline=HEADLINE, intro=INTRO, show_in_menus=False, **english)
        Page.get_first_root_node().add_child(instance=home)
        home.save_revision().publish()
    _point_the_site(home)
    for page in Page.objects.filter(depth=2, title=WELCOME).exclude(pk=home.pk):
        page.delete()
    Site.clear_site_root_paths_cache()
    return HomePage.objects.get(pk=home.pk)


def _point_the_site(home: HomePage) -> None:
    address = urlsplit(settings.SITE_URL)
    host, port = address.hostname or "localhost", address.port or PORTS.get(address.scheme, 80)
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        site = Site(is_default_site=True, root_page=home, site_name=TITLE)
    if site.root_page.title == WELCOME:
        site.root_page, site.site_name = home, TITLE
    site.hostname, site.port = host, port
    site.save()
