"""Products get values of custom fields."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profitability', '0006_summaries_from_indexes'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='product',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='product',
            name='update_update',
        ),
        migrations.AddField(
            model_name='product',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        migrations.AddField(
            model_name='productevent',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='product',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "profitability_productevent" ("created_at", "currency", "custom", "group_id", "id", "is_active", "list_price", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku", "source", "unit", "updated_at", "version") VALUES (NEW."created_at", NEW."currency", NEW."custom", NEW."group_id", NEW."id", NEW."is_active", NEW."list_price", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sku", NEW."source", NEW."unit", NEW."updated_at", NEW."version"); RETURN NULL;', hash='59d0f54eff718fa5f8bf1364092ec4e95c7cc068', operation='INSERT', pgid='pgtrigger_insert_insert_95769', table='profitability_product', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='product',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "profitability_productevent" ("created_at", "currency", "custom", "group_id", "id", "is_active", "list_price", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sku", "source", "unit", "updated_at", "version") VALUES (NEW."created_at", NEW."currency", NEW."custom", NEW."group_id", NEW."id", NEW."is_active", NEW."list_price", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sku", NEW."source", NEW."unit", NEW."updated_at", NEW."version"); RETURN NULL;', hash='371c6562c29667ff72eb0abb070dc54f5d4c0dc0', operation='UPDATE', pgid='pgtrigger_update_update_e1483', table='profitability_product', when='AFTER')),
        ),
    ]
