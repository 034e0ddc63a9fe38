"""Runs queries on Parquet files in DuckDB and prints the median of each, in milliseconds."""
import json
import statistics
import sys
import time

import duckdb

asked = json.load(sys.stdin)
duck = duckdb.connect()
duck.execute("SET threads = 2")
duck.execute("SET TimeZone = 'UTC'")
files, start, end = asked["files"], asked["from"], asked["to"]
duck.execute(
    f"CREATE VIEW e AS SELECT * FROM read_parquet('{files}', union_by_name = true) "
    f"WHERE time >= TIMESTAMPTZ '{start} 00:00:00+00' AND time < TIMESTAMPTZ '{end} 00:00:00+00'"
)
medians = []
for query in asked["queries"]:
    duck.execute(query).fetchall()
    times = []
    for _ in range(asked["rounds"]):
        begin = time.perf_counter()
        duck.execute(query).fetchall()
        times.append((time.perf_counter() - begin) * 1e3)
    medians.append(statistics.median(times))
json.dump(medians, sys.stdout)
