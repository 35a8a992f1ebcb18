"""The history of records that come in by the thousand is written once a statement, not once a row."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0014_find_more_by_custom_fields"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="contact",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="contact",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="contactrole",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="contactrole",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="customer",
            name="no_cycle",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="customer",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="customer",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="externalid",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="externalid",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="interaction",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="interaction",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="site",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="site",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="task",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="task",
            name="update_update",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_contactevent" ("birthday", "chat_id", "created_at", "custom", "deleted_at", "email", "erased_at", "external_id", "external_source", "full_name", "home_address", "id", "language", "left_on", "merged_into_id", "mobile", "name_key", "name_sort", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "private_phone", "salutation", "updated_at", "version") SELECT new_values."birthday", new_values."chat_id", new_values."created_at", new_values."custom", new_values."deleted_at", new_values."email", new_values."erased_at", new_values."external_id", new_values."external_source", new_values."full_name", new_values."home_address", new_values."id", new_values."language", new_values."left_on", new_values."merged_into_id", new_values."mobile", new_values."name_key", new_values."name_sort", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."private_phone", new_values."salutation", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="654b71adbb2f69f4d91530ebd84c2a6d78c2699d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_84620",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="customers_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_contactevent" ("birthday", "chat_id", "created_at", "custom", "deleted_at", "email", "erased_at", "external_id", "external_source", "full_name", "home_address", "id", "language", "left_on", "merged_into_id", "mobile", "name_key", "name_sort", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "private_phone", "salutation", "updated_at", "version") SELECT new_values."birthday", new_values."chat_id", new_values."created_at", new_values."custom", new_values."deleted_at", new_values."email", new_values."erased_at", new_values."external_id", new_values."external_source", new_values."full_name", new_values."home_address", new_values."id", new_values."language", new_values."left_on", new_values."merged_into_id", new_values."mobile", new_values."name_key", new_values."name_sort", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."private_phone", new_values."salutation", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="88ef0b50766e93b2aeea1f6d32ec300ae69b11e8",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_760d1",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="customers_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contactrole",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_contactroleevent" ("buying_unit_id", "contact_id", "created_at", "customer_id", "department", "id", "is_primary", "job_title", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "valid_from", "valid_to", "version") SELECT new_values."buying_unit_id", new_values."contact_id", new_values."created_at", new_values."customer_id", new_values."department", new_values."id", new_values."is_primary", new_values."job_title", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."updated_at", new_values."valid_from", new_values."valid_to", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="adc8b540db4a186a6c87a5a2dc5855596cd8c28a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a152b",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="customers_contactrole",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contactrole",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_contactroleevent" ("buying_unit_id", "contact_id", "created_at", "customer_id", "department", "id", "is_primary", "job_title", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "valid_from", "valid_to", "version") SELECT new_values."buying_unit_id", new_values."contact_id", new_values."created_at", new_values."customer_id", new_values."department", new_values."id", new_values."is_primary", new_values."job_title", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."updated_at", new_values."valid_from", new_values."valid_to", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="91f901244327417954b6bd0348794b4bfd5c002b",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0900f",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="customers_contactrole",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="no_cycle",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."parent_id" IS NOT NULL)',
                    func="\n    IF NEW.parent_id IS NOT NULL AND EXISTS (\n        WITH RECURSIVE up(id, parent_id) AS (\n            SELECT id, parent_id FROM customers_customer WHERE id = NEW.parent_id\n            UNION\n            SELECT c.id, c.parent_id FROM customers_customer c JOIN up ON c.id = up.parent_id\n        )\n        SELECT 1 FROM up WHERE id = NEW.id\n    ) THEN\n        RAISE EXCEPTION 'A customer cannot stand below itself.' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'customers_customer_no_cycle';\n    END IF;\n    RETURN NEW;\n",
                    hash="a38b4b705e11ca6789caff0558954b73fbb53702",
                    operation='INSERT OR UPDATE OF "parent_id"',
                    pgid="pgtrigger_no_cycle_1844e",
                    table="customers_customer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_customerevent" ("account_team_id", "cadence_days", "city", "country", "created_at", "currency", "custom", "deleted_at", "description", "domain", "id", "industry", "last_interaction_on", "legal_name", "life_cycle", "merged_into_id", "name", "name_key", "name_sort", "org_unit_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "region", "registration_no", "relation", "updated_at", "version", "website") SELECT new_values."account_team_id", new_values."cadence_days", new_values."city", new_values."country", new_values."created_at", new_values."currency", new_values."custom", new_values."deleted_at", new_values."description", new_values."domain", new_values."id", new_values."industry", new_values."last_interaction_on", new_values."legal_name", new_values."life_cycle", new_values."merged_into_id", new_values."name", new_values."name_key", new_values."name_sort", new_values."org_unit_id", new_values."parent_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."region", new_values."registration_no", new_values."relation", new_values."updated_at", new_values."version", new_values."website" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3da02cb96c3df0574d6f55d20bf9f6ce94d8789e",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a36e0",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="customers_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_customerevent" ("account_team_id", "cadence_days", "city", "country", "created_at", "currency", "custom", "deleted_at", "description", "domain", "id", "industry", "last_interaction_on", "legal_name", "life_cycle", "merged_into_id", "name", "name_key", "name_sort", "org_unit_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "region", "registration_no", "relation", "updated_at", "version", "website") SELECT new_values."account_team_id", new_values."cadence_days", new_values."city", new_values."country", new_values."created_at", new_values."currency", new_values."custom", new_values."deleted_at", new_values."description", new_values."domain", new_values."id", new_values."industry", new_values."last_interaction_on", new_values."legal_name", new_values."life_cycle", new_values."merged_into_id", new_values."name", new_values."name_key", new_values."name_sort", new_values."org_unit_id", new_values."parent_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."region", new_values."registration_no", new_values."relation", new_values."updated_at", new_values."version", new_values."website" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="493d394eb50165fadd727211bf3f86223a0bbeb8",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ca86d",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="customers_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="externalid",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_externalidevent" ("customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_at", "source", "value") SELECT new_values."customer_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."released_at", new_values."source", new_values."value" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="6afbe621b75ebebcc728bd23159c2ddfe37c8993",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8cf86",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="customers_externalid",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="externalid",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_externalidevent" ("customer_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_at", "source", "value") SELECT new_values."customer_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."released_at", new_values."source", new_values."value" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="04903c84eb874fc119d4d0677630d7ccb9d3ed67",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_41b92",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="customers_externalid",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="interaction",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_interactionevent" ("body", "by_customer", "created_at", "custom", "customer_id", "deleted_at", "happened_at", "id", "kind", "minutes", "next_step", "next_step_on", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "subject", "updated_at", "version") SELECT new_values."body", new_values."by_customer", new_values."created_at", new_values."custom", new_values."customer_id", new_values."deleted_at", new_values."happened_at", new_values."id", new_values."kind", new_values."minutes", new_values."next_step", new_values."next_step_on", new_values."outcome", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."recorded_by_id", new_values."subject", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="ea3c0c14dd7750afc4a4c325a7e6126fd0dee23d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ee620",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="customers_interaction",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="interaction",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_interactionevent" ("body", "by_customer", "created_at", "custom", "customer_id", "deleted_at", "happened_at", "id", "kind", "minutes", "next_step", "next_step_on", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "subject", "updated_at", "version") SELECT new_values."body", new_values."by_customer", new_values."created_at", new_values."custom", new_values."customer_id", new_values."deleted_at", new_values."happened_at", new_values."id", new_values."kind", new_values."minutes", new_values."next_step", new_values."next_step_on", new_values."outcome", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."recorded_by_id", new_values."subject", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="df373338d35ce6a3f5bc684290d3738ecdf1074d",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_491b9",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="customers_interaction",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="site",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_siteevent" ("city", "country", "created_at", "customer_id", "deleted_at", "id", "is_primary", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "region", "street", "updated_at", "version") SELECT new_values."city", new_values."country", new_values."created_at", new_values."customer_id", new_values."deleted_at", new_values."id", new_values."is_primary", new_values."kind", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."postal_code", new_values."region", new_values."street", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c69859e9f7da9e832c5dfd8bd3ab89bf7f4a4fe1",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_652e0",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="customers_site",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="site",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_siteevent" ("city", "country", "created_at", "customer_id", "deleted_at", "id", "is_primary", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postal_code", "region", "street", "updated_at", "version") SELECT new_values."city", new_values."country", new_values."created_at", new_values."customer_id", new_values."deleted_at", new_values."id", new_values."is_primary", new_values."kind", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."postal_code", new_values."region", new_values."street", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="04b85569faa9e63c3b63368c9c8926885accc099",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_aa9a4",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="customers_site",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_taskevent" ("assignee_id", "contact_id", "created_at", "created_by_id", "custom", "customer_id", "deleted_at", "detail", "done_at", "due_on", "id", "interaction_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "state", "title", "updated_at", "version") SELECT new_values."assignee_id", new_values."contact_id", new_values."created_at", new_values."created_by_id", new_values."custom", new_values."customer_id", new_values."deleted_at", new_values."detail", new_values."done_at", new_values."due_on", new_values."id", new_values."interaction_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."priority", new_values."state", new_values."title", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="5b2ba93a4643362e2687f355084d8e9faceb6b0a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2724e",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="customers_task",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "customers_taskevent" ("assignee_id", "contact_id", "created_at", "created_by_id", "custom", "customer_id", "deleted_at", "detail", "done_at", "due_on", "id", "interaction_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "state", "title", "updated_at", "version") SELECT new_values."assignee_id", new_values."contact_id", new_values."created_at", new_values."created_by_id", new_values."custom", new_values."customer_id", new_values."deleted_at", new_values."detail", new_values."done_at", new_values."due_on", new_values."id", new_values."interaction_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."priority", new_values."state", new_values."title", new_values."updated_at", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c834aa62bd4a0e9d74fd7c8239fe9a53142c3130",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_068cd",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="customers_task",
                    when="AFTER",
                ),
            ),
        ),
    ]
