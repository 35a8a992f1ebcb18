from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0010_duplicates_and_merges"),
        ("profitability", "0005_lines_held_by_statement"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ledgerdocument",
            index=models.Index(
                fields=["customer", "posted_on"], include=("document_on", "kind"), name="profitability_doc_of_customer"
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerline",
            index=models.Index(
                fields=["customer", "posted_on"],
                include=("product", "quantity", "cost_units"),
                name="profitability_line_of_customer",
            ),
        ),
        migrations.RemoveIndex(
            model_name="ledgerdocument",
            name="profitability_doc_by_customer",
        ),
        migrations.RemoveIndex(
            model_name="ledgerline",
            name="profitability_line_by_customer",
        ),
    ]
