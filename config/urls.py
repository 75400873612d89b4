"""Every address of the site."""

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns = [
    path("cms/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("cms/", include(wagtailadmin_urls)),
    path("accounts/", include("allauth.urls")),
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
