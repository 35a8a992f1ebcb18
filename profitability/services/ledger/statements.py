"""The statements that bring the read rows of a chunk into the ledger, in their order. `%(name)s` are parameters;
`{visible}` is the query of the customers whose sales the loader may write, `{rows}` the rows with all that a line has.

A document that is new, whose rows agree and whose month is open is plain: its lines enter as they are. All others
(ledger_good) are compared with their neighbours and with the ledger first. Both end in ledger_docs and the ledger.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from profitability.services.ledger.reading import LACKING, columns_of

TABLES: Final = ("ledger_stage", "ledger_known", "ledger_rows", "ledger_docs", "ledger_good", "ledger_delta")
DROP: Final = f"DROP TABLE IF EXISTS {', '.join(TABLES)}"

# What every row of a document says of it: (column, name)
HEADER: Final = (
    ("document_on", "document_on"),
    ("customer", "customer_id"),
    ("kind", "kind"),
    ("posted_on", "posted_on"),
    ("currency", "currency"),
    ("rate", "rate"),
    ("due_on", "due_on"),
    ("shipped_on", "shipped_on"),
    ("salesperson", "salesperson"),
)
LINES_TOLD_APART: Final = 61  # line numbers of a document are told apart by their remainders, or compared one by one


@cache
def documents(names: tuple[str, ...]) -> str:
    """Makes ledger_docs: one row a document of the good rows, with its key in the ledger, `is_plain` or not."""
    columns = columns_of(names)
    said = [name for column, name in HEADER if column in columns]
    ends = "".join(f", min({name}) AS {name}, max({name}) AS last_{name}, count({name}) AS {name}s" for name in said)
    agree = "".join(f" AND {name} IS NOT DISTINCT FROM last_{name} AND {name}s IN (0, lines)" for name in said)
    freight = "min(freight_units)" if "freight" in columns else "NULL::bigint"
    freights = " AND freight IS NOT DISTINCT FROM last_freight" if "freight" in columns else ""
    last_freight = ", max(freight_units) AS last_freight" if "freight" in columns else ""
    header = [name if column in columns else f"{LACKING[column][1]} AS {name}" for column, name in HEADER]
    posted = "posted_on" if "posted_on" in columns else "document_on"
    salesperson = "salesperson" if "salesperson" in columns else "''"
    return f"""
CREATE TEMPORARY TABLE ledger_docs ON COMMIT DROP AS
SELECT number, coalesce(known, nextval('profitability_ledgerdocument_id_seq')) AS id, known IS NULL AS is_new,
    {", ".join(header)}, freight, (%(salespeople)s::jsonb ->> {salesperson})::bigint AS salesperson_id,
    known IS NULL AS is_touched, false AS is_revised,
    known IS NULL AND told_apart = lines{agree}{freights} AND NOT EXISTS (
        SELECT FROM profitability_periodclose c WHERE c.month = date_trunc('month', {posted}::timestamp)
    ) AS is_plain
