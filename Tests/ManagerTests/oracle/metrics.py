"""Reads metrics with Prometheus's own client library, strictly.

metrics.py FILE: prints each sample as name{label=value,...} number, sorted, and ends with 1 for what Prometheus would not take.
"""

import sys

from prometheus_client.parser import text_string_to_metric_families

seen = set()
for family in text_string_to_metric_families(open(sys.argv[1], encoding="utf-8").read()):
    if not family.documentation or family.type == "unknown":
        sys.exit(f"{family.name} has no help or no type")
    buckets = []
    for sample in family.samples:
        labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
        name = f"{sample.name}{{{labels}}}"
        if name in seen:
            sys.exit(f"{name} is there twice")
        seen.add(name)
        if sample.name.endswith("_bucket"):
            buckets.append((float(sample.labels["le"]), sample.value))
        print(name, sample.value)
    if family.type == "histogram":
        count = [sample.value for sample in family.samples if sample.name.endswith("_count")]
        if buckets != sorted(buckets) or [value for _, value in buckets] != sorted(value for _, value in buckets):
            sys.exit(f"{family.name}'s buckets do not grow")
        if buckets[-1] != (float("inf"), count[0]):
            sys.exit(f"{family.name}'s last bucket is not all")
