# SPDX-License-Identifier: Apache-2.0
"""A stack from nothing to /health and back: its folders, its state file, the order of its servers.

The servers' data lies in a short folder of its own ("home") under the system's temporary folder,
for a socket's path ends at 107 bytes and an unprivileged user may not be able to enter the build
tree.
"""
import json
import os
import secrets
import shutil
import socket
import tempfile
import time
import urllib.error
import urllib.request

from . import accounts, httpdconf, process, servers, workerconf

PROGRAMS = ("worker/bloodtest-worker", "worker/bloodtest-extract", "worker/bloodtestctl")
# A small quarantine, for tests look at how the memory of a child grows.
SANITIZER_OPTIONS = "detect_leaks=0:abort_on_error=1:quarantine_size_mb=1"
MODULE = "mod_bloodtest/.libs/mod_bloodtest.so"


def short_temporary():
    usual = tempfile.gettempdir()
    return usual if len(usual) <= 40 else "/tmp"


def default_pointer():
    """Where the most recent stack without --dir is remembered; a folder that only we can write."""
    folder = os.path.join(short_temporary(), f"bloodtest-stack-{os.getuid()}")
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    found = os.lstat(folder)
    if found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise SystemExit(f"stack: {folder} belongs to somebody else; remove it")
    return os.path.join(folder, "latest")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def state_path(folder):
    return os.path.join(folder, "state.json")


def load(folder):
    try:
        with open(state_path(folder), encoding="utf-8") as file:
            return json.load(file)
    except OSError:
        return None


def save(state):
    path = state_path(state["dir"])
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(state, file, indent=1)
    os.replace(path + ".new", path)


def make_home(state, build):
    """Folders, and copies of the programs where the unprivileged user can reach them."""
    home = tempfile.mkdtemp(prefix="bt-", dir=short_temporary())
    state["home"] = home
    process.give(home, 0o755)
    for name, mode in (
        ("bin", 0o755),
        ("s", 0o700),
        ("log", 0o755),
        ("run", 0o755),
        ("tmp", 0o700),
        ("htdocs", 0o755),
        ("db", 0o2770),
    ):
        os.mkdir(os.path.join(home, name))
        process.give(os.path.join(home, name), mode)
    for path in (*PROGRAMS, MODULE):
        source = os.path.join(build, path)
        if not os.path.exists(source):
            raise SystemExit(
                f"stack: {source} was not built. Run ./bootstrap, or set BLOODTEST_BUILD"
            )
        shutil.copy(source, os.path.join(home, "bin"))
    state["redis_socket"] = os.path.join(home, "s", "redis.sock")
    state["key_file"] = os.path.join(home, "keys") if state.get("keys") else ""
    if state["key_file"]:
        write_keys(state, {"first": secrets.token_hex(32)}, bool(state.get("sealed_only")))


def write_keys(state, keys, sealed_only=False):
    """The key file of a stack: ids and keys, the active one first; and whether nothing that is
    stored may be in clear."""
    with open(state["key_file"], "w", encoding="utf-8") as file:
        file.write("# Written by tests/stack.\n")
        file.write("sealed-only\n" if sealed_only else "")
        file.writelines(f"{name} {key}\n" for name, key in keys.items())
    process.give(state["key_file"], 0o600)


def sanitizer(build):
    """Environment of programs that load the sanitized module or are sanitized themselves."""
    try:
        with open(os.path.join(build, "config.h"), encoding="utf-8") as file:
            if "#define BT_SANITIZED 1" not in file.read():
                return {}
    except OSError:
        return {}
    import subprocess  # pylint: disable=import-outside-toplevel

    found = subprocess.run(
        ["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True
    )
    return {
        "LD_PRELOAD": os.path.realpath(found.stdout.strip()),
        "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", SANITIZER_OPTIONS),
        "UBSAN_OPTIONS": os.environ.get("UBSAN_OPTIONS", "print_stacktrace=1"),
    }


def database_up(state):
    home = state["home"]
    if state["db"] == "pgsql":
        state["driver"] = "pgsql"
        state["params"] = f"host={home}/s dbname={servers.PG_NAME} user={servers.PG_USER}"
        servers.pg_init(state)
        servers.pg_start(state)
        servers.pg_create(state)
        return
    state["driver"] = "sqlite3"
    state["params"] = os.path.join(home, "db", "bloodtest.sqlite")


