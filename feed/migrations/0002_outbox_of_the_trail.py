"""Every entry of the audit trail leaves a note in the outbox, in its own transaction and however it was written."""

from django.db import migrations

CREATE = """
CREATE FUNCTION feed_note_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO feed_outgoing (event, subject_type, action, object_id, customer_id, fields, detail, at)
    SELECT '', subject_type, action, subject_id, customer_id,
           ARRAY(SELECT left(key, 100) FROM jsonb_object_keys(changes) AS keys(key)),
           jsonb_strip_nulls(jsonb_build_object('unit', changes #> '{org_unit,0}', 'person', changes #> '{user,0}')),
           at
    FROM entries
    WHERE subject_id IS NOT NULL
      AND action IN ('create', 'update', 'delete', 'restore', 'merge', 'undo', 'grant', 'revoke', 'approve')
      AND (subject_type LIKE 'customers.%' OR subject_type LIKE 'teams.%' OR subject_type LIKE 'profitability.%'
           OR subject_type LIKE 'selection.%')
    ORDER BY id;
    RETURN NULL;
END
$$;
CREATE TRIGGER feed_note_entries AFTER INSERT ON accounts_auditentry
    REFERENCING NEW TABLE AS entries FOR EACH STATEMENT EXECUTE FUNCTION feed_note_entries();
"""
DROP = """
DROP TRIGGER feed_note_entries ON accounts_auditentry;
DROP FUNCTION feed_note_entries();
"""


class Migration(migrations.Migration):
    """A trigger on the audit trail."""

    dependencies = [
        ("feed", "0001_changes_and_webhooks"),
        ("accounts", "0005_audit_trail_for_writing_once"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]
