#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The references that people read say what the tables in the code say: directives, worker options,
error codes."""
import os
import re
import subprocess

import guard

OPTION = re.compile(r"(?m)^BTW_(?:TEXT|NUMBER)\((\w+), (\w+),(.*?)\)$", re.S)
ROUTE = re.compile(r'(?m)^BTM_ROUTE\((\w+),\s*"([^"]+)"')


def text_of(arguments):
    """The last string of a row, its pieces joined."""
    pieces = re.search(r'((?:"(?:[^"\\]|\\.)*"\s*)+)$', arguments.strip())
    return (
        "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', pieces.group(1))).replace('\\"', '"')
        if pieces
        else ""
    )


def check_options(top):
    """Rows of options.def against conf/WORKER.md."""
    if not os.path.exists(os.path.join(top, "worker", "options.def")):
        return 0, []
    reference, problems = guard.read_or_nothing(top, "conf/WORKER.md"), []
    rows = OPTION.findall(guard.read(top, "worker/options.def"))
    told, group = set(), ""
    for line in reference.splitlines():
        if line.startswith("## ["):
            group = line[4:].rstrip("]")
        elif line.startswith("### "):
            told.add((group, line[4:].strip()))
    known = {(g, k) for g, k, _ in rows}
    problems += [f"conf/WORKER.md does not tell [{g}] {k}" for g, k in sorted(known - told)]
    problems += [
        f"conf/WORKER.md tells [{g}] {k}, which no code reads" for g, k in sorted(told - known)
    ]
    flat = re.sub(r"\s+", " ", reference)
    for group, key, rest in rows:
        if re.sub(r"\s+", " ", text_of(rest)) not in flat:
            problems.append(f"conf/WORKER.md has another text for [{group}] {key}")
    return len(rows) * 2, problems


def check_directives(top):
    """conf/DIRECTIVES.md is what directives.awk prints."""
    table = os.path.join(top, "mod_bloodtest", "directives.def")
    if not os.path.exists(table):
        return 0, []
    script = os.path.join(guard.TOP, "mod_bloodtest", "directives.awk")
    made = subprocess.run(["awk", "-f", script, table], capture_output=True, text=True, check=False)
    names = re.findall(
        r"(?m)^BTM_DIRECTIVE\((\w+)", guard.read(top, "mod_bloodtest/directives.def")
    )
    problems = [made.stderr.strip()] if made.returncode else []
    if made.stdout != guard.read_or_nothing(top, "conf/DIRECTIVES.md"):
        problems.append(
            "conf/DIRECTIVES.md differs from directives.def; 'make directives' writes it anew"
        )
    missing = [n for n in names if f"\n## {n}\n" not in made.stdout]
    problems += [f"{n} is missing from the reference" for n in missing]
    return len(names), problems


def check_readable_addresses(top):
    """Every route stands in the README."""
    if not os.path.exists(os.path.join(top, "README.md")):
        return 0, []
    readme = guard.read(top, "README.md")
    routes = ROUTE.findall(guard.read(top, "mod_bloodtest/routes.def"))
    wanted = [(m, p) for m, p in routes if not p.startswith("/assets") and p != "/"]
    return len(wanted), [f"README.md does not name {m} {p}" for m, p in wanted if p not in readme]


def check(top):
    counted, problems = 0, []
    for part in (check_options, check_directives, check_readable_addresses):
        more, found = part(top)
        counted += more
        problems += found
    return counted, problems


BROKEN = {
    "does not tell [a] b": {
        "worker/options.def": 'BTW_TEXT(a, b, NULL, NULL,\n "Text.")\n',
        "conf/WORKER.md": "",
    },
    "which no code reads": {"worker/options.def": "", "conf/WORKER.md": "## [a]\n### b\n"},
    "another text": {
        "worker/options.def": 'BTW_TEXT(a, b, NULL, NULL,\n "New text.")\n',
        "conf/WORKER.md": "## [a]\n### b\nOld text.\n",
    },
    "differs from directives.def": {
        "mod_bloodtest/directives.def": 'BTM_DIRECTIVE(A, a, "x", "y",\n "z")\n',
        "conf/DIRECTIVES.md": "old",
    },
    "README.md does not name": {
        "README.md": "",
        "mod_bloodtest/routes.def": 'BTM_ROUTE(GET, "/x", x, OPEN, JSON)\n',
    },
}

if __name__ == "__main__":
    guard.main("references", check, 30, BROKEN)
