#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Words that must stand (SPDX line, opening comment) and words that must not (unbounded functions,
SQL in C)."""
import os
import re

import guard

CODE = ("libbloodtest", "mod_bloodtest", "worker", "tests")
FORBIDDEN = re.compile(
    r"\b(sprintf|vsprintf|strcpy|stpcpy|strcat|atoi|atol|atof|strtok|gets|alloca|system|popen)\s*\("
)
SQL = re.compile(
    r"\b(SELECT\s+[\w*(].*?\bFROM\b|INSERT\s+INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\b|"
    r"(CREATE|DROP|ALTER)\s+(TABLE|INDEX)\b)",
    re.S,
)
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*')
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
NEED_SPDX = (".c", ".h", ".def", ".py", ".awk", ".sh", ".sql", ".md")
SPDX = "SPDX-License-Identifier: Apache-2.0"
HOLLOW = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")


def without_comments(text):
    """The code, strings kept: a comment may name what it forbids."""
    keep = re.compile(STRING.pattern + "|" + COMMENT.pattern, re.S)
    return keep.sub(lambda m: m.group(0) if m.group(0).startswith('"') else " ", text)


def line_of(text, where):
    return text.count("\n", 0, where) + 1


def check_c(path, text):
    problems = []
    code = STRING.sub('""', without_comments(text))
    for found in FORBIDDEN.finditer(code):
        problems.append(f"{path}: {found.group(1)}() is not used here")
    if not path.startswith("tests/"):
        for found in STRING.finditer(text):
            joined = re.sub(r'"\s*"', "", found.group(0))
            if SQL.search(joined):
                problems.append(
                    f"{path}:{line_of(text, found.start())} SQL in C; it belongs to sql/queries.sql"
                )
    opening = re.match(r"/\* " + re.escape(SPDX) + r"\n(.*?)\*/", text, re.S)
    if opening and len(re.sub(r"[\s*]+", " ", opening.group(1)).strip()) < 40:
        problems.append(f"{path}: the opening comment does not say what and why")
    return problems


def check(top):
    counted, problems = 0, []
    for path in guard.files(top, NEED_SPDX, (*CODE, "sql", "conf")):
        text = guard.read(top, path)
        counted += 1
        if path.endswith(".md"):
            continue
        if SPDX not in "\n".join(text.splitlines()[:3]):
            problems.append(f"{path}: no SPDX line at its beginning")
        for found in HOLLOW.finditer(text):
            problems.append(f"{path}:{line_of(text, found.start())} {found.group(0)}")
        if path.endswith((".c", ".h")):
            problems += check_c(path, text)
    return counted, problems


HEAD = (
    f"/* {SPDX}\n * A file that exists so that the guard can be seen to fail; long enough.\n */\n"
)
BROKEN = {
    "strcpy() is not used": {"libbloodtest/a.c": HEAD + "int a(void) { strcpy(b, c); }\n"},
    "SQL in C": {"worker/a.c": HEAD + 'const char *q = "SELECT a "\n  "FROM b";\n'},
    "no SPDX line": {"worker/a.c": "int a;\n"},
    "does not say what": {"worker/a.c": f"/* {SPDX}\n * Short.\n */\nint a;\n"},
}

if __name__ == "__main__":
    assert os.path.isdir(guard.TOP)
    guard.main("words", check, 80, BROKEN)