def migrate(state):
    home = state["home"]
    process.run(
        home,
        [
            os.path.join(home, "bin", "bloodtestctl"),
            "migrate",
            "--config",
            os.path.join(home, "worker.conf"),
        ],
        state["sanitizer"],
    )


def up(state, build):
    """Start everything; the state is saved after each step, so that `down` always finds what was
    started."""
    state["started"] = []
    make_home(state, build)
    save(state)
    state["sanitizer"] = sanitizer(build)
    try:
        database_up(state)
        save(state)
        workerconf.write(state)
        migrate(state)
        if state["auth"] == "basic":
            accounts.insert(state)
        servers.redis_start(state)
        for _ in range(state["workers"]):
            servers.worker_start(state)
        save(state)
        httpdconf.write(state)
        httpdconf.start(state)
        save(state)
        wait_healthy(state)
    except BaseException:
        save(state)
        down(state, keep=False)
        raise


def health(state):
    """Status and body of /health; None while nobody answers."""
    url = base_url(state) + "/health"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as problem:
        return problem.code, {}
    except (OSError, ValueError):
        return None


def workers_seen(body):
    """How many living workers /health counts."""
    workers = body.get("workers")
    if isinstance(workers, dict):
        workers = workers.get("alive", workers.get("count", 0))
    if isinstance(workers, list):
        return len(workers)
    return int(workers) if isinstance(workers, (int, float)) else 0


def wait_healthy(state, seconds=30):
    """Until the whole answers and every worker has reported itself."""
    home = state["home"]
    logs = [os.path.join(home, "log", name) for name in ("error.log", "worker.log")]
    end = time.monotonic() + seconds
    answer = None
    while time.monotonic() < end:
        answer = health(state)
        if answer and state["workers"] == 0:
            return
        if answer and answer[0] == 200 and workers_seen(answer[1]) >= state["workers"]:
            return
        if not servers.pids(state, "httpd"):
            break
        time.sleep(0.1)
    ends = "\n".join(servers.tail(log) for log in logs)
    raise SystemExit(f"stack: /health did not become good within {seconds} s: {answer}\n{ends}")


def base_url(state):
    return f"http://127.0.0.1:{state['port']}{state['location'].rstrip('/')}"


def down(state, keep):
    """Stop by pid what was started (and what descends from it), then remove the data."""
    home = state["home"]
    process.stop(servers.pids(state, "httpd"), 20)  # nobody reads its log any more
    process.stop(worker_pids(state), 20)
    if state["db"] == "pgsql":
        servers.pg_stop(state)
    servers.redis_stop(state)
    process.stop(process.marked(home), 5)
    if keep:
        shutil.copytree(
            os.path.join(home, "log"), os.path.join(state["dir"], "log"), dirs_exist_ok=True
        )
    shutil.rmtree(home, ignore_errors=True)
    try:
        os.unlink(state_path(state["dir"]))
        os.rmdir(state["dir"])
    except OSError:
        pass


def worker_pids(state):
    """Workers that run now, whoever started them again."""
    return [p for p in process.marked(state["home"]) if process.program(p) == "bloodtest-worker"]


def extract_pids(state):
    """The extractors that workers started, without the children they fork for documents."""
    found = [p for p in process.marked(state["home"]) if process.program(p) == "bloodtest-extract"]
    return [p for p in found if process.parent(p) not in found]


def assignments(state, build):
    alive = lambda kind: " ".join(str(p) for p in servers.pids(state, kind))
    names = {
        "BASE_URL": base_url(state),
        "DIR": state["dir"],
        "HTTPD_PID": alive("httpd"),
        "REDIS_PID": alive("redis"),
        "PG_PID": str(servers.pg_pid(state) or "") if state["db"] == "pgsql" else "",
        "WORKER_PIDS": " ".join(map(str, worker_pids(state))),
        "EXTRACT_PIDS": " ".join(map(str, extract_pids(state))),
        "REDIS_SOCKET": state["redis_socket"],
        "KEY_FILE": state["key_file"],
        "DB_DRIVER": state["driver"],
        "DB_PARAMS": state["params"],
        "BLOODTESTCTL": os.path.join(build, "worker", "bloodtestctl"),
        "HTTPD_ERROR_LOG": os.path.join(state["home"], "log", "error.log"),
        "WORKER_CONF": os.path.join(state["home"], "worker.conf"),
        "WORKER_LOG": os.path.join(state["home"], "log", "worker.log"),
    }
    if state["auth"] == "basic":
        names.update(accounts.variables())
    return names
