"""What ledger lines refer to, held for all lines of a statement at once.

These triggers are the foreign keys of lines: who writes lines locks the products and documents they name, and who
deletes one of those is refused while a line names it.
"""

from __future__ import annotations

from typing import Final

import pgtrigger

_LOOK: Final = """
SELECT array_agg(w.id) FROM (SELECT DISTINCT product_id AS id FROM written) w INTO named;
PERFORM FROM profitability_product WHERE id = ANY (named) FOR KEY SHARE;
GET DIAGNOSTICS found = ROW_COUNT;
IF found <> cardinality(named) THEN
    RAISE foreign_key_violation USING MESSAGE = 'A ledger line names a product that is not there.';
END IF;
SELECT array_agg(w.id) FROM (SELECT DISTINCT document_id AS id FROM written) w INTO named;
PERFORM FROM profitability_ledgerdocument WHERE id = ANY (named) FOR KEY SHARE;
GET DIAGNOSTICS found = ROW_COUNT;
IF found <> cardinality(named) THEN
    RAISE foreign_key_violation USING MESSAGE = 'A ledger line names a document that is not there.';
END IF;
RETURN NULL;
"""

REFERENCES_OF_LINES: Final = [
    pgtrigger.Trigger(
        name=f"refers_on_{operation.name.lower()}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(new="written"),
        declare=[("named", "bigint[]"), ("found", "bigint")],
        func=_LOOK,
    )
    for operation in (pgtrigger.Insert, pgtrigger.Update)
]


def kept_while_lines_refer(column: str) -> pgtrigger.Trigger:
    """Refuse to delete a row that a ledger line names in this column."""
    return pgtrigger.Trigger(
        name="kept_for_lines",
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        func=f"""
IF EXISTS (SELECT FROM profitability_ledgerline WHERE {column} = OLD.id) THEN
    RAISE foreign_key_violation USING MESSAGE = 'Ledger lines refer to this row.';
END IF;
RETURN NULL;
""",
    )
