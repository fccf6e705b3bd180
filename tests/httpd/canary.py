# SPDX-License-Identifier: Apache-2.0
"""Strings that occur nowhere else, put into everything that is a patient's, and the search for them
in all that a stack has written."""
import base64
import os
import secrets
import subprocess

from chaoslib.database import rows
from harness import DB

NAMES = ("filename", "query", "patient_ref", "key", "patient", "comment")


def make():
    """A word for each place; letters only, so that nothing escapes or splits it."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    return {n: "Canary" + "".join(secrets.choice(letters) for _ in range(14)) for n in NAMES}


def report(words, fault=""):
    """A small PDF, in clear throughout, with a patient, two results and a comment."""
    lines = [
        (50, 800, f"Patient: {words['patient']}, Robin    Sex: Female    Age: 44 Years"),
        (50, 760, "Test"),
        (200, 760, "Result"),
        (270, 760, "Unit"),
        (340, 760, "Reference"),
        (50, 745, "Hemoglobin"),
        (200, 745, "10.1"),
        (270, 745, "g/dL"),
        (340, 745, "12.0 - 15.5"),
        (50, 730, "Glucose"),
        (200, 730, "101"),
        (270, 730, "mg/dL"),
        (340, 730, "70 - 99"),
        (50, 690, f"Comment: {words['comment']} asked for this."),
    ]
    text = "".join(f"BT /F1 10 Tf {x} {y} Td ({line}) Tj ET\n" for x, y, line in lines)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}endstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    pdf = f"%PDF-1.4\n%{words['comment']}\n" + (f"%BTFAULT:{fault}\n" if fault else "")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return (
        f"{pdf}xref\n0 6\n0000000000 65535 f \n{table}trailer << /Size 6 /Root 1 0 R >>\n"
        f"startxref\n{len(pdf)}\n%%EOF\n% {secrets.token_hex(8)}\n"
    ).encode()


def forms(word):
    """How bytes may look that were written by a database, a log or a client's encoding."""
    raw = word.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield word.encode("utf-16-le")
    for shift in range(3):
        coded = base64.b64encode(b"x" * shift + raw)
        yield coded[4:-4]


def in_bytes(words, data):
    return {name for name, word in words.items() if any(form in data for form in forms(word))}


def in_files(words, *folders):
    """Path → which words stand in it; every file, however it is named, cores included."""
    found = {}
    for folder in folders:
        for where, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(where, name)
                if os.path.islink(path) or not os.path.isfile(path):
                    continue
                with open(path, "rb") as file:
                    hits = in_bytes(words, file.read())
                if hits:
                    found[path] = hits
    return found


def in_tables(words, state):
    """Table → which words stand in any of its columns."""
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if DB == "sqlite"
        else "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    )
    found, counted = {}, 0
    for table in [row["name"] for row in rows(state, names)]:
        whole = rows(state, f'SELECT * FROM "{table}"')
        counted += len(whole)
        hits = in_bytes(words, "\n".join(v for row in whole for v in row.values()).encode())
        if hits:
            found[table] = hits
    assert counted > 3
    return found


def in_redis(words, socket):
    """Every key and what it holds, as Redis itself would write it down."""
    ask = ["redis-cli", "-s", socket]
    keys = subprocess.run([*ask, "--scan"], capture_output=True, check=True).stdout.splitlines()
    hits = in_bytes(words, b"\n".join(keys))
    for key in keys:
        done = subprocess.run([*ask, "dump", key], capture_output=True, check=True)
        hits |= in_bytes(words, done.stdout)
        kind = subprocess.run([*ask, "type", key], capture_output=True, check=True).stdout.strip()
        if kind == b"stream":
            done = subprocess.run([*ask, "xrange", key, "-", "+"], capture_output=True, check=True)
            hits |= in_bytes(words, done.stdout)
    return hits, len(keys)
