"""Pages of market maps: the list, the picture, the editor."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.querysets import visible_customers
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from kcrm.lib.export import write_file
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import ActView, FormPage, Page
from selection import permissions
from selection.forms.market_maps import (
    AccountsForm,
    FlowSet,
    MapFileForm,
    MapForm,
    NodeSet,
    initial_flows,
    initial_nodes,
    parts_typed,
)
from selection.models import MapNode, MarketMap, Segment
from selection.selectors.market_maps import MapPicture, draw, map_rows, picture_of, stored_parts
from selection.services import market_maps as services
from selection.services.map_files import load_map, map_table
from selection.views.map_pictures import flow_table, map_answer, map_chart


class MapPage(Page):
    """A page about one map."""

    def found(self, *, to_edit: bool = False) -> MarketMap:
        """The map. Raises DoesNotExist out of sight, NotAllowed for who only reads maps and would edit one."""
        rows = MarketMap.objects.visible_to(self.request.user).select_related("segment", "published_by")
        found: MarketMap = rows.get(pk=self.kwargs["pk"])
        if to_edit and not permissions.can_edit_maps(self.request.user):
            raise NotAllowed("market_map", Verb.UPDATE)
        return found


class MapList(Page):
    """Where does each market flow, and where is it decided?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The editions of all maps."""
        if not permissions.can_read_maps(request.user):
            raise NotAllowed("market_map", Verb.READ)
        context = {"maps": map_rows(request.user), "may_edit": permissions.can_edit_maps(request.user)}
        return render(request, "selection/map_list.html", context)


class MapDetail(MapPage):
    """Where does this market flow, and where is it decided?"""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The picture with its tables."""
        found = self.found()
        picture = picture_of(found, by=request.user)
        others = MarketMap.objects.visible_to(request.user).filter(name=found.name).exclude(pk=found.pk)
        context = picture_context(found, picture) | {
            "others": others.order_by("-edition"),
            "may_edit": permissions.can_edit_maps(request.user),
        }
        return render(request, "selection/map_detail.html", context)


