"""What becomes of the relations of this app, and of the numbers kept below it, when customers or people are merged."""

from __future__ import annotations

from kcrm.lib.merging import Leave, Move, declare, declare_numbers

ALIVE = "{t}.deleted_at IS NULL"
declare(
    "customer",
    customers__customer__parent=Move(),
    customers__customer__merged_into=Move(),
    customers__customer_tags__customer=Move(once=("tag_id",)),
    customers__externalid__customer=Move(),
    customers__site__customer=Move(alive=ALIVE, demote="is_primary"),
    customers__buyingunit__customer=Move(
        once=("name",), alive=ALIVE, adjust={"name": "left(t.name, 120) || ' (' || t.id || ')'"}
    ),
    customers__contactrole__customer=Move(once=("contact_id", "valid_from"), demote="is_primary"),
    customers__document__customer=Move(),
    customers__agreement__customer=Move(),
    customers__interaction__customer=Move(),
    customers__task__customer=Move(),
    customers__privacyrequest__customer=Move(),
    customers__handover__customer=Leave("it is taken back on the team where it happened"),
    customers__searchentry__customer=Move(once=("kind", "object_id")),
)
declare(
    "contact",
    customers__contact__merged_into=Move(),
    customers__contactrole__contact=Move(once=("customer_id", "valid_from")),
    customers__interactioncontact__contact=Move(once=("interaction_id",)),
    customers__task__contact=Move(),
    customers__consent__contact=Move(unlock="customers.Consent:append_only"),
    customers__privacyrequest__contact=Move(once=("kind",), alive="{t}.state IN ('open', 'approved')", stays=True),
    customers__legalhold__contact=Move(),
)
declare_numbers(
    "customer",
    jobs__job__customer_id=Move(),
    jobs__notification__customer_id=Move(),
    customers__importrow__customer_id=Move(),
    accounts__auditentry__customer_id=Leave("what was written down is never changed"),
    accounts__apitoken__customer_ids=Leave("a token never gains a customer by a merge"),
)
