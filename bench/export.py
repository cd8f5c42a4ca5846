#!/usr/bin/env python3
"""export.py PROGRAM FOLDER [CUSTOMERS]: what an export costs, platform by platform, on made-up customers with contacts.

Of the contacts a fifth refused. Prints wall seconds, CPU-seconds and the peak of memory of each coterie export; the last
line is a Klaviyo export since an earlier one, of which a tenth has left."""
import json
import pathlib
import random
import subprocess
import sys

MEASURE = pathlib.Path(__file__).with_name("measure.py")

program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
customers = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000


def make_files():
    random.seed(1)
    with (folder / "customers.csv").open("w") as table, (folder / "contacts.csv").open("w") as contacts:
        table.write("customer_id,orders,spend,days_since_last_order\n")
        contacts.write("customer_id,email,phone,first_name,last_name,city,zip,country,consent\n")
        for i in range(customers):
            orders = int(random.expovariate(0.5))
            table.write(f"{i},{orders},{orders * random.expovariate(0.02):.2f},{int(random.expovariate(0.02))}\n")
            contacts.write(f"{i},first.last{i}@mail{i % 50}.example,+4915{i + 100000000:09d},Ann{i % 977},Lee{i % 1511},Berlin,{10000 + i % 80000},DE,{'yes' if i % 5 else 'no'}\n")


def export(platform, out, *options):
    contacts = [] if platform in ("parquet", "duckdb") else ["--contacts", str(folder / "contacts.csv")]
    command = [program, "export", "--run", str(folder / "run"), "--platform", platform, *contacts, "--out", str(folder / out), *options]
    result = folder / "measured.json"
    subprocess.run([sys.executable, "-S", MEASURE, result, folder / "log.txt", "600", *command], check=True)
    took = json.loads(result.read_text())
    assert took["exit"] == 0, (folder / "log.txt").read_text()
    print(f"| {platform}{' --since' if '--since' in options else ''} | {took['wall']:.1f} | {took['cpu']:.1f} | {took['peak_mb']:.0f} |", flush=True)


folder.mkdir(parents=True, exist_ok=True)
if not (folder / "run/run.json").exists():
    make_files()
    subprocess.run([program, "run", str(folder / "customers.csv"), "--k", "4", "--out", str(folder / "run")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(f"| {customers:,} customers | wall s | CPU-s | MB |\n|---|---:|---:|---:|")
for platform in ("klaviyo", "hubspot", "mailchimp", "shopify", "csv", "google", "meta", "parquet", "duckdb"):
    export(platform, platform)
export("klaviyo", "later", "--since", str(folder / "klaviyo"), "--hold-out", "0.1")
