"""What was said with a customer, as it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.forms.widgets import DayInput, MomentInput
from customers.models import Contact, Interaction
from fields.forms import CustomValues


class InteractionForm(CustomValues, forms.Form):
    """The small form that a call is logged with; what matters in the moment comes first."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Interaction.Kind.choices, initial=Interaction.Kind.CALL)
    subject = forms.CharField(label=_("What was it about?"), max_length=200)
    happened_at = forms.DateTimeField(label=_("When"), widget=MomentInput())
    contacts = forms.ModelMultipleChoiceField(
        label=_("Their people"),
        queryset=Contact.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.ModelMultipleChoiceField(
        label=_("Our people"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=Interaction.Outcome.choices,
        required=False,
        help_text=_("Advance: the customer agreed to do something. Continuation: it goes on without that."),
    )
    body = forms.CharField(
        label=_("Notes"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1, max_value=1440)
    by_customer = forms.BooleanField(label=_("The customer came to us"), required=False)
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=200, help_text=_("It becomes a task."))
    next_step_on = forms.DateField(label=_("Next step by"), required=False, widget=DayInput())
    next_step_for = forms.ModelChoiceField(
        label=_("Who takes it"), queryset=User.objects.none(), required=False, empty_label=_("I do")
    )

    def __init__(
        self,
        *args: Any,
        contacts: QuerySet[Contact],
        people: QuerySet[User],
        own: Mapping[str, Any],
        steps: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contacts"].queryset = contacts
        self.fields["people"].queryset = people
        self.fields["next_step_for"].queryset = people
        if not contacts:
            del self.fields["contacts"]
        if not steps:
            for name in ("next_step", "next_step_on", "next_step_for"):
                del self.fields[name]
        self.add_custom(**own)

    def values(self) -> dict[str, Any]:
        """The interaction's own values, without participants."""
        others = {"contacts", "people", "next_step_for"}
        values = {name: value for name, value in self.plain_values().items() if name not in others}
        return values | {"custom": self.custom_values()}

    def contact_ids(self) -> list[int]:
        """Their people."""
        return [contact.pk for contact in self.cleaned_data.get("contacts", ())]

    def people_ids(self) -> list[int]:
        """Our people."""
        return [person.pk for person in self.cleaned_data.get("people", ())]


class InteractionChangeForm(InteractionForm):
    """A correction: the next step's words stay with the interaction, its task lives on its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("next_step_for", None)
        if "next_step" in self.fields:
            self.fields["next_step"].help_text = _("The task made of it is changed on its own page.")
