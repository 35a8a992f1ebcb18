
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0009_hand_overs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicatePair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('customer', 'Customer'), ('contact', 'Contact')], max_length=10, verbose_name='what')),
                ('left_id', models.BigIntegerField()),
                ('right_id', models.BigIntegerField()),
                ('score', models.PositiveSmallIntegerField(verbose_name='likeness')),
                ('reasons', models.JSONField(default=list, verbose_name='why')),
                ('state', models.CharField(choices=[('open', 'open'), ('dismissed', 'not a duplicate'), ('merged', 'merged')], default='open', max_length=10, verbose_name='state')),
                ('later_until', models.DateField(blank=True, null=True, verbose_name='put off until')),
                ('found_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='found')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
            ],
            options={
                'verbose_name': 'possible duplicate',
                'verbose_name_plural': 'possible duplicates',
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('customer', 'Customer'), ('contact', 'Contact')], max_length=10, verbose_name='what')),
                ('winner_id', models.BigIntegerField()),
                ('loser_ids', models.JSONField(default=list)),
                ('label', models.CharField(max_length=250, verbose_name='stays')),
                ('counts', models.JSONField(default=dict)),
                ('merged_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='merged at')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone at')),
            ],
            options={
                'verbose_name': 'merge',
                'verbose_name_plural': 'merges',
            },
        ),
        migrations.CreateModel(
            name='MergeRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=80)),
                ('row_id', models.BigIntegerField()),
                ('act', models.CharField(choices=[('changed', 'moved or changed'), ('dropped', 'dropped: the winner had it already')], max_length=7)),
                ('before', models.JSONField()),
                ('after', models.JSONField(default=dict)),
                ('kept', models.BooleanField(default=False, verbose_name='not taken back')),
            ],
            options={
                'verbose_name': 'row of a merge',
                'verbose_name_plural': 'rows of merges',
            },
        ),
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
            name='merged_into',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.contact', verbose_name='merged into'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.contact', verbose_name='merged into'),
        ),
        migrations.AddField(
            model_name='customer',
            name='merged_into',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='merged into'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='merged into'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_contactevent" ("birthday", "chat_id", "created_at", "deleted_at", "email", "erased_at", "external_id", "external_source", "full_name", "home_address", "id", "language", "left_on", "merged_into_id", "mobile", "name_key", "name_sort", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "private_phone", "salutation", "updated_at", "version") VALUES (NEW."birthday", NEW."chat_id", NEW."created_at", NEW."deleted_at", NEW."email", NEW."erased_at", NEW."external_id", NEW."external_source", NEW."full_name", NEW."home_address", NEW."id", NEW."language", NEW."left_on", NEW."merged_into_id", NEW."mobile", NEW."name_key", NEW."name_sort", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."private_phone", NEW."salutation", NEW."updated_at", NEW."version"); RETURN NULL;', hash='b32c5034175fb13ea5cab74b8c31c4a99f56004b', operation='INSERT', pgid='pgtrigger_insert_insert_84620', table='customers_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_contactevent" ("birthday", "chat_id", "created_at", "deleted_at", "email", "erased_at", "external_id", "external_source", "full_name", "home_address", "id", "language", "left_on", "merged_into_id", "mobile", "name_key", "name_sort", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "private_phone", "salutation", "updated_at", "version") VALUES (NEW."birthday", NEW."chat_id", NEW."created_at", NEW."deleted_at", NEW."email", NEW."erased_at", NEW."external_id", NEW."external_source", NEW."full_name", NEW."home_address", NEW."id", NEW."language", NEW."left_on", NEW."merged_into_id", NEW."mobile", NEW."name_key", NEW."name_sort", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."private_phone", NEW."salutation", NEW."updated_at", NEW."version"); RETURN NULL;', hash='f1651cb0cca931ff22254a863dbcecaccb3f94da', operation='UPDATE', pgid='pgtrigger_update_update_760d1', table='customers_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_customerevent" ("account_team_id", "cadence_days", "city", "country", "created_at", "currency", "deleted_at", "description", "domain", "id", "industry", "last_interaction_on", "legal_name", "life_cycle", "merged_into_id", "name", "name_key", "name_sort", "org_unit_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "region", "registration_no", "relation", "updated_at", "version", "website") VALUES (NEW."account_team_id", NEW."cadence_days", NEW."city", NEW."country", NEW."created_at", NEW."currency", NEW."deleted_at", NEW."description", NEW."domain", NEW."id", NEW."industry", NEW."last_interaction_on", NEW."legal_name", NEW."life_cycle", NEW."merged_into_id", NEW."name", NEW."name_key", NEW."name_sort", NEW."org_unit_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."region", NEW."registration_no", NEW."relation", NEW."updated_at", NEW."version", NEW."website"); RETURN NULL;', hash='a7a95ebf393dd6409992dcd78bb5385a5a5fe1e8', operation='INSERT', pgid='pgtrigger_insert_insert_a36e0', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_customerevent" ("account_team_id", "cadence_days", "city", "country", "created_at", "currency", "deleted_at", "description", "domain", "id", "industry", "last_interaction_on", "legal_name", "life_cycle", "merged_into_id", "name", "name_key", "name_sort", "org_unit_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "region", "registration_no", "relation", "updated_at", "version", "website") VALUES (NEW."account_team_id", NEW."cadence_days", NEW."city", NEW."country", NEW."created_at", NEW."currency", NEW."deleted_at", NEW."description", NEW."domain", NEW."id", NEW."industry", NEW."last_interaction_on", NEW."legal_name", NEW."life_cycle", NEW."merged_into_id", NEW."name", NEW."name_key", NEW."name_sort", NEW."org_unit_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."region", NEW."registration_no", NEW."relation", NEW."updated_at", NEW."version", NEW."website"); RETURN NULL;', hash='99c05ef7d4704cb857eb51a2b61ba119a86b2c42', operation='UPDATE', pgid='pgtrigger_update_update_ca86d', table='customers_customer', when='AFTER')),
        ),
        migrations.AddField(
            model_name='duplicatepair',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='merge',
            name='merged_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='merged by'),
        ),
        migrations.AddField(
            model_name='merge',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='undone by'),
        ),
        migrations.AddField(
            model_name='mergerow',
            name='merge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='customers.merge'),
        ),
        migrations.AddIndex(
            model_name='duplicatepair',
            index=models.Index(fields=['state', '-score', '-id'], name='customers_duplicatepair_queue'),
        ),
        migrations.AddIndex(
            model_name='duplicatepair',
            index=models.Index(fields=['kind', 'right_id'], name='customers_duplicatepair_right'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.UniqueConstraint(fields=('kind', 'left_id', 'right_id'), name='customers_duplicatepair_once'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.CheckConstraint(condition=models.Q(('left_id__lt', models.F('right_id'))), name='customers_duplicatepair_ordered'),
        ),
        migrations.AddIndex(
            model_name='merge',
            index=models.Index(fields=['kind', 'winner_id', '-id'], name='customers_merge_of_winner'),
        ),
        migrations.AddIndex(
            model_name='mergerow',
            index=models.Index(fields=['merge', 'model', 'row_id'], name='customers_mergerow_of_merge'),
        ),
    ]
