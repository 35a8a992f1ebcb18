"""The statements of one chunk, in their order. `%(name)s` are parameters; `{visible}` is the query of the customers
whose sales the loader may write, always asked for as a value, which PostgreSQL answers from a hash of it.

A chunk is staged as text (ledger_stage), read into types with the faults of each row by itself (ledger_rows), compared
with its neighbours and with the ledger (ledger_good), reduced to documents (ledger_docs), and only then written.
"""

from __future__ import annotations

from typing import Final

from profitability.services.ledger.columns import COLUMNS

LARGEST: Final = 10**12  # of currency units on one line: nine thousand such lines still fit a bigint
TABLES: Final = ("ledger_stage", "ledger_rows", "ledger_good", "ledger_docs", "ledger_delta")


def _number(name: str, then: str = "") -> str:
    """A text as a number, NULL for anything else. Cheap tests, because 50,000 rows take ten of them each.

    The longest takes twelve digits and eight decimals; letters (NaN, 1e999), signs elsewhere and commas are none.
    """
    return (
        f"CASE WHEN length({name}) <= 21 AND {name} !~ '[^0-9.-]' AND pg_input_is_valid({name}, 'numeric')"
        f" THEN {then or f'{name}::numeric'} END"
    )


def _day(name: str) -> str:
    """A text as an ISO date, NULL for anything else: PostgreSQL alone would also read "tomorrow" and 01-02-2026."""
    return (
        f"CASE WHEN {name} LIKE '____-__-__' AND {name} !~ '[^0-9-]|--' AND pg_input_is_valid({name}, 'date')"
        f" THEN {name}::date END"
    )


def _whole(name: str) -> str:
    """A text as a whole number of up to nine digits, NULL for anything else."""
    return f"CASE WHEN length({name}) BETWEEN 1 AND 9 AND {name} !~ '[^0-9]' THEN {name}::integer END"


SIGNED_QUANTITY: Final = "CASE kind WHEN 'credit_note' THEN -abs(quantity::numeric) ELSE quantity::numeric END"

# The hash of a row as it came; a column that a delivery lacks is as good as an empty one
ROW_HASH: Final = "hashtextextended(concat_ws('|', " + ", ".join(f"coalesce({name}, '')" for name in COLUMNS) + "), 0)"

DROP: Final = f"DROP TABLE IF EXISTS {', '.join(TABLES)}"
STAGE: Final = (
    "CREATE TEMPORARY TABLE ledger_stage (row_no integer, "
    + ", ".join(f"{name} text" for name in COLUMNS)
    + ") ON COMMIT DROP"
)