FROM (
    SELECT s.*, (
        SELECT id FROM profitability_ledgerdocument d
        WHERE d.source = %(source)s AND d.number = s.number COLLATE "default"
    ) AS known
    FROM (
        SELECT number, min(row_no) AS row_no, count(*) AS lines,
            bit_count(bit_or(1::bigint << line_no %% {LINES_TOLD_APART})::bit(64)) AS told_apart,
            {freight} AS freight{last_freight}{ends}
        FROM ledger_rows WHERE faults IS NULL GROUP BY number
    ) s
    ORDER BY row_no
) m
"""


GOOD: Final = """
CREATE TEMPORARY TABLE ledger_good ON COMMIT DROP AS
WITH framed AS (
    SELECT r.*, n.id AS new_id,
        row_number() OVER (PARTITION BY number, line_no ORDER BY row_no) AS copy_no,
        (kind, customer_id, document_on, posted_on, currency, rate)
            IS DISTINCT FROM (first_value(kind) OVER of_document, first_value(customer_id) OVER of_document,
                first_value(document_on) OVER of_document, first_value(posted_on) OVER of_document,
                first_value(currency) OVER of_document, first_value(rate) OVER of_document) AS other_header,
        first_value(freight_units) OVER (PARTITION BY number ORDER BY freight_units IS NULL, row_no) AS freight
    FROM {rows} r JOIN (SELECT number, id FROM ledger_docs WHERE NOT is_plain) n USING (number)
    WHERE r.faults IS NULL
    WINDOW of_document AS (PARTITION BY number ORDER BY row_no)
),
met AS (
    SELECT f.*, d.id AS document_id, l.id AS line_id,
        coalesce(l.load_id = %(load)s, false) AS came_before,
        d.id IS NOT NULL AND d.customer_id NOT IN ({visible}) AS is_hidden, d.posted_on AS old_posted_on,
        f.gross_units - f.net_units AS discounted,
        coalesce(f.cost_units, CASE WHEN (l.product_id, l.quantity) = (f.product_id, f.quantity)
            THEN l.cost_units END) AS cost,
        l.product_id AS old_product_id, l.quantity AS old_quantity, l.unit_price_units AS old_price,
        l.gross_units AS old_gross, l.net_units AS old_net, l.cost_units AS old_cost, l.state AS old_state,
        d.id IS NOT NULL AND (d.customer_id, d.posted_on) <> (f.customer_id, f.posted_on) AS is_moved,
        d.id IS NOT NULL AND (d.kind, d.customer_id, d.document_on, d.posted_on, d.currency, d.rate, d.freight_units,
            coalesce(d.due_on, 'infinity'), coalesce(d.shipped_on, 'infinity'), d.salesperson_code)
            IS DISTINCT FROM (f.kind, f.customer_id, f.document_on, f.posted_on, f.currency, f.rate,
                coalesce(f.freight, d.freight_units),
                coalesce(f.due_on, d.due_on, 'infinity'), coalesce(f.shipped_on, d.shipped_on, 'infinity'),
                coalesce(nullif(f.salesperson, ''), d.salesperson_code)) AS is_revised
    FROM framed f
    LEFT JOIN LATERAL (SELECT * FROM profitability_ledgerdocument WHERE id = f.new_id OFFSET 0) d ON true
    LEFT JOIN LATERAL (
        SELECT * FROM profitability_ledgerline WHERE document_id = d.id AND line_no = f.line_no OFFSET 0
    ) l ON true
),
judged AS (
    SELECT met.*,
        CASE WHEN line_id IS NULL THEN 'created' WHEN is_moved OR is_corrected THEN 'updated'
            ELSE 'unchanged' END AS fate
    FROM (
        SELECT met.*, (product_id, quantity, unit_price_units, gross_units, net_units, cost, state)
            IS DISTINCT FROM (old_product_id, old_quantity, old_price, old_gross, old_net, old_cost, old_state)
            AS is_corrected
        FROM met
    ) met
)
SELECT j.*,
    CASE
        WHEN is_hidden THEN 'document:unknown'
        WHEN copy_no > 1 OR came_before THEN 'line:duplicate'
        WHEN other_header THEN 'document:differs'
        WHEN freight_units <> freight THEN 'freight:differs'
        WHEN (fate <> 'unchanged' OR is_revised) AND EXISTS (
            SELECT FROM profitability_periodclose c
            WHERE c.month IN (
                date_trunc('month', j.posted_on::timestamp), date_trunc('month', j.old_posted_on::timestamp)
            )
        ) THEN 'posted_on:closed'
    END AS fault
FROM judged j
"""

# What is left of the documents that are not plain: those with a good line, as the first of them says
JUDGED_DOCUMENTS: Final = """
INSERT INTO ledger_docs (number, id, is_new, kind, customer_id, document_on, posted_on, due_on, shipped_on, currency,
    rate, freight, salesperson, salesperson_id, is_revised, is_touched, is_plain)
SELECT DISTINCT ON (number) number, coalesce(document_id, new_id), document_id IS NULL,
    kind, customer_id, document_on, posted_on, due_on, shipped_on, currency, rate, freight, salesperson,
    (%(salespeople)s::jsonb ->> salesperson)::bigint,
    bool_or(is_revised) OVER (PARTITION BY number),
    bool_or(is_revised OR fate <> 'unchanged') OVER (PARTITION BY number), false
