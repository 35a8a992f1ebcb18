"""Customers and contacts get values of custom fields."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0010_duplicates_and_merges'),
        ('teams', '0001_units_and_teams'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='update_update',
        ),
        migrations.AddField(
            model_name='contact',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        migrations.AddField(
            model_name='customer',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_contactevent" ("birthday", "chat_id", "created_at", "custom", "deleted_at", "email", "erased_at", "external_id", "external_source", "full_name", "home_address", "id", "language", "left_on", "merged_into_id", "mobile", "name_key", "name_sort", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "private_phone", "salutation", "updated_at", "version") VALUES (NEW."birthday", NEW."chat_id", NEW."created_at", NEW."custom", NEW."deleted_at", NEW."email", NEW."erased_at", NEW."external_id", NEW."external_source", NEW."full_name", NEW."home_address", NEW."id", NEW."language", NEW."left_on", NEW."merged_into_id", NEW."mobile", NEW."name_key", NEW."name_sort", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."private_phone", NEW."salutation", NEW."updated_at", NEW."version"); RETURN NULL;', hash='1b1db304c1649b74c9dfb094302f8585e43b1c9c', operation='INSERT', pgid='pgtrigger_insert_insert_84620', table='customers_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_contactevent" ("birthday", "chat_id", "created_at", "custom", "deleted_at", "email", "erased_at", "external_id", "external_source", "full_name", "home_address", "id", "language", "left_on", "merged_into_id", "mobile", "name_key", "name_sort", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "private_phone", "salutation", "updated_at", "version") VALUES (NEW."birthday", NEW."chat_id", NEW."created_at", NEW."custom", NEW."deleted_at", NEW."email", NEW."erased_at", NEW."external_id", NEW."external_source", NEW."full_name", NEW."home_address", NEW."id", NEW."language", NEW."left_on", NEW."merged_into_id", NEW."mobile", NEW."name_key", NEW."name_sort", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."private_phone", NEW."salutation", NEW."updated_at", NEW."version"); RETURN NULL;', hash='9db730e684db552afa3fcc2ca0a8704b7470990c', operation='UPDATE', pgid='pgtrigger_update_update_760d1', table='customers_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_customerevent" ("account_team_id", "cadence_days", "city", "country", "created_at", "currency", "custom", "deleted_at", "description", "domain", "id", "industry", "last_interaction_on", "legal_name", "life_cycle", "merged_into_id", "name", "name_key", "name_sort", "org_unit_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "region", "registration_no", "relation", "updated_at", "version", "website") VALUES (NEW."account_team_id", NEW."cadence_days", NEW."city", NEW."country", NEW."created_at", NEW."currency", NEW."custom", NEW."deleted_at", NEW."description", NEW."domain", NEW."id", NEW."industry", NEW."last_interaction_on", NEW."legal_name", NEW."life_cycle", NEW."merged_into_id", NEW."name", NEW."name_key", NEW."name_sort", NEW."org_unit_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."region", NEW."registration_no", NEW."relation", NEW."updated_at", NEW."version", NEW."website"); RETURN NULL;', hash='adbb0a684c6d284e9c6789186aef774a8e1846a4', operation='INSERT', pgid='pgtrigger_insert_insert_a36e0', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_customerevent" ("account_team_id", "cadence_days", "city", "country", "created_at", "currency", "custom", "deleted_at", "description", "domain", "id", "industry", "last_interaction_on", "legal_name", "life_cycle", "merged_into_id", "name", "name_key", "name_sort", "org_unit_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "region", "registration_no", "relation", "updated_at", "version", "website") VALUES (NEW."account_team_id", NEW."cadence_days", NEW."city", NEW."country", NEW."created_at", NEW."currency", NEW."custom", NEW."deleted_at", NEW."description", NEW."domain", NEW."id", NEW."industry", NEW."last_interaction_on", NEW."legal_name", NEW."life_cycle", NEW."merged_into_id", NEW."name", NEW."name_key", NEW."name_sort", NEW."org_unit_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."region", NEW."registration_no", NEW."relation", NEW."updated_at", NEW."version", NEW."website"); RETURN NULL;', hash='543c04cc4b99bb0931e02f9432bb0004f6fbf5ec', operation='UPDATE', pgid='pgtrigger_update_update_ca86d', table='customers_customer', when='AFTER')),
        ),
    ]