# Materialized, because an inlined step would be computed again wherever a later one names it
ROWS = """
CREATE TEMPORARY TABLE ledger_rows ON COMMIT DROP AS
WITH cleaned AS MATERIALIZED (
    SELECT row_no, {row_hash} AS row_hash,
        nullif(btrim(document), '') COLLATE "C" AS number, nullif(btrim(line), '') AS line,
        coalesce(nullif(lower(btrim(kind)), ''), 'invoice') AS kind,
        nullif(btrim(customer), '') AS customer, nullif(btrim(product), '') AS product,
        nullif(btrim(document_on), '') AS document_on, nullif(btrim(posted_on), '') AS posted_on,
        nullif(btrim(due_on), '') AS due_on, nullif(btrim(shipped_on), '') AS shipped_on,
        coalesce(nullif(upper(btrim(currency)), ''), %(currency)s) AS currency, nullif(btrim(rate), '') AS rate,
        nullif(btrim(freight), '') AS freight, coalesce(btrim(salesperson), '') AS salesperson,
        nullif(btrim(quantity), '') AS quantity, nullif(btrim(unit_price), '') AS unit_price,
        coalesce(nullif(btrim(discount), ''), '0') AS discount, nullif(btrim(cost), '') AS cost,
        coalesce(nullif(lower(btrim(state)), ''), 'imported') AS state
    FROM ledger_stage
),
typed AS MATERIALIZED (
    SELECT cleaned.*,
        {line_no} AS line_no, {dated} AS dated, {posted} AS posted, {due} AS due, {shipped} AS shipped,
        CASE WHEN rate IS NULL THEN CASE WHEN currency = %(currency)s THEN 1 END ELSE {rate} END AS factor,
        {freight} AS freight_amount, {quantity} AS amount, {price} AS price, {share} AS share, {cost} AS cost_amount
    FROM cleaned
),
priced AS MATERIALIZED (
    SELECT typed.*, price * amount * factor AS gross,
        cost_amount * factor * CASE WHEN amount < 0 THEN -1 ELSE 1 END AS cost_exact
    FROM typed
)
SELECT p.row_no, p.row_hash, p.number, p.line_no, p.kind, known.customer_id, product.id AS product_id,
    p.dated AS document_on, coalesce(p.posted, p.dated) AS posted_on, p.due AS due_on, p.shipped AS shipped_on,
    p.currency, p.factor AS rate, p.salesperson, p.state, p.amount AS quantity,
    CASE WHEN abs(p.freight_amount * p.factor) < %(largest)s THEN round(p.freight_amount * p.factor * 10000)::bigint
        * CASE p.kind WHEN 'credit_note' THEN -1 ELSE 1 END END AS freight_units,
    CASE WHEN p.price * p.factor < %(largest)s THEN round(p.price * p.factor * 10000)::bigint END AS unit_price_units,
    CASE WHEN abs(p.gross) < %(largest)s THEN round(p.gross * 10000)::bigint END AS gross_units,
    CASE WHEN abs(p.gross) < %(largest)s AND p.share BETWEEN 0 AND 1
        THEN round(p.gross * (1 - p.share) * 10000)::bigint END AS net_units,
    CASE WHEN abs(p.cost_exact) < %(largest)s THEN round(p.cost_exact * 10000)::bigint END AS cost_units,
    array_remove(ARRAY[
        CASE WHEN p.number IS NULL THEN 'document:missing' WHEN length(p.number) > 60 THEN 'document:too_long' END,
        CASE WHEN p.line IS NULL THEN 'line:missing' WHEN p.line_no IS NULL THEN 'line:not_a_line' END,
        CASE WHEN p.kind NOT IN ('invoice', 'credit_note') THEN 'kind:not_a_kind' END,
        CASE WHEN p.customer IS NULL THEN 'customer:missing' WHEN known.customer_id IS NULL THEN 'customer:unknown' END,
        CASE WHEN p.product IS NULL THEN 'product:missing' WHEN product.id IS NULL THEN 'product:unknown' END,
        CASE WHEN p.document_on IS NULL THEN 'document_on:missing' WHEN p.dated IS NULL THEN 'document_on:not_a_date'
            WHEN p.dated > %(latest)s THEN 'document_on:in_the_future' END,
        CASE WHEN p.posted_on IS NOT NULL AND p.posted IS NULL THEN 'posted_on:not_a_date'
            WHEN p.posted > %(latest)s THEN 'posted_on:in_the_future' END,
        CASE WHEN p.due_on IS NOT NULL AND p.due IS NULL THEN 'due_on:not_a_date' END,
        CASE WHEN p.shipped_on IS NOT NULL AND p.shipped IS NULL THEN 'shipped_on:not_a_date' END,
        CASE WHEN p.currency !~ '^[A-Z]{3}$' THEN 'currency:not_a_currency'
            WHEN p.rate IS NULL AND p.currency <> %(currency)s THEN 'rate:no_rate' END,
        CASE WHEN p.rate IS NOT NULL AND p.factor IS NULL THEN 'rate:not_a_number'
            WHEN p.factor <= 0 THEN 'rate:not_positive' WHEN p.factor >= 10000000000 THEN 'rate:too_large' END,
        CASE WHEN p.freight IS NOT NULL AND p.freight_amount IS NULL THEN 'freight:not_a_number'
            WHEN p.freight_amount < 0 THEN 'freight:negative'
            WHEN p.freight_amount * p.factor >= %(largest)s THEN 'freight:too_large' END,
        CASE WHEN length(p.salesperson) > 60 THEN 'salesperson:too_long' END,
        CASE WHEN p.quantity IS NULL THEN 'quantity:missing'
            WHEN p.amount IS NULL OR scale(trim_scale(p.amount)) > 4 THEN 'quantity:not_a_number'
            WHEN abs(p.amount) >= %(largest)s THEN 'quantity:too_large' END,
        CASE WHEN p.unit_price IS NULL THEN 'unit_price:missing' WHEN p.price IS NULL THEN 'unit_price:not_a_number'
            WHEN p.price < 0 THEN 'unit_price:negative'
            WHEN p.price * p.factor >= %(largest)s OR abs(p.gross) >= %(largest)s THEN 'unit_price:too_large' END,
        CASE WHEN p.share IS NULL THEN 'discount:not_a_number' WHEN NOT p.share BETWEEN 0 AND 1
            THEN 'discount:not_a_share' END,
        CASE WHEN p.cost IS NOT NULL AND p.cost_amount IS NULL THEN 'cost:not_a_number'
            WHEN p.cost_amount < 0 THEN 'cost:negative'
            WHEN abs(p.cost_exact) >= %(largest)s THEN 'cost:too_large' END,
        CASE WHEN p.state NOT IN ('imported', 'estimated', 'allocated', 'adjusted') THEN 'state:not_a_state' END
    ], NULL) AS faults
FROM priced p
LEFT JOIN customers_externalid key ON key.source = %(source)s AND key.value = p.customer
CROSS JOIN LATERAL (
    SELECT CASE WHEN key.customer_id IN ({visible}) THEN key.customer_id END AS customer_id
) known
LEFT JOIN profitability_product product ON product.source = %(source)s AND product.sku = p.product
"""
for _name, _parsed in {
    "line_no": _whole("line"),
    "dated": _day("document_on"),
    "posted": _day("posted_on"),
    "due": _day("due_on"),
    "shipped": _day("shipped_on"),
    "rate": _number("rate"),
    "freight": _number("freight"),
    "quantity": _number("quantity", SIGNED_QUANTITY),
    "price": _number("unit_price"),
    "share": _number("discount"),
    "cost": _number("cost"),
}.items():
    ROWS = ROWS.replace(f"{{{_name}}}", _parsed)

