"""Every address of the product, app by app."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
]

if settings.KCRM_STYLEGUIDE:
    from kcrm.views.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
