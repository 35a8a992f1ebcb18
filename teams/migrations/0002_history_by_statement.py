"""The history of memberships is written once a statement, not once a row."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("teams", "0001_units_and_teams"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="teammembership",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="teammembership",
            name="update_update",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="teammembership",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "teams_teammembershipevent" ("created_at", "days_per_month", "fin", "function", "id", "level", "negotiation", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "political", "team_id", "updated_at", "user_id", "valid_from", "valid_to", "version") SELECT new_values."created_at", new_values."days_per_month", new_values."fin", new_values."function", new_values."id", new_values."level", new_values."negotiation", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."political", new_values."team_id", new_values."updated_at", new_values."user_id", new_values."valid_from", new_values."valid_to", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="e8ef665133dae9ed4373f4fa01c9a5a66357e22f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_809e6",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="teams_teammembership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="teammembership",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "teams_teammembershipevent" ("created_at", "days_per_month", "fin", "function", "id", "level", "negotiation", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "political", "team_id", "updated_at", "user_id", "valid_from", "valid_to", "version") SELECT new_values."created_at", new_values."days_per_month", new_values."fin", new_values."function", new_values."id", new_values."level", new_values."negotiation", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."political", new_values."team_id", new_values."updated_at", new_values."user_id", new_values."valid_from", new_values."valid_to", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="580189c666461dc991b343a03f379ad726f1fe74",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_27ce3",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="teams_teammembership",
                    when="AFTER",
                ),
            ),
        ),
    ]
