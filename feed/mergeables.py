"""What was told of a customer stays as it was told."""

from kcrm.lib.merging import Leave, declare_numbers

declare_numbers(
    "customer",
    feed__change__customer_id=Leave("what was told is never changed"),
    feed__outgoing__customer_id=Leave("what was told is never changed"),
)
