# SPDX-License-Identifier: Apache-2.0
"""What every guard shares: the files of the tree, and saying how many things were checked, what
failed, and whether the guard can fail at all.

A guard gives check(top) → (how many things it checked, problems) and a broken tree that it must
complain about.  Below its floor a guard fails: it has then lost sight of what it guards.
"""
import os
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
LEFT_OUT = {
    "build",
    ".git",
    "__pycache__",
    ".pytest_cache",
    "autom4te.cache",
    "build-aux",
    ".libs",
    ".deps",
}
GENERATED = {
    "config.h",
    "libtool",
    "configure",
    "config.status",
    "aclocal.m4",
    "Makefile",
    "Makefile.in",
}


def files(top, endings, folders=("",)):
    """Paths below top, from there, that end so."""
    found = []
    for folder in folders:
        for here, names, leaves in os.walk(os.path.join(top, folder)):
            names[:] = sorted(n for n in names if n not in LEFT_OUT)
            for leaf in sorted(leaves):
                if (
                    leaf.endswith(endings)
                    and leaf not in GENERATED
                    and not leaf.endswith(".inc.tmp")
                ):
                    found.append(os.path.relpath(os.path.join(here, leaf), top))
    return found


def read(top, path):
    with open(os.path.join(top, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def read_or_nothing(top, path):
    return read(top, path) if os.path.exists(os.path.join(top, path)) else ""


def plant(folder, tree):
    for path, text in tree.items():
        whole = os.path.join(folder, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(text)


def main(name, check, floor, broken):
    """Run the guard on the tree, and on a broken tree for each kind of problem."""
    counted, problems = check(TOP)
    if counted < floor:
        problems.append(f"only {counted} things were checked, at least {floor} were expected")
    for words, tree in broken.items():
        with tempfile.TemporaryDirectory() as folder:
            plant(folder, tree)
            said = "\n".join(check(folder)[1])
            if words not in said:
                problems.append(
                    f"self-test: a broken tree was not noticed ({words}); said: {said!r}"
                )
    for problem in problems:
        print(f"{name}: {problem}")
    print(f"guard {name}: {counted} checked, {len(broken)} self-tests, {len(problems)} problems")
    sys.exit(1 if problems else 0)
