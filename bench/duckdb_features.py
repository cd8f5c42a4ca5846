"""The fifteen features of an event log in DuckDB, formulated several ways.

Run by end_to_end.py, each formulation in a process of its own:
    python3 duckdb_features.py FORMULATION LOG.csv OUT.parquet [--threads N] [--memory GB] [--spill DIR]

All formulations give the same table. They differ in how the four exact distinct counts are made, which is
where the time goes, and in whether long strings are replaced by 64-bit hashes first (as exact as 64 bits are).
Rows without user_id or event_time are dropped; a blank category_code or brand counts as the value 'unknown'.
"""
import argparse

import duckdb

NAMES = ["event_time", "event_type", "product_id", "category_id", "category_code", "brand", "price", "user_id", "user_session"]
STRINGS = ["TIMESTAMP", "VARCHAR", "BIGINT", "BIGINT", "VARCHAR", "VARCHAR", "DECIMAL(9,2)", "BIGINT", "VARCHAR"]
UUIDS = STRINGS[:-1] + ["UUID"]
NARROW = ["TIMESTAMP", "VARCHAR", "INTEGER", "BIGINT", "VARCHAR", "VARCHAR", "DECIMAL(9,2)", "INTEGER", "VARCHAR"]

# Shared: what needs no distinct count, and what follows from counts.
SIMPLE = """
    count(*) AS total_events,
    count(*) FILTER (event_type = 'view') AS n_view,
    count(*) FILTER (event_type = 'cart') AS n_cart,
    count(*) FILTER (event_type = 'purchase') AS n_purchase,
    coalesce(sum(price) FILTER (event_type = 'purchase'), 0) AS revenue,
    count(price) FILTER (event_type = 'purchase') AS n_priced,
    min(event_time) AS first_time, max(event_time) AS last_time"""
FINAL = """
    SELECT user_id, total_events, n_view, n_cart, n_purchase, n_sessions, unique_products, unique_categories, unique_brands,
      revenue::DECIMAL(18,2) AS revenue,
      CASE WHEN n_priced = 0 THEN 0 ELSE revenue::DOUBLE / n_priced END AS avg_price_purchased,
      CASE WHEN n_view = 0 THEN 0 ELSE n_purchase / n_view END AS conversion_rate,
      CASE WHEN n_view = 0 THEN 0 ELSE n_cart / n_view END AS view_to_cart_rate,
      CASE WHEN n_cart = 0 THEN 0 ELSE n_purchase / n_cart END AS cart_to_purchase_rate,
      (epoch_us((SELECT max(last_time) FROM customers)) - epoch_us(last_time)) // 86400000000 AS recency_days,
      (epoch_us(last_time) - epoch_us(first_time)) // 86400000000 AS tenure_days
    FROM customers"""
HASHES = """event_time, event_type, price, user_id, product_id AS product, hash(user_session) AS session,
    hash(coalesce(category_code, 'unknown')) AS category, hash(coalesce(brand, 'unknown')) AS brand"""
PLAIN = """event_time, event_type, price, user_id, product_id AS product, user_session AS session,
    coalesce(category_code, 'unknown') AS category, coalesce(brand, 'unknown') AS brand"""
COUNTED = {"session": "n_sessions", "product": "unique_products", "category": "unique_categories", "brand": "unique_brands"}


def source(log, types):
    columns = ", ".join(f"'{n}': '{t}'" for n, t in zip(NAMES, types))
    return (f"read_csv('{log}', auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
            f"columns = {{{columns}}}, timestampformat = '%Y-%m-%d %H:%M:%S UTC')")


def events(log, types, columns):
    return f"SELECT {columns} FROM {source(log, types)} WHERE user_id IS NOT NULL AND event_time IS NOT NULL"


def direct(events_sql):
    """count(DISTINCT ...) in one GROUP BY."""
    counts = ", ".join(f"count(DISTINCT {c}) AS {name}" for c, name in COUNTED.items())
    return [f"CREATE TEMP TABLE customers AS SELECT user_id, {SIMPLE}, {counts} FROM ({events_sql}) GROUP BY user_id"]