FROM ledger_good WHERE fault IS NULL ORDER BY number, row_no
"""
DROP_NOT_PLAIN: Final = "DELETE FROM ledger_docs WHERE NOT is_plain"

ADD_DOCUMENTS: Final = """
INSERT INTO profitability_ledgerdocument (id, source, number, kind, customer_id, document_on, posted_on, due_on,
    shipped_on, currency, rate, freight_units, salesperson_id, salesperson_code)
SELECT id, %(source)s, number, kind, customer_id, document_on, posted_on, due_on, shipped_on, currency, rate,
    coalesce(freight, 0), salesperson_id, salesperson
FROM ledger_docs WHERE is_new ORDER BY id
"""

# What documents that are not plain add to the months of their customers: taken off before the change, added after it
SHARE_OF_MONTHS: Final = """
INSERT INTO ledger_delta
SELECT l.customer_id, date_trunc('month', l.posted_on::timestamp)::date, %(sign)s * sum(l.gross_units),
    %(sign)s * sum(l.discount_units), %(sign)s * sum(l.net_units), %(sign)s * coalesce(sum(l.cost_units), 0),
    %(sign)s * coalesce(sum(l.net_units) FILTER (WHERE l.cost_units IS NOT NULL), 0), 0,
    %(sign)s * sum(l.quantity), %(sign)s * count(*), 0
FROM profitability_ledgerline l JOIN ledger_docs t ON t.id = l.document_id AND t.is_touched AND NOT t.is_plain
GROUP BY 1, 2
UNION ALL
SELECT d.customer_id, date_trunc('month', d.posted_on::timestamp)::date, 0, 0, 0, 0, 0,
    %(sign)s * sum(d.freight_units), 0, 0, %(sign)s * count(*)
FROM profitability_ledgerdocument d JOIN ledger_docs t ON t.id = d.id AND t.is_touched AND NOT t.is_plain
GROUP BY 1, 2
"""

SHARE_OF_PLAIN_DOCUMENTS: Final = """
INSERT INTO ledger_delta
SELECT customer_id, date_trunc('month', posted_on::timestamp)::date, 0, 0, 0, 0, 0, sum(coalesce(freight, 0)),
    0, 0, count(*)
FROM ledger_docs WHERE is_plain GROUP BY customer_id, posted_on
"""

REVISE_DOCUMENTS: Final = """
UPDATE profitability_ledgerdocument d SET kind = t.kind, customer_id = t.customer_id, document_on = t.document_on,
    posted_on = t.posted_on, currency = t.currency, rate = t.rate,
    freight_units = coalesce(t.freight, d.freight_units), due_on = coalesce(t.due_on, d.due_on),
    shipped_on = coalesce(t.shipped_on, d.shipped_on),
    salesperson_code = coalesce(nullif(t.salesperson, ''), d.salesperson_code),
    salesperson_id = CASE WHEN t.salesperson = '' THEN d.salesperson_id ELSE t.salesperson_id END
FROM ledger_docs t WHERE t.id = d.id AND t.is_revised AND NOT t.is_new
"""

# The other lines of a revised document are no longer what their delivered rows said
MOVE_LINES: Final = """
UPDATE profitability_ledgerline l SET customer_id = t.customer_id, posted_on = t.posted_on, row_hash = 0
FROM ledger_docs t WHERE t.id = l.document_id AND t.is_revised AND NOT t.is_new
"""

CORRECT_LINES: Final = """
UPDATE profitability_ledgerline l SET product_id = g.product_id, quantity = g.quantity,
    unit_price_units = g.unit_price_units, gross_units = g.gross_units, discount_units = g.discounted,
    net_units = g.net_units, cost_units = g.cost, state = g.state, row_hash = g.row_hash, load_id = %(load)s
FROM ledger_good g WHERE g.line_id = l.id AND g.fault IS NULL AND g.is_corrected
"""

ADD_LINES: Final = """
INSERT INTO profitability_ledgerline (document_id, line_no, product_id, customer_id, posted_on, quantity,
    unit_price_units, gross_units, discount_units, net_units, cost_units, state, row_hash, load_id)
