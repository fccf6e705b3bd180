# SPDX-License-Identifier: Apache-2.0
"""worker.conf of a stack.  Options are written only where this worker knows them (`--print-
options`)."""
import os

from . import process


def known(state):
    """Names of the worker's options as "group.key"; empty where it cannot say."""
    program = os.path.join(state["home"], "bin", "bloodtest-worker")
    done = process.run(state["home"], [program, "--print-options"], state["sanitizer"], check=False)
    names, group = set(), ""
    for line in done.stdout.splitlines():
        if line.startswith("## [") and line.endswith("]"):
            group = line[4:-1]
        elif line.startswith("### ") and group:
            names.add(f"{group}.{line[4:].strip()}")
    return names


def wanted(state):
    options = {
        "database.driver": state["driver"],
        "database.params": state["params"],
        "redis.url": "unix:" + state["redis_socket"],
    }
    if state["key_file"]:
        options["database.key_file"] = state["key_file"]
    if state["llm"]:
        options["llm.base_url"] = state["llm"]
    options.update(state["worker_options"])
    return options


def write(state):
    options = wanted(state)
    have = known(state)
    if have:
        given = state["worker_options"]
        options = {name: text for name, text in options.items() if name in have or name in given}
    groups = {}
    for name, value in options.items():
        group, key = name.split(".", 1)
        groups.setdefault(group, []).append(f"{key}={value}")
    text = "# Written by tests/stack.\n"
    for group, lines in groups.items():
        text += f"[{group}]\n" + "\n".join(lines) + "\n"
    path = os.path.join(state["home"], "worker.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    process.give(path, 0o640)
