#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who may include whom: the layers of the tree, and the one place that owns each outside
library."""
import os
import re

import guard

INCLUDE = re.compile(r'(?m)^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]')

# Outside header → files that may include it.
OWNERS = [
    (r"jansson\.h", r"libbloodtest/json[a-z_]*\.c"),
    (r"hiredis/.*", r"libbloodtest/queue[a-z_]*\.[ch]"),
    (r"poppler.*|cairo.*", r"worker/extract/pdf[a-z_]*\.[ch]"),
    (r"qpdf/.*", r"worker/extract/pdf_content[a-z_]*\.[ch]"),
    (r"gmime/.*", r"mod_bloodtest/multipart[a-z_]*\.c"),
    (
        r"glib.*|gio/.*",
        r"worker/config[a-z_]*\.c|worker/extract/pdf[a-z_]*\.[ch]"
        r"|mod_bloodtest/multipart[a-z_]*\.c",
    ),
    (r"curl/.*", r"worker/(llm/)?http[a-z_]*\.c"),
    (r"seccomp\.h", r"worker/extract/sandbox[a-z_]*\.c"),
    (r"sodium.*", r"libbloodtest/[a-z_]*\.[ch]"),
    (r"apr_dbd\.h", r"libbloodtest/db[a-z_]*\.[ch]"),
    (r"(httpd|http_\w+|ap_\w+|util_\w+|mod_\w+|mpm_common|scoreboard)\.h", r"mod_bloodtest/.*"),
]
OWN = {"mod_bloodtest.h"}

# Files → our own headers that they must not include.
FORBIDDEN = [
    (r"libbloodtest/.*", r"(worker|mod_bloodtest)/.*", "the library includes neither side"),
    (r"mod_bloodtest/.*", r"worker/.*", "module and worker never include each other"),
    (r"worker/.*", r"mod_bloodtest/.*", "module and worker never include each other"),
    (
        r"libbloodtest/(interpret|render)/.*",
        r"libbloodtest/(db|store|store_\w+|queue|queue_\w+|db_\w+)\.h",
        "pure functions know no database or queue",
    ),
    (
        r"libbloodtest/render/.*",
        r"libbloodtest/interpret/.*",
        "rendering knows only the stored result",
    ),
    (r"libbloodtest/interpret/.*", r"libbloodtest/render/.*", "interpreting does not render"),
    (
        r"worker/extract/.*",
        r"libbloodtest/(db|store|store_\w+|queue|queue_\w+)\.h",
        "the extractor has no servers",
    ),
    (r"worker/extract/.*", r"worker/[a-z_]+\.h", "the extractor is a program of its own"),
    (
        r"mod_bloodtest/handlers/.*",
        r"mod_bloodtest/handlers/(?!handlers\.h|common\.h).*",
        "handlers never include handlers",
    ),
]
CODE = ("libbloodtest", "mod_bloodtest", "worker")


def resolve(top, path, name):
    """An own header as a path from the top, or None."""
    for base in (os.path.dirname(path), "", "libbloodtest"):
        candidate = os.path.normpath(os.path.join(base, name))
        if os.path.exists(os.path.join(top, candidate)):
            return candidate
    return None


def outside(path, name):
    for header, owner in OWNERS:
        if (
            re.fullmatch(header, name)
            and os.path.basename(name) not in OWN
            and not re.fullmatch(owner, path)
        ):
            yield f"{path} includes <{name}>, which belongs to {owner}"


def inside(path, own):
    for who, what, why in FORBIDDEN:
        same = os.path.splitext(path)[0] == os.path.splitext(own)[0]
        if re.fullmatch(who, path) and re.fullmatch(what, own) and not same:
            yield f"{path} includes {own}: {why}"


def check(top):
    counted, problems = 0, []
    for path in guard.files(top, (".c", ".h"), CODE):
        for kind, name in INCLUDE.findall(guard.read(top, path)):
            counted += 1
            own = resolve(top, path, name) if kind == '"' else None
            problems += inside(path, own) if own else outside(path, name)
    return counted, problems


BROKEN = {
    "which belongs to": {"libbloodtest/model.c": "#include <jansson.h>\n"},
    "neither side": {
        "libbloodtest/model.c": '#include "../worker/config.h"\n',
        "worker/config.h": "",
    },
    "handlers never": {
        "mod_bloodtest/handlers/a.c": '#include "b.h"\n',
        "mod_bloodtest/handlers/b.h": "",
    },
    "pure functions": {"libbloodtest/interpret/a.c": '#include "db.h"\n', "libbloodtest/db.h": ""},
}

if __name__ == "__main__":
    guard.main("layers", check, 400, BROKEN)