def lists(events_sql):
    """One GROUP BY that collects lists, whose distinct values are counted afterwards."""
    counts = ", ".join(f"len(list_distinct(list({c}))) AS {name}" for c, name in COUNTED.items())
    return [f"CREATE TEMP TABLE customers AS SELECT user_id, {SIMPLE}, {counts} FROM ({events_sql}) GROUP BY user_id"]


def joined(relation):
    """A GROUP BY of the simple features and four of distinct pairs, joined by customer."""
    parts = [f"(SELECT user_id, {SIMPLE} FROM {relation} GROUP BY user_id) AS simple"]
    parts += [f"(SELECT user_id, count(*) AS {name} FROM (SELECT DISTINCT user_id, {c} FROM {relation} WHERE {c} IS NOT NULL) GROUP BY user_id) AS by_{c}"
              for c, name in COUNTED.items()]
    counts = ", ".join(f"coalesce({name}, 0) AS {name}" for name in COUNTED.values())
    return (f"CREATE TEMP TABLE customers AS SELECT simple.*, {counts} FROM {parts[0]} "
            + " ".join(f"LEFT JOIN {part} USING (user_id)" for part in parts[1:]))


def pairs(events_sql):
    """Events kept in memory as typed columns; then two-level GROUP BYs, joined."""
    return [f"CREATE TEMP TABLE events AS {events_sql}", joined("events"), "DROP TABLE events"]


def kept(events_sql):
    """Events kept in memory as typed columns; then count(DISTINCT ...)."""
    return [f"CREATE TEMP TABLE events AS {events_sql}", *direct("FROM events"), "DROP TABLE events"]


def grouped(events_sql):
    """First one row for each customer, session, product, category and brand; then count(DISTINCT ...) over those."""
    sums = """sum(total_events)::BIGINT AS total_events, sum(n_view)::BIGINT AS n_view, sum(n_cart)::BIGINT AS n_cart,
      sum(n_purchase)::BIGINT AS n_purchase, sum(revenue) AS revenue, sum(n_priced)::BIGINT AS n_priced,
      min(first_time) AS first_time, max(last_time) AS last_time"""
    counts = ", ".join(f"count(DISTINCT {c}) AS {name}" for c, name in COUNTED.items())
    return [f"""CREATE TEMP TABLE customers AS SELECT user_id, {sums}, {counts} FROM (
        SELECT user_id, session, product, category, brand, {SIMPLE} FROM ({events_sql})
        GROUP BY user_id, session, product, category, brand) GROUP BY user_id"""]


# name: (how, types of the CSV's columns, which columns are kept)
FORMULATIONS = {
    "direct": (direct, STRINGS, PLAIN),
    "direct-uuid": (direct, UUIDS, PLAIN),
    "direct-hash": (direct, STRINGS, HASHES),
    "direct-hash-narrow": (direct, NARROW, HASHES),
    "pairs-hash-narrow": (pairs, NARROW, HASHES),
    "lists-hash": (lists, STRINGS, HASHES),
    "grouped-hash": (grouped, STRINGS, HASHES),
    "kept-hash": (kept, STRINGS, HASHES),
    "pairs-hash": (pairs, STRINGS, HASHES),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formulation", choices=FORMULATIONS)
    parser.add_argument("log")
    parser.add_argument("out")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", type=float, default=14, help="limit in GB, above which it spills")
    parser.add_argument("--spill", default="build/bench-spill")
    options = parser.parse_args()
    database = duckdb.connect(config={
        "threads": options.threads, "memory_limit": f"{options.memory}GB", "temp_directory": options.spill,
        "preserve_insertion_order": False})
    how, types, columns = FORMULATIONS[options.formulation]
    for statement in how(events(options.log, types, columns)):
        database.execute(statement)
    database.execute(f"COPY ({FINAL}) TO '{options.out}' (FORMAT parquet)")


if __name__ == "__main__":
    main()
