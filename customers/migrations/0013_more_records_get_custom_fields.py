"""Interactions, tasks and agreements get values of custom fields."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0012_find_by_custom_fields'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='agreement',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='agreement',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='interaction',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='interaction',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='task',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='task',
            name='update_update',
        ),
        migrations.AddField(
            model_name='agreement',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        migrations.AddField(
            model_name='agreementevent',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        migrations.AddField(
            model_name='interactionevent',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        migrations.AddField(
            model_name='task',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        migrations.AddField(
            model_name='taskevent',
            name='custom',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_agreementevent" ("annual_value", "created_at", "currency", "custom", "customer_id", "deleted_at", "document_id", "ends_on", "id", "kind", "notice_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "renews", "starts_on", "title", "updated_at", "version") VALUES (NEW."annual_value", NEW."created_at", NEW."currency", NEW."custom", NEW."customer_id", NEW."deleted_at", NEW."document_id", NEW."ends_on", NEW."id", NEW."kind", NEW."notice_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."renews", NEW."starts_on", NEW."title", NEW."updated_at", NEW."version"); RETURN NULL;', hash='0433835e054422bb46735d33fb39ec14d5d076ad', operation='INSERT', pgid='pgtrigger_insert_insert_54920', table='customers_agreement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_agreementevent" ("annual_value", "created_at", "currency", "custom", "customer_id", "deleted_at", "document_id", "ends_on", "id", "kind", "notice_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "renews", "starts_on", "title", "updated_at", "version") VALUES (NEW."annual_value", NEW."created_at", NEW."currency", NEW."custom", NEW."customer_id", NEW."deleted_at", NEW."document_id", NEW."ends_on", NEW."id", NEW."kind", NEW."notice_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."renews", NEW."starts_on", NEW."title", NEW."updated_at", NEW."version"); RETURN NULL;', hash='48f379aef1f2537e97ce1874209cde575a31dd8b', operation='UPDATE', pgid='pgtrigger_update_update_7d0fb', table='customers_agreement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interaction',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_interactionevent" ("body", "by_customer", "created_at", "custom", "customer_id", "deleted_at", "happened_at", "id", "kind", "minutes", "next_step", "next_step_on", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "subject", "updated_at", "version") VALUES (NEW."body", NEW."by_customer", NEW."created_at", NEW."custom", NEW."customer_id", NEW."deleted_at", NEW."happened_at", NEW."id", NEW."kind", NEW."minutes", NEW."next_step", NEW."next_step_on", NEW."outcome", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recorded_by_id", NEW."subject", NEW."updated_at", NEW."version"); RETURN NULL;', hash='ca1ca7bac85091b63f56966f7a6aba2a42b73fab', operation='INSERT', pgid='pgtrigger_insert_insert_ee620', table='customers_interaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interaction',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_interactionevent" ("body", "by_customer", "created_at", "custom", "customer_id", "deleted_at", "happened_at", "id", "kind", "minutes", "next_step", "next_step_on", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "subject", "updated_at", "version") VALUES (NEW."body", NEW."by_customer", NEW."created_at", NEW."custom", NEW."customer_id", NEW."deleted_at", NEW."happened_at", NEW."id", NEW."kind", NEW."minutes", NEW."next_step", NEW."next_step_on", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_by_id", NEW."subject", NEW."updated_at", NEW."version"); RETURN NULL;', hash='8b9ca73ee4ce5fcdeece1d3af63c30ce4a643164', operation='UPDATE', pgid='pgtrigger_update_update_491b9', table='customers_interaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_taskevent" ("assignee_id", "contact_id", "created_at", "created_by_id", "custom", "customer_id", "deleted_at", "detail", "done_at", "due_on", "id", "interaction_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "state", "title", "updated_at", "version") VALUES (NEW."assignee_id", NEW."contact_id", NEW."created_at", NEW."created_by_id", NEW."custom", NEW."customer_id", NEW."deleted_at", NEW."detail", NEW."done_at", NEW."due_on", NEW."id", NEW."interaction_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."priority", NEW."state", NEW."title", NEW."updated_at", NEW."version"); RETURN NULL;', hash='9395ca84a563ea461463774fbff6c5a0186c4967', operation='INSERT', pgid='pgtrigger_insert_insert_2724e', table='customers_task', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_taskevent" ("assignee_id", "contact_id", "created_at", "created_by_id", "custom", "customer_id", "deleted_at", "detail", "done_at", "due_on", "id", "interaction_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "state", "title", "updated_at", "version") VALUES (NEW."assignee_id", NEW."contact_id", NEW."created_at", NEW."created_by_id", NEW."custom", NEW."customer_id", NEW."deleted_at", NEW."detail", NEW."done_at", NEW."due_on", NEW."id", NEW."interaction_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."priority", NEW."state", NEW."title", NEW."updated_at", NEW."version"); RETURN NULL;', hash='5f9195c452c4b16c79dc4efa8ed97683b8a27c0d', operation='UPDATE', pgid='pgtrigger_update_update_068cd', table='customers_task', when='AFTER')),
        ),
    ]
