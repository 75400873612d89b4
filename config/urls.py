"""Every address of the site."""

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

handler400 = "config.errors.bad_request"

urlpatterns = [
    path("cms/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    # Wagtail's own catalogue of its scripts' words reads its package only; this one reads our additions too.
    path("cms/jsi18n/", JavaScriptCatalog.as_view()),
    path("cms/", include(wagtailadmin_urls)),
    path("accounts/", include("market.account_urls")),
    path("orders/", include("orders.urls")),
    path("logistics/", include("orders.logistics.urls")),
    path("", include("market.urls")),
    # Only cleaned photographs under random names live there; a proxy may serve the folder itself.
    path("media/photos/<path:path>", serve, {"document_root": settings.MEDIA_ROOT / "photos"}),
]

if settings.DEBUG:
    from config.styleguide import styleguide

    urlpatterns += [path("styleguide/", styleguide, name="styleguide")]

urlpatterns += [path("", include(wagtail_urls))]