GOOD: Final = """
CREATE TEMPORARY TABLE ledger_good ON COMMIT DROP AS
WITH framed AS (
    SELECT r.*,
        row_number() OVER (PARTITION BY number, line_no ORDER BY row_no) AS copy_no,
        (kind, customer_id, document_on, posted_on, currency, rate)
            IS DISTINCT FROM (first_value(kind) OVER of_document, first_value(customer_id) OVER of_document,
                first_value(document_on) OVER of_document, first_value(posted_on) OVER of_document,
                first_value(currency) OVER of_document, first_value(rate) OVER of_document) AS other_header,
        first_value(freight_units) OVER (PARTITION BY number ORDER BY freight_units IS NULL, row_no) AS freight
    FROM ledger_rows r WHERE faults = '{}'
    WINDOW of_document AS (PARTITION BY number ORDER BY row_no)
),
met AS (
    SELECT f.*, d.id AS document_id, l.id AS line_id,
        coalesce(l.load_id = %(load)s, false) AS came_before, l.content_hash AS old_hash,
        d.id IS NOT NULL AND d.customer_id NOT IN ({visible}) AS is_hidden, d.posted_on AS old_posted_on,
        f.gross_units - f.net_units AS discounted,
        coalesce(f.cost_units, CASE WHEN (l.product_id, l.quantity) = (f.product_id, f.quantity)
            THEN l.cost_units END) AS cost,
        d.id IS NOT NULL AND (d.customer_id, d.posted_on) <> (f.customer_id, f.posted_on) AS is_moved,
        d.id IS NOT NULL AND (d.kind, d.customer_id, d.document_on, d.posted_on, d.currency, d.rate, d.freight_units,
            coalesce(d.due_on, 'infinity'), coalesce(d.shipped_on, 'infinity'), d.salesperson_code)
            IS DISTINCT FROM (f.kind, f.customer_id, f.document_on, f.posted_on, f.currency, f.rate,
                coalesce(f.freight, d.freight_units),
                coalesce(f.due_on, d.due_on, 'infinity'), coalesce(f.shipped_on, d.shipped_on, 'infinity'),
                coalesce(nullif(f.salesperson, ''), d.salesperson_code)) AS is_revised
    FROM framed f
    LEFT JOIN profitability_ledgerdocument d ON d.source = %(source)s AND d.number = f.number COLLATE "default"
    LEFT JOIN profitability_ledgerline l ON l.document_id = d.id AND l.line_no = f.line_no
),
hashed AS (
    SELECT met.*, hashtextextended(concat_ws('|', product_id, trim_scale(quantity), unit_price_units, gross_units,
        net_units, coalesce(cost::text, '?'), state), 0) AS content_hash
    FROM met
),
judged AS (
    SELECT hashed.*,
        CASE WHEN line_id IS NULL THEN 'created' WHEN old_hash <> content_hash OR is_moved THEN 'updated'
            ELSE 'unchanged' END AS fate
    FROM hashed
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

DOCS: Final = """
CREATE TEMPORARY TABLE ledger_docs ON COMMIT DROP AS
SELECT DISTINCT ON (number) number, document_id AS id, document_id IS NULL AS is_new,
    kind, customer_id, document_on, posted_on, due_on, shipped_on, currency, rate, freight, salesperson,
    (%(salespeople)s::jsonb ->> salesperson)::bigint AS salesperson_id, is_moved,
    bool_or(is_revised) OVER (PARTITION BY number) AS is_revised,
    bool_or(is_revised OR fate <> 'unchanged') OVER (PARTITION BY number) AS is_touched