class MapFile(MapPage):
    """A map as a file, out and in."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The file."""
        return write_file(
            map_table(self.found()), request.GET.get("form", "csv"), today=timezone.localdate()
        ).response()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Replace the nodes and flows of the draft by those of a file."""
        self.found(to_edit=True)
        form = MapFileForm(request.POST, request.FILES)
        if not form.is_valid():
            messages.error(request, _("Choose a file first."))
            return HttpResponseRedirect(reverse("selection:map-edit", args=[pk]))
        try:
            load_map(map_id=pk, version=self.posted_version(), file=form.cleaned_data["file"], by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The map has the nodes and flows of the file."))
        return HttpResponseRedirect(reverse("selection:map-edit", args=[pk]))


class MapCreate(FormPage):
    """Begin a map."""

    form_class = MapForm
    title = gettext_lazy("Begin a market map")
    intro = gettext_lazy("From suppliers to final users: who sells to whom, how much, and who really chooses.")
    submit_label = gettext_lazy("Begin the map")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, for who draws maps."""
        if not permissions.can_edit_maps(request.user):
            raise NotAllowed("market_map", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The segments to choose from."""
        return super().get_form_kwargs() | {"segments": Segment.objects.visible_to(self.request.user).in_use()}

    def perform(self, form: Any) -> MarketMap:
        """Call the service."""
        return services.create_map(by=self.request.user, **form.cleaned_data)

    def get_done_url(self, result: Any) -> str:
        """The editor."""
        return reverse("selection:map-edit", args=[result.pk])

    def get_cancel_url(self) -> str:
        """The list."""
        return reverse("selection:map-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The list."""
        return [(_("Market maps"), reverse("selection:map-list"))]


class MapEdit(MapPage):
    """Draw a map in rows, and see at once whether it balances."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The header, the nodes, the flows."""
        found = self.found(to_edit=True)
        if found.state != MarketMap.State.DRAFT:
            return HttpResponseRedirect(reverse("selection:map-detail", args=[pk]))
        nodes, flows = stored_parts(found)
        names = {node.key: node.name for node in nodes}
        return self._page(
            found,
            self._header(instance=found),
            NodeSet(initial=initial_nodes(nodes), prefix="nodes"),
            FlowSet(initial=initial_flows(flows, names), prefix="flows"),
            draw(nodes, flows),
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save the map; with `check` only say whether it balances."""
        found = self.found(to_edit=True)
        header = self._header(request.POST, instance=found)
        nodes, flows = NodeSet(request.POST, prefix="nodes"), FlowSet(request.POST, prefix="flows")
        valid = all([header.is_valid(), nodes.is_valid(), flows.is_valid()])
        parts = parts_typed(nodes, flows) if nodes.is_valid() and flows.is_valid() else None
        picture = self._picture(parts)
        if "check" in request.POST:
            if is_fragment(request):
                answer = render(request, "selection/_map_picture.html", picture_context(found, picture))
                patch_vary_headers(answer, ("HX-Request",))
                return answer
            return self._page(found, header, nodes, flows, picture)
        if not valid or parts is None:
            return self._page(found, header, nodes, flows, picture, status=422)
        version = self.posted_version()
        try:
            services.save_map(
                map_id=pk, version=version, nodes=parts[0], flows=parts[1], by=request.user, **header.cleaned_data
            )
        except StaleVersion as stale:
            problem = _("Somebody else saved this map first. What you typed is below; saving again takes yours.")
            current = MarketMap.objects.get(pk=stale.current.pk)
            return self._page(current, header, nodes, flows, picture, problem=problem, status=409)
        except DomainError as error:
            return self._page(found, header, nodes, flows, picture, problem=str(error), status=422)
        messages.success(request, _("The draft is kept."))
        return HttpResponseRedirect(
            reverse("selection:map-edit" if "stay" in request.POST else "selection:map-detail", args=[pk])
        )

    def _header(self, *args: Any, **kwargs: Any) -> MapForm:
        return MapForm(*args, segments=Segment.objects.visible_to(self.request.user).in_use(), **kwargs)

    def _picture(self, parts: Any) -> MapPicture | None:
        try:
            return draw(*parts) if parts else None
        except ValueError:
            return None

    def _page(
        self, found: MarketMap, header: Any, nodes: Any, flows: Any, picture: MapPicture | None, *,
        problem: str = "", status: int = 200,
    ) -> HttpResponse:  # fmt: skip
        context = picture_context(found, picture) | {
            "header": header,
            "nodes": nodes,
            "flows": flows,
            "problem": problem,
            "file_form": MapFileForm(),
        }
        return render(self.request, "selection/map_form.html", context, status=status)


class MapPublish(ActView):
    """Publish a map that balances."""

    done_message = gettext_lazy("The map is published and stays as it is.")

    def perform(self) -> MarketMap:
        """Call the service."""
        return services.publish_map(
            map_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user
        )  # fmt: skip

    def get_done_url(self, result: Any) -> str:
        """The map."""
        return reverse("selection:map-detail", args=[self.kwargs["pk"]])


class MapNext(MapPublish):
    """Begin the next edition."""

    done_message = gettext_lazy("The next edition is a draft. The published one stays until this one is published.")

    def perform(self) -> MarketMap:
        """Call the service."""
        return services.next_edition_of_map(map_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """The draft."""
        return reverse("selection:map-detail", args=[result.pk if result else self.kwargs["pk"]])


class MapDelete(ActView):
    """Throw a draft away."""

    done_message = gettext_lazy("The draft is gone.")

    def perform(self) -> Any:
        """Call the service."""
        services.delete_draft(map_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)
        return True

    def get_done_url(self, result: Any) -> str:
        """The list; the map where it stayed."""
        return reverse("selection:map-list") if result else reverse("selection:map-detail", args=[self.kwargs["pk"]])


class MapAccounts(MapPage, FormPage):
    """Name the accounts that hang on a node."""

    form_class = AccountsForm
    done_message = gettext_lazy("Saved.")

    def node(self) -> MapNode:
        """The node. Raises DoesNotExist."""
        found: MapNode = self.found(to_edit=True).nodes.get(key=self.kwargs["key"])
        return found

    def get_title(self) -> Any:
        """The node."""
        return _("Accounts at %(node)s") % {"node": self.node()}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The customers to choose from."""
        seen = visible_customers(self.request.user).order_by("name_sort")
        return super().get_form_kwargs() | {"customers": seen}

    def get_initial(self) -> dict[str, Any]:
        """Who hangs there."""
        return {"customers": list(self.node().accounts.values_list("customer_id", flat=True))}

    def perform(self, form: Any) -> MapNode:
        """Call the service."""
        return services.name_accounts(
            map_id=self.kwargs["pk"],
            node_key=self.kwargs["key"],
            customer_ids=[customer.pk for customer in form.cleaned_data["customers"]],
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """The map."""
        return reverse("selection:map-detail", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """The same."""
        return self.get_done_url(None)


def picture_context(found: MarketMap, picture: MapPicture | None) -> dict[str, Any]:
    """What the picture and its tables show; without a picture the rows are not finished."""
    return {
        "map": found,
        "levels": MapNode.Level.choices,
        "picture": picture,
        "chart": map_chart(found, picture) if picture else None,
        "flow_table": flow_table(found, picture) if picture else None,
        "said": map_answer(found, picture)
        if picture
        else [_("Some rows are not finished; what is missing is marked.")],
    }
