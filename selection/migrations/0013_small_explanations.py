import selection.models.parts
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('selection', '0012_market_maps'),
    ]

    operations = [
        migrations.AlterField(
            model_name='score',
            name='explanation',
            field=selection.models.parts.PartsField(default=list),
        ),
    ]
