"""Reads a tenant's folder as it lies, with DuckDB and with pyarrow and pandas, and prints sums as JSON.

Arguments: the folder, and a text that must stand in no file of it.
"""

import decimal
import glob
import json
import sys

import duckdb
import pandas
import pyarrow.compute
import pyarrow.dataset

folder, gone = sys.argv[1], sys.argv[2]


def amount(value):
    return str(decimal.Decimal(value).quantize(decimal.Decimal("0.000001")))


def by_name(rows):
    return {name: [count, users, amount(value)] for name, count, users, value in rows}


sql = f"""
    SELECT name, count(*), count(DISTINCT "user"), coalesce(sum(value), 0)
    FROM read_parquet('{folder}/*.parquet', union_by_name = true) GROUP BY name
"""
out = {"duckdb": by_name(duckdb.sql(sql).fetchall())}

dataset = pyarrow.dataset.dataset(folder, format="parquet")
table = dataset.to_table(columns=["name", "user", "value"])
frame = table.to_pandas()
assert isinstance(frame, pandas.DataFrame)
grouped = frame.groupby("name")
out["pyarrow"] = by_name(
    (name, len(rows), rows["user"].nunique(), sum(rows["value"].dropna(), start=0))
    for name, rows in grouped
)

# Every column of every file, in clear.
whole = dataset.to_table()
texts = json.dumps(whole.to_pylist(), default=str)
out["gone"] = gone not in texts
plans = [dict(row or []).get("plan") for row in whole.column("properties").to_pylist()]
out["plans"] = {plan: plans.count(plan) for plan in set(plans) if plan}
out["files"] = len(glob.glob(f"{folder}/*.parquet"))
print(json.dumps(out))
