"""Market maps as they are typed: a header, nodes, flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.choosing import offer_customers
from customers.models import Customer
from selection.models import MapNode, MarketMap, Segment
from selection.selectors.market_maps import Flow, Node
from selection.services.map_files import key_of, rivals_of, rivals_text

PERCENT = Decimal(100)


class MapForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class is not generic at run time
    """What a map is about."""

    class Meta:
        model = MarketMap
        fields = ("name", "segment", "period", "unit", "currency", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "unit": gettext_lazy("Such as tonnes, pieces a year."),
            "period": gettext_lazy("Such as 2026, or the last twelve months."),
        }

    def __init__(self, *args: Any, segments: QuerySet[Segment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["segment"]).queryset = segments  # type: ignore[type-arg]  # Django's class is not generic at run time

    def _post_clean(self) -> None:
        """The service keeps the map's rules, so that pages and REST say the same."""


class RowForm(forms.Form):
    """A row of the editor: its controls stand in cells, without labels around them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs["class"] = "input"


class NodeForm(RowForm):
    """A kind of firm."""

    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=MapNode.Level.choices, initial="channel")
    decides = forms.DecimalField(
        label=gettext_lazy("Decides, %"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )
    loss = forms.DecimalField(
        label=gettext_lazy("Lost here"), min_value=0, max_digits=18, decimal_places=3, required=False
    )

    def as_node(self) -> Node:
        """The node as the service takes it."""
        given = self.cleaned_data
        name = given["name"].strip()
        return Node(
            given["key"] or key_of(name), name, given["level"], _fraction(given["decides"]), given["loss"] or Decimal(0)
        )


class FlowForm(RowForm):
    """What goes from one node to another; nodes are named, so that a new one can be used at once."""

    source = forms.CharField(label=gettext_lazy("From"), max_length=80)
    target = forms.CharField(label=gettext_lazy("To"), max_length=80)
    volume = forms.DecimalField(label=gettext_lazy("Volume"), min_value=0, max_digits=18, decimal_places=3)
    value = forms.DecimalField(
        label=gettext_lazy("Value"), min_value=0, max_digits=18, decimal_places=2, required=False
    )
    our_share = forms.DecimalField(
        label=gettext_lazy("Our share, %"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )
    rivals = forms.CharField(label=gettext_lazy("Shares of rivals, %"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            self.fields[name].widget.attrs["list"] = "map-nodes"
        self.fields["rivals"].widget.attrs["placeholder"] = _("Name: 30; Other: 20")

    def clean_rivals(self) -> dict[str, Decimal]:
        """The shares by the rivals' names."""
        try:
            return {name: share / PERCENT for name, share in rivals_of(self.cleaned_data["rivals"]).items()}
        except (ValueError, InvalidOperation):
            raise forms.ValidationError(_("Write rivals as name: share; name: share.")) from None

    def as_flow(self, keys: Mapping[str, str]) -> Flow:
        """The flow as the service takes it; a name that no node has stays as it was typed, and is named later."""
        given = self.cleaned_data
        ends = [keys.get(given[name].strip().casefold(), given[name].strip()) for name in ("source", "target")]
        return Flow(ends[0], ends[1], given["volume"], given["value"], _fraction(given["our_share"]), given["rivals"])


NodeSet = forms.formset_factory(NodeForm, extra=3, can_delete=True, max_num=40)
FlowSet = forms.formset_factory(FlowForm, extra=4, can_delete=True, max_num=120)


class AccountsForm(forms.Form):
    """The customers that hang on a node."""

    customers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Customers"),
        queryset=Customer.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, customers: QuerySet[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_customers(self, "customers", customers)


class MapFileForm(forms.Form):
    """A map as a file."""

    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX"), help_text=gettext_lazy("The file as you downloaded it, changed.")
    )


def parts_typed(nodes: Any, flows: Any) -> tuple[list[Node], list[Flow]]:
    """The nodes and flows of two valid form sets, without what was struck out or left empty."""
    kept = [form.as_node() for form in _kept(nodes)]
    keys = {node.name.casefold(): node.key for node in kept}
    return kept, [form.as_flow(keys) for form in _kept(flows)]


def initial_nodes(nodes: Sequence[Node]) -> list[dict[str, Any]]:
    """Stored nodes as their forms show them."""
    return [
        {
            "key": node.key, "name": node.name, "level": node.level, "decides": _percent(node.decision_share),
            "loss": _short(node.loss) if node.loss else None,
        }
        for node in nodes
    ]  # fmt: skip


def initial_flows(flows: Sequence[Flow], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Stored flows as their forms show them."""
    return [
        {
            "source": names[flow.source], "target": names[flow.target], "volume": _short(flow.volume),
            "value": _short(flow.value), "our_share": _percent(flow.our_share),
            "rivals": rivals_text({name: share * PERCENT for name, share in (flow.rival_shares or {}).items()}),
        }
        for flow in flows
    ]  # fmt: skip


def _kept(forms_: Any) -> list[Any]:
    return [form for form in forms_.forms if form.has_changed() and form not in forms_.deleted_forms]


def _fraction(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent / PERCENT


def _percent(fraction: Decimal | None) -> str | None:
    return None if fraction is None else _short(fraction * PERCENT)


def _short(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
