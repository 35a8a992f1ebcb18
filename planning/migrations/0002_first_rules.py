"""The coverage plan to begin with; the programme office changes it on its page."""

from django.db import migrations

DAYS = {"key": 30, "potential": 60, "regular": 90, "one_off": 180, "loss_making": 180, "": 90}


def add(apps, schema_editor):
    rule = apps.get_model("planning", "CoverageRule")
    rule.objects.bulk_create([rule(tier=tier, days=days) for tier, days in DAYS.items()], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("planning", "0001_coverage_rules")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
