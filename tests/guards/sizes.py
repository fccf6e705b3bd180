#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Small things: files under 400 lines, functions under 60, at most 6 parameters, 100 columns."""
import re

import guard

MAX_FILE, MAX_FUNCTION, MAX_PARAMETERS, MAX_COLUMNS = 400, 60, 6, 100
CODE = (".c", ".h", ".py", ".awk", ".sh")
# Tables and data have rows as long as their texts.
WIDE = re.compile(r".*\.(def|tsv|json|md|inc)")
SIGNATURE = re.compile(
    r"(?m)^(?!typedef\b)[A-Za-z_][\w \t*]*?\b(\w+)\(([^;{}]*?)\)"
    r"(?:\s*__attribute__\(\(.*?\)\)\))?\s*[;{]",
    re.S,
)


def parameters(text):
    """How many, commas within parentheses left out."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S).strip()
    if text in ("", "void"):
        return 0
    while re.search(r"\([^()]*\)", text):
        text = re.sub(r"\([^()]*\)", "", text)
    return text.count(",") + 1


def functions(lines):
    """(line, length) of each C function: a brace in the first column to the one that closes it."""
    start = None
    for number, line in enumerate(lines, 1):
        if line.rstrip() == "{":
            start = number
        elif line.startswith("}") and start:
            yield start, number - start + 1
            start = None


def check_c(path, text, lines):
    counted, problems = 0, []
    if path.endswith(".c"):
        for start, length in functions(lines):
            counted += 1
            if length >= MAX_FUNCTION:
                problems.append(f"{path}:{start} a function of {length} lines")
    for found in SIGNATURE.finditer(text):
        counted += 1
        count = parameters(found.group(2))
        if count > MAX_PARAMETERS:
            line = text.count("\n", 0, found.start()) + 1
            problems.append(f"{path}:{line} {found.group(1)} takes {count} parameters")
    return counted, problems


def check_python(path, lines):
    counted, problems, start, indent = 0, [], None, 0
    for number, line in enumerate([*lines, "end"], 1):
        depth = len(line) - len(line.lstrip())
        if start and line.strip() and depth <= indent and not line.lstrip().startswith((")", "#")):
            if number - start > MAX_FUNCTION:
                problems.append(f"{path}:{start} a function of {number - start} lines")
            start = None
        if re.match(r"\s*def ", line):
            start, indent = number, depth
            counted += 1
    return counted, problems


def is_python(top, path):
    return path.endswith(".py") or guard.read(top, path).startswith("#!/usr/bin/python3")


# Copied as it is from where the answer keys come from.
COPIES = {"tests/score-extraction"}


def check(top):
    counted, problems = 0, []
    scripts = [
        p
        for p in guard.files(top, ("",), ("tests",))
        if "." not in p.rsplit("/", 1)[-1] and guard.read(top, p).startswith("#!")
    ]
    for path in guard.files(top, CODE) + scripts:
        text = guard.read(top, path)
        lines = text.splitlines()
        counted += 1
        if len(lines) >= MAX_FILE:
            problems.append(f"{path}: {len(lines)} lines")
        if path not in COPIES and not WIDE.fullmatch(path):
            problems += [
                f"{path}:{n} {len(line)} columns"
                for n, line in enumerate(lines, 1)
                if len(line) > MAX_COLUMNS
            ]
        if path.endswith((".c", ".h")):
            more, found = check_c(path, text, lines)
        else:
            more, found = check_python(path, lines) if is_python(top, path) else (0, [])
        counted += more
        problems += found
    return counted, problems


LONG = "int a(void)\n{\n" + "    b();\n" * 60 + "}\n"
BROKEN = {
    "a function of": {"libbloodtest/a.c": LONG},
    "401 lines": {"libbloodtest/a.h": "\n" * 401},
    "101 columns": {"libbloodtest/a.h": "x" * 101 + "\n"},
    "takes 7 parameters": {
        "libbloodtest/a.h": "int f(int a, int b, int c, int d,\n int e, int g, int (*h)(int));\n"
    },
}

if __name__ == "__main__":
    guard.main("sizes", check, 500, BROKEN)
