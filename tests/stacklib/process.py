# SPDX-License-Identifier: Apache-2.0
"""Processes of a stack: started detached as an unprivileged user, recognised by pid and start time.

A pid alone may have been given to somebody else since; nothing is ever signalled that this module
did not start.
"""
import os
import pwd
import signal
import subprocess
import time

MARK = "BLOODTEST_STACK"


def unprivileged():
    """The passwd entry the servers run as: our own, or www-data or nobody where we are root."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    for name in ("www-data", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit(
        "stack: running as root, and neither www-data nor nobody exists to run servers as"
    )


def give(path, mode):
    """Hand a file or folder to the user the servers run as."""
    user = unprivileged()
    if os.getuid() == 0:
        os.chown(path, user.pw_uid, user.pw_gid)
    os.chmod(path, mode)


def identity(home, extra=None):
    """Keyword arguments for subprocess: user, group, environment, own session."""
    user = unprivileged()
    keep = (
        "LANG",
        "LC_ALL",
        "PATH",
        "ASAN_OPTIONS",
        "UBSAN_OPTIONS",
        "GCOV_PREFIX",
        "GCOV_PREFIX_STRIP",
    )
    env = {k: os.environ[k] for k in keep if k in os.environ}
    env.update(
        {"HOME": home, "TMPDIR": os.path.join(home, "tmp"), "USER": user.pw_name, MARK: home}
    )
    env.setdefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
    env.update(extra or {})
    how = {"env": env, "cwd": home}
    if os.getuid() == 0:
        how.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
    return how


def run(home, words, extra=None, check=True, said="", **more):
    """Run one command to its end as the user of the stack; `said` is its standard input."""
    done = subprocess.run(
        words,
        text=True,
        capture_output=True,
        input=said,
        **identity(home, extra),
        **more,
    )
    if check and done.returncode != 0:
        text = (done.stdout + done.stderr).strip()
        raise SystemExit(f"stack: {' '.join(words)}: exit {done.returncode}\n{text}")
    return done


def start(home, log, words, extra=None, executable=None):
    """Start a server that outlives us; its pid."""
    with open(log, "ab") as out:
        child = subprocess.Popen(
            words,
            executable=executable,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            **identity(home, extra),
        )
    # The object must not warn about a child that is meant to stay.
    child.returncode = 0
    return child.pid


def stat_fields(pid):
    """Fields of /proc/PID/stat from the state on; None where there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None


def birth(pid):
    fields = stat_fields(pid)
    return int(fields[19]) if fields else None


def is_alive(pid, born=None):
    """Running (a zombie is not), and the one that was started then."""
    if not pid:
        return False
    reap(pid)
    fields = stat_fields(pid)
    return bool(fields) and fields[0] not in "ZX" and (born is None or int(fields[19]) == born)


def reap(pid):
    """Collect a child of ours that has ended; others are left to their parents."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except (ChildProcessError, OSError):
        pass


def program(pid):
    """Name of the program (not what it calls itself)."""
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe")).removesuffix(" (deleted)")
    except OSError:
        return ""


def parent(pid):
    fields = stat_fields(pid)
    return int(fields[1]) if fields else 0


def is_marked(pid, home):
    """Whether a process carries the mark of this stack in its environment."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return f"{MARK}={home}".encode() in file.read().split(b"\0")
    except OSError:
        return False


def marked(home):
    """Living pids of this stack: those with its mark, and what descends from them, for a program
    may drop its environment."""
    living = [int(n) for n in os.listdir("/proc") if n.isdigit() and is_alive(int(n))]
    found = {pid for pid in living if pid != os.getpid() and is_marked(pid, home)}
    while True:
        more = {pid for pid in living if pid not in found and parent(pid) in found}
        if not more:
            return sorted(found)
        found |= more


def wait_gone(pids, seconds):
    """Those of pids that are still alive after at most so many seconds."""
    end = time.monotonic() + seconds
    left = [p for p in pids if is_alive(p)]
    while left and time.monotonic() < end:
        time.sleep(0.02)
        left = [p for p in left if is_alive(p)]
    return left


def stop(pids, seconds=15, first=signal.SIGTERM):
    """Ask, wait, then kill."""
    for pid in pids:
        send(pid, first)
    for pid in wait_gone(pids, seconds):
        send(pid, signal.SIGKILL)
    wait_gone(pids, 5)


def send(pid, number):
    try:
        os.kill(pid, number)
    except OSError:
        pass