"""
# The lines of plain documents; what the ledger gives back of them counts toward their months and is added up
PLAIN_LINES: Final = f"""
WITH added AS ({ADD_LINES}
    SELECT t.id, r.line_no, r.product_id, t.customer_id, t.posted_on, r.quantity, r.unit_price_units, r.gross_units,
        r.gross_units - r.net_units, r.net_units, r.cost_units, r.state, r.row_hash, %(load)s
    FROM {{rows}} r JOIN ledger_docs t ON t.number = r.number WHERE r.faults IS NULL AND t.is_plain
    RETURNING customer_id, posted_on, gross_units, discount_units, net_units, cost_units, quantity
),
counted AS (
    INSERT INTO ledger_delta
    SELECT customer_id, date_trunc('month', posted_on::timestamp)::date, sum(gross_units), sum(discount_units),
        sum(net_units), coalesce(sum(cost_units), 0),
        coalesce(sum(net_units) FILTER (WHERE cost_units IS NOT NULL), 0), 0, sum(quantity), count(*), 0
    FROM added GROUP BY customer_id, posted_on
    RETURNING lines, gross, discount, net
)
SELECT coalesce(sum(lines), 0)::bigint, coalesce(sum(gross), 0)::bigint, coalesce(sum(discount), 0)::bigint,
    coalesce(sum(net), 0)::bigint
FROM counted
"""
JUDGED_LINES: Final = (
    ADD_LINES
    + """
SELECT t.id, g.line_no, g.product_id, t.customer_id, t.posted_on, g.quantity, g.unit_price_units, g.gross_units,
    g.discounted, g.net_units, g.cost, g.state, g.row_hash, %(load)s
FROM ledger_good g JOIN ledger_docs t ON t.number = g.number
WHERE g.fault IS NULL AND g.line_id IS NULL ORDER BY g.row_no
"""
)
COUNTS: Final = """
SELECT count(*) FILTER (WHERE fault IS NULL AND fate = 'created'),
    count(*) FILTER (WHERE fault IS NULL AND (fate = 'updated' OR (fate = 'unchanged' AND is_revised))),
    count(*) FILTER (WHERE fault IS NULL AND fate = 'unchanged' AND NOT is_revised)
FROM ledger_good
"""
NEW_DOCUMENTS: Final = "SELECT count(*) FROM ledger_docs WHERE is_new"
OTHERS: Final = "SELECT count(*) FROM ledger_docs WHERE NOT is_plain"

KNOWN_SUMS: Final = """
SELECT coalesce(sum(lines), 0)::bigint, coalesce(sum(gross), 0)::bigint, coalesce(sum(discount), 0)::bigint,
    coalesce(sum(net), 0)::bigint
FROM ledger_known
"""

FILE_SUMS: Final = """
SELECT count(*), coalesce(sum(gross_units), 0)::bigint, coalesce(sum(gross_units - net_units), 0)::bigint,
    coalesce(sum(net_units), 0)::bigint, count(faults)
FROM ledger_rows
"""
IN_DOUBT: Final = "SELECT EXISTS (SELECT FROM ledger_rows WHERE %(doubt)s = ANY (faults))"

LEDGER_SUMS: Final = """
SELECT count(*), coalesce(sum(l.gross_units), 0)::bigint, coalesce(sum(l.discount_units), 0)::bigint,
    coalesce(sum(l.net_units), 0)::bigint
FROM ledger_good g JOIN ledger_docs t ON t.number = g.number
JOIN profitability_ledgerline l ON l.document_id = t.id AND l.line_no = g.line_no
WHERE g.fault IS NULL
"""

ROW_FAULTS: Final = """
SELECT r.row_no, unnest(r.faults), to_jsonb(s) FROM ledger_rows r JOIN ledger_stage s USING (row_no)
WHERE r.faults IS NOT NULL
"""
FAULTS: Final = """
SELECT g.row_no, g.fault, to_jsonb(s) FROM ledger_good g JOIN ledger_stage s USING (row_no)
WHERE g.fault IS NOT NULL
"""
