"""How Django's own forms are drawn."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class FieldRenderer(TemplatesSetting):
    """`{{ form }}` and `{{ form.name.as_field_group }}` come out as the components of the design system."""

    form_template_name = "components/form_fields.html"
    field_template_name = "components/field.html"
