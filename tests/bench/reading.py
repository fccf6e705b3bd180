# SPDX-License-Identifier: Apache-2.0
"""What one reading costs in the sandboxed child, beside poppler's own text extraction of the same
file: processor time, taken over many readings one after the other."""
import array
import os
import resource
import socket
import struct
import subprocess

import report
from measure import TOP

CONTROL, MAGIC, SECONDS, MEMORY_MB = 3, 0x62747831, 30, 1024  # worker/extract/protocol.h
STATUS = struct.Struct("=IiII")
TICKS = os.sysconf("SC_CLK_TCK")
ENVIRONMENT = {  # worker/extract_process.c
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "LD_BIND_NOW": "1",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=1000",
}
PAGES = (2, 100, 200)
FLOORS = ("pdftotext", "bbox", "loop", "fork")
ROUNDS, ROUND_MS = 3, 400  # of each way the least of its rounds counts


class Extractor:
    """bloodtest-extract and our end of its socket."""

    def __init__(self):
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = os.path.join(TOP, "worker", "bloodtest-extract")
        # The shell puts the socket where it is looked for.
        words = ["sh", "-c", f'exec "$0" {CONTROL}<&{theirs.fileno()}', program]
        self.process = subprocess.Popen(words, pass_fds=[theirs.fileno()], env=ENVIRONMENT)
        theirs.close()
        if len(self.socket.recv(STATUS.size)) != STATUS.size:
            raise RuntimeError("bench: bloodtest-extract did not start")

    def close(self):
        self.socket.close()
        self.process.wait()

    def read(self, document):
        """What the child wrote about the open file."""
        output, output_end = os.pipe()
        status, status_end = os.pipe()
        fds = array.array("i", [document, output_end, status_end])
        request = struct.pack("=IIII", MAGIC, SECONDS, MEMORY_MB, 0)
        self.socket.sendmsg([request], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
        os.close(output_end)
        os.close(status_end)
        with os.fdopen(output, "rb") as file:
            text = file.read()
        with os.fdopen(status, "rb") as file:
            ended = STATUS.unpack(file.read(STATUS.size))
        if ended[1] or not text.startswith(b'{"report":'):
            raise RuntimeError(f"bench: a report was not read: {ended} {text[:200]!r}")
        return text

    def children_seconds(self):
        """Processor time of all children that have ended."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / TICKS


def own_children_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def of_extractor(extractor, path, times):
    with open(path, "rb") as file:
        before = extractor.children_seconds()
        for _ in range(times):
            extractor.read(file.fileno())
    return 1000 * (extractor.children_seconds() - before) / times


def of_command(words, times=1):
    """A command, run so often."""
    before = own_children_seconds()
    for _ in range(times):
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return 1000 * (own_children_seconds() - before) / times


def ways(extractor, program, path):
    """Name: what reads the file so often, in milliseconds each."""
    return {
        "child": lambda n: of_extractor(extractor, path, n),
        "pdftotext": lambda n: of_command(["pdftotext", path, "/dev/null"], n),
        "bbox": lambda n: of_command(["pdftotext", "-bbox", path, "/dev/null"], n),
        "loop": lambda n: of_command([program] + [path] * n) / n,
        "fork": lambda n: of_command([program, "--fork"] + [path] * n) / n,
    }


def of_file(extractor, program, path):
    """Milliseconds of each way, taken in turn, and the child's in times of the others."""
    by_way = ways(extractor, program, path)
    times = {name: max(4, int(ROUND_MS / max(way(4), 1))) for name, way in by_way.items()}
    ms = {
        name: min(values)
        for name, values in zip(
            by_way,
            zip(*[[by_way[name](times[name]) for name in by_way] for _ in range(ROUNDS)]),
        )
    }
    ours = ms.pop("child")
    return {
        "child_ms": round(ours, 2),
        "floors": {
            name: {"ms": round(value, 2), "times": round(ours / value, 2)}
            for name, value in ms.items()
        },
    }


def reading(folder, program, paths=()):
    """Each way for reports of few and many pages and for the files; `program` is poppler_loop."""
    files = {}
    for pages in PAGES:
        path = os.path.join(folder, f"pages-{pages}.pdf")
        with open(path, "wb") as file:
            file.write(report.make(pages=pages))
        files[f"{pages} pages"] = path
    files.update((os.path.basename(path), path) for path in paths)
    extractor = Extractor()
    try:
        return {name: of_file(extractor, program, path) for name, path in files.items()}
    finally:
        extractor.close()


def table(result):
    """Lines to print: milliseconds of the child, then of each floor and the child in its times."""
    lines = [f"{'reading':14} {'child ms':>9}" + "".join(f" {name:>15}" for name in FLOORS)]
    for name, row in result.items():
        floors = [row["floors"][floor] for floor in FLOORS]
        cells = [f" {floor['ms']:8.2f} {floor['times']:5.2f}x" for floor in floors]
        lines.append(f"{name[:14]:14} {row['child_ms']:9.2f}" + "".join(cells))
    return lines