FROM ledger_good WHERE fault IS NULL ORDER BY number, row_no
"""

ADD_DOCUMENTS: Final = """
WITH added AS (
    INSERT INTO profitability_ledgerdocument (source, number, kind, customer_id, document_on, posted_on, due_on,
        shipped_on, currency, rate, freight_units, salesperson_id, salesperson_code)
    SELECT %(source)s, number, kind, customer_id, document_on, posted_on, due_on, shipped_on, currency, rate,
        coalesce(freight, 0), salesperson_id, salesperson
    FROM ledger_docs WHERE is_new ORDER BY number
    RETURNING id, number
)
UPDATE ledger_docs SET id = added.id FROM added WHERE ledger_docs.number = added.number COLLATE "C"
"""

# What the touched documents add to the months of their customers: counted off before the change, added after it
SHARE_OF_MONTHS: Final = """
INSERT INTO ledger_delta
SELECT l.customer_id, date_trunc('month', l.posted_on::timestamp)::date, %(sign)s * sum(l.gross_units),
    %(sign)s * sum(l.discount_units), %(sign)s * sum(l.net_units), %(sign)s * coalesce(sum(l.cost_units), 0),
    %(sign)s * coalesce(sum(l.net_units) FILTER (WHERE l.cost_units IS NOT NULL), 0), 0,
    %(sign)s * sum(l.quantity), %(sign)s * count(*), 0
FROM profitability_ledgerline l JOIN ledger_docs t ON t.id = l.document_id AND t.is_touched AND NOT t.is_new
GROUP BY 1, 2
UNION ALL
SELECT d.customer_id, date_trunc('month', d.posted_on::timestamp)::date, 0, 0, 0, 0, 0,
    %(sign)s * sum(d.freight_units), 0, 0, %(sign)s * count(*)
FROM profitability_ledgerdocument d JOIN ledger_docs t ON t.id = d.id AND t.is_touched AND NOT t.is_new
GROUP BY 1, 2
"""

# All lines of a new document are those just checked, so its share needs no look into the ledger
SHARE_OF_NEW_DOCUMENTS: Final = """
INSERT INTO ledger_delta
SELECT customer_id, date_trunc('month', posted_on::timestamp)::date, sum(gross_units), sum(discounted), sum(net_units),
    coalesce(sum(cost), 0), coalesce(sum(net_units) FILTER (WHERE cost IS NOT NULL), 0), 0, sum(quantity), count(*), 0
FROM ledger_good WHERE fault IS NULL AND document_id IS NULL GROUP BY 1, 2
UNION ALL
SELECT customer_id, date_trunc('month', posted_on::timestamp)::date, 0, 0, 0, 0, 0, sum(coalesce(freight, 0)),
    0, 0, count(*)
FROM ledger_docs WHERE is_new GROUP BY 1, 2
"""

DELTA: Final = """
CREATE TEMPORARY TABLE ledger_delta (customer_id bigint, month date, gross bigint, discount bigint, net bigint,
    cost bigint, costed bigint, freight bigint, quantity numeric, lines integer, documents integer) ON COMMIT DROP
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
    net_units = g.net_units, cost_units = g.cost, state = g.state, content_hash = g.content_hash,
    row_hash = g.row_hash, load_id = %(load)s
FROM ledger_good g WHERE g.line_id = l.id AND g.fault IS NULL AND g.old_hash <> g.content_hash
"""

ADD_LINES: Final = """
WITH added AS (
    INSERT INTO profitability_ledgerline (document_id, line_no, product_id, customer_id, posted_on, quantity,
        unit_price_units, gross_units, discount_units, net_units, cost_units, state, content_hash, row_hash, load_id)
    SELECT t.id, g.line_no, g.product_id, t.customer_id, t.posted_on, g.quantity, g.unit_price_units, g.gross_units,
        g.discounted, g.net_units, g.cost, g.state, g.content_hash, g.row_hash, %(load)s
    FROM ledger_good g JOIN ledger_docs t ON t.number = g.number
    WHERE g.fault IS NULL AND g.line_id IS NULL ORDER BY g.row_no
    RETURNING gross_units, discount_units, net_units
)
SELECT count(*), coalesce(sum(gross_units), 0)::bigint, coalesce(sum(discount_units), 0)::bigint,
    coalesce(sum(net_units), 0)::bigint
