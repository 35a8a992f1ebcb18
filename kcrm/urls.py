"""Every address of the product, app by app."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from kcrm.views import health
from kcrm.views.home import MyDay
from kcrm.views.methods import MethodPage
from kcrm.views.portfolio import PortfolioPage
from kcrm.views.portfolio_customers import LargestCustomersPage
from kcrm.views.search import SearchView

handler400 = "kcrm.views.errors.bad_request"
handler403 = "kcrm.views.errors.forbidden"
handler404 = "kcrm.views.errors.not_found"
handler500 = "kcrm.views.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("api/v1/", include(("kcrm.api_router", "api"))),
    path("", include("kcrm.customer_urls")),  # asked for most, so looked through first
    path("accounts/", include("accounts.urls_closed")),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("jobs.urls")),
    path("", include("bulk.urls")),
    path("", include("exports.urls")),
    path("", include("feed.urls")),
    path("", include("fields.urls")),
    path("imports/", include("customers.urls.imports")),
    path("", include("profitability.urls")),
    path("", include("teams.urls")),
    path("", include("planning.urls")),
    path("", include("selection.urls")),
    path("", MyDay.as_view(), name="home"),
    path("portfolio/", PortfolioPage.as_view(), name="portfolio"),
    path("portfolio/customers/", LargestCustomersPage.as_view(), name="portfolio-customers"),
    path("methods/", MethodPage.as_view(), name="methods"),
    path("methods/<str:code>/", MethodPage.as_view(), name="method"),
    path("search/", SearchView.as_view(), name="search"),
]

if settings.KCRM_STYLEGUIDE:
    from kcrm.views.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
