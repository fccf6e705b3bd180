#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each named statement is used, and each one that C names exists; prepared they are by the httpd
tests."""
import re

import guard

CODE = ("libbloodtest", "mod_bloodtest", "worker")
NAME = re.compile(r"(?m)^-- name: ([a-z_0-9]+)(?: \[(\w+)\])?")


def check(top):
    statements = NAME.findall(guard.read(top, "sql/queries.sql"))
    names = {name for name, _ in statements}
    used = set()
    for path in guard.files(top, (".c", ".h"), CODE):
        used |= set(re.findall(r"\bBT_Q_([a-z_0-9]+)\b", guard.read(top, path)))
    problems = [f"sql/queries.sql: {name} is used by nobody" for name in sorted(names - used)]
    problems += [f"BT_Q_{name} is not in sql/queries.sql" for name in sorted(used - names)]
    known = {}
    for name, only in statements:
        known.setdefault(name, []).append(only)
    for name, bodies in known.items():
        if len(set(bodies)) != len(bodies) or ("" in bodies and len(bodies) > 1):
            problems.append(f"sql/queries.sql: {name} has the bodies {bodies}")
    return len(statements) + len(used), problems


BROKEN = {
    "is used by nobody": {"sql/queries.sql": "-- name: lonely\nSELECT 1\n"},
    "is not in": {"sql/queries.sql": "", "worker/a.c": "int a = BT_Q_missing;\n"},
    "has the bodies": {
        "sql/queries.sql": "-- name: twice\nSELECT 1\n-- name: twice [pgsql]\nSELECT 2\n"
    },
}

if __name__ == "__main__":
    guard.main("queries", check, 80, BROKEN)