FROM added
"""

ADD_TO_MONTHS: Final = """
INSERT INTO profitability_customermonth AS m (customer_id, month, gross_units, discount_units, net_units, cost_units,
    costed_net_units, freight_units, quantity, lines, documents)
SELECT customer_id, month, sum(gross), sum(discount), sum(net), sum(cost), sum(costed), sum(freight), sum(quantity),
    sum(lines), sum(documents)
FROM ledger_delta GROUP BY customer_id, month ORDER BY customer_id, month
ON CONFLICT (customer_id, month) DO UPDATE SET
    gross_units = m.gross_units + excluded.gross_units, discount_units = m.discount_units + excluded.discount_units,
    net_units = m.net_units + excluded.net_units, cost_units = m.cost_units + excluded.cost_units,
    costed_net_units = m.costed_net_units + excluded.costed_net_units,
    freight_units = m.freight_units + excluded.freight_units, quantity = m.quantity + excluded.quantity,
    lines = m.lines + excluded.lines, documents = m.documents + excluded.documents
"""

DROP_EMPTY_MONTHS: Final = """
DELETE FROM profitability_customermonth m USING ledger_delta d
WHERE m.customer_id = d.customer_id AND m.month = d.month AND m.lines = 0 AND m.documents = 0
"""

COUNTS: Final = """
SELECT count(*) FILTER (WHERE fault IS NULL AND fate = 'created'),
    count(*) FILTER (WHERE fault IS NULL AND (fate = 'updated' OR (fate = 'unchanged' AND is_revised))),
    count(*) FILTER (WHERE fault IS NULL AND fate = 'unchanged' AND NOT is_revised),
    (SELECT count(*) FROM ledger_docs WHERE is_new)
FROM ledger_good
"""

# The lines that the ledger has word for word as this chunk says them, each met once and none by this same load
KNOWN: Final = """
WITH staged AS MATERIALIZED (
    SELECT btrim(document) AS number, {line_no} AS line_no,
        {row_hash} AS row_hash
    FROM ledger_stage
)
SELECT count(DISTINCT l.id), coalesce(sum(l.gross_units), 0)::bigint, coalesce(sum(l.discount_units), 0)::bigint,
    coalesce(sum(l.net_units), 0)::bigint
FROM staged s
JOIN profitability_ledgerdocument d ON d.source = %(source)s AND d.number = s.number
JOIN profitability_ledgerline l ON l.document_id = d.id AND l.line_no = s.line_no AND l.row_hash = s.row_hash
WHERE (d.customer_id IN ({visible})) IS TRUE AND l.load_id IS DISTINCT FROM %(load)s AND l.row_hash <> 0
""".replace("{line_no}", _whole("btrim(line)"))

# Whether it is worth looking: a delivery that came before begins with a document that is known
BEGINS_KNOWN: Final = """
SELECT EXISTS (
    SELECT FROM profitability_ledgerdocument d
    WHERE d.source = %(source)s AND d.number = (SELECT btrim(document) FROM ledger_stage ORDER BY row_no LIMIT 1)
)
"""

FILE_SUMS: Final = """
SELECT count(*), coalesce(sum(gross_units), 0)::bigint, coalesce(sum(gross_units - net_units), 0)::bigint,
    coalesce(sum(net_units), 0)::bigint
FROM ledger_rows
"""

LEDGER_SUMS: Final = """
SELECT count(*), coalesce(sum(l.gross_units), 0)::bigint, coalesce(sum(l.discount_units), 0)::bigint,
    coalesce(sum(l.net_units), 0)::bigint
FROM ledger_good g JOIN ledger_docs t ON t.number = g.number
JOIN profitability_ledgerline l ON l.document_id = t.id AND l.line_no = g.line_no
WHERE g.fault IS NULL
"""

FAULTS: Final = """
SELECT r.row_no, unnest(r.faults), to_jsonb(s) FROM ledger_rows r JOIN ledger_stage s USING (row_no)
WHERE r.faults <> '{}'
UNION ALL
SELECT g.row_no, g.fault, to_jsonb(s) FROM ledger_good g JOIN ledger_stage s USING (row_no)
WHERE g.fault IS NOT NULL
ORDER BY 1
"""
