# SPDX-License-Identifier: Apache-2.0
"""The instruments of the benchmark: wrk, pgbench, poppler alone, and a client that submits reports
and waits for them."""
import http.client
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time

from stacklib import process, servers

BENCH = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(BENCH))
UNIT = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}
BASE = 10**15


def need(program):
    if not shutil.which(program):
        sys.exit(f"bench: {program} was not found; './bootstrap bench' installs it")


def compare(ours, best):
    return {"ours": ours, "best": best, "ratio": round(ours["per_s"] / best["per_s"], 3)}


def wrk(url, clients, seconds, script=None, argument=None):
    words = [
        "wrk",
        f"-t{min(clients, 2)}",
        f"-c{clients}",
        f"-d{seconds}s",
        "--latency",
        "--timeout",
        "20s",
    ]
    words += ["-s", script] if script else []
    words += [url] + (["--", argument] if argument else [])
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)", said)
    if bad:
        sys.exit(f"bench: {url}: {bad.group(0)}")
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s|m)", said).groups()
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))
    return {"per_s": round(rate, 1), "p99_ms": round(float(number) * UNIT[unit], 3)}


# ---- the inserts alone


def statement(name):
    """The module's statement for PostgreSQL, as sql/queries.awk makes it."""
    made = subprocess.run(
        ["awk", "-f", "sql/queries.awk", "sql/queries.sql"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = re.search(rf'BT_QUERY\({name}, \d+,\s*"((?:[^"\\]|\\.)*)"', made)
    return re.sub(r"\\(.)", r"\1", found.group(1)).replace("%%", "%")


def pgbench_script(document_length):
    """submit_once with what the module would bind, unique by two random numbers."""
    analysis = "lpad(CAST(CAST(:a AS bigint) AS text), 36, '0')"
    task = "lpad(CAST(CAST(:b AS bigint) AS text), 36, '1')"
    values = iter(
        [
            "'anonymous'",
            f"lpad(CAST(CAST(:a AS bigint) AS text), 64, 'f')",
            analysis,
            "'report.pdf'",
            f"'{document_length}'",
            "lpad(CAST(CAST(:b AS bigint) AS text), 64, 'e')",
            "'bench'",
            "'{}'",
            "NULL",
            analysis,
            "CAST(:document AS bytea)",
            task,
            "'1'",
            "'anonymous'",
            "'127.0.0.1'",
            analysis,
            "'anonymous'",
        ]
    )
    sql = re.sub(r"%s|%pDb", lambda _: next(values), statement("submit_once"))
    if next(values, None) is not None:
        sys.exit("bench: submit_once takes other arguments than pgbench_script() knows")
    return f"\\set a random(1, {BASE})\n\\set b random(1, {BASE})\n{sql};\n"


def pgbench(stack, document, clients, seconds):
    home = stack.state()["home"]
    path = os.path.join(home, "tmp", "submit.pgbench")
    with open(path, "w", encoding="utf-8") as file:
        file.write(pgbench_script(len(document)))
    os.chmod(path, 0o644)
    log = os.path.join(home, "tmp", f"pgbench-{clients}")
    words = [
        servers.pg_program("pgbench"),
        "-h",
        home + "/s",
        "-U",
        servers.PG_USER,
        "-M",
        "prepared",
        "-n",
        "-c",
        str(clients),
        "-j",
        str(min(clients, 2)),
        "-T",
        str(seconds),
        "-f",
        path,
        "-l",
        f"--log-prefix={log}",
        "-D",
        "document=" + document.decode("ascii"),
        servers.PG_NAME,
    ]
    said = process.run(home, words).stdout
    rate = float(re.search(r"tps = ([\d.]+) \(without", said).group(1))
    times = []
    for name in os.listdir(os.path.join(home, "tmp")):
        if name.startswith(f"pgbench-{clients}."):
            with open(os.path.join(home, "tmp", name), encoding="utf-8") as file:
                times += [int(line.split()[2]) for line in file]
    times.sort()
    return {"per_s": round(rate, 1), "p99_ms": round(times[len(times) * 99 // 100] / 1000, 3)}


# ---- whole jobs


def build_poppler_loop(folder):
    """poppler_loop.c as a program in the folder."""
    program = os.path.join(folder, "poppler_loop")
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "poppler-glib"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    subprocess.run(
        ["cc", "-O2", "-o", program, os.path.join(BENCH, "poppler_loop.c"), *shlex.split(flags)],
        check=True,
    )
    return program


def poppler(folder, paths):
    """Files a second that poppler alone reads; the better of two runs."""
    program = build_poppler_loop(folder)
    best = 0
    for _ in range(2):
        begun = time.monotonic()
        subprocess.run([program, *paths], check=True)
        best = max(best, len(paths) / (time.monotonic() - begun))
    return {"per_s": round(best, 1)}


def make_reports(folder, number):
    """Copies of the sample report with pages of embedded fonts, each unique."""
    samples = os.path.join(folder, "samples")
    subprocess.run([os.path.join(TOP, "tests", "samples", "make-samples"), samples], check=True)
    with open(os.path.join(samples, "pdf", "classic.pdf"), "rb") as file:
        pdf = file.read()
    paths = []
    for n in range(number):
        paths.append(os.path.join(folder, f"job-{n}.pdf"))
        with open(paths[-1], "wb") as file:
            file.write(pdf + b"\n%% %d\n" % n)
    return paths


def submit_some(stack, bodies, failures):
    """Send reports over one connection."""
    connection = http.client.HTTPConnection(stack["BASE_URL"].split("/")[2], timeout=60)
    for body in bodies:
        connection.request("POST", "/analyze", body, {"Content-Type": "application/pdf"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 202:
            failures.append(answer.status)
    connection.close()


def submit_all(stack, paths):
    bodies = []
    for path in paths:
        with open(path, "rb") as file:
            bodies.append(file.read())
    failures = []
    threads = [
        threading.Thread(target=submit_some, args=(stack, bodies[n::4], failures)) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit(f"bench: POST /analyze answered {failures[:5]}")


def total(stack, status):
    return stack.get(f"/analyses?limit=1&status={status}").json()["total"]


def wait_for(stack, wanted, seconds=300):
    end = time.monotonic() + seconds
    while total(stack, "completed") < wanted:
        if time.monotonic() > end:
            sys.exit(
                f"bench: after {seconds} s {total(stack, 'completed')} of {wanted} were finished"
            )
        time.sleep(0.1)
    if total(stack, "failed"):
        sys.exit(f"bench: {total(stack, 'failed')} reports failed")


def stop_workers(stack):
    process.stop(stack.pids("WORKER_PIDS"), 40)


def jobs(stack, folder, number):
    """Whole jobs a second: submitted while the worker runs, and queued before it starts."""
    paths = make_reports(folder, 2 * number)
    bar = poppler(folder, paths[:number])
    before = total(stack, "completed")
    begun = time.monotonic()
    submit_all(stack, paths[:number])
    wait_for(stack, before + number)
    whole = number / (time.monotonic() - begun)
    stop_workers(stack)
    submit_all(stack, paths[number:])
    begun = time.monotonic()
    servers.worker_start(stack.state())
    wait_for(stack, before + 2 * number)
    drained = number / (time.monotonic() - begun)
    made = {"reports": number, "bytes": os.path.getsize(paths[0]), "poppler": bar}
    for name, rate in (("end_to_end", whole), ("queued_before", drained)):
        made[name] = {"per_s": round(rate, 1), "ratio": round(rate / bar["per_s"], 3)}
    return made
