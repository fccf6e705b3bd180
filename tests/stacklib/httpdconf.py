# SPDX-License-Identifier: Apache-2.0
"""The configuration of a stack's httpd, and its start and stop.

The number of children is fixed (ServerLimit equals StartServers, nothing is shed when idle): a
child that goes away takes the keep-alive connections with it that clients are just writing to.
"""
import os
import signal
import subprocess

from . import process, servers

MPM = {
    "event": "ServerLimit 2\nStartServers 2\nThreadsPerChild 32\nThreadLimit 32\n"
    "MaxRequestWorkers 64\n"
    "MinSpareThreads 1\nMaxSpareThreads 64",
    "prefork": "ServerLimit 16\nStartServers 16\nMaxRequestWorkers 16\nMinSpareServers 1\n"
    "MaxSpareServers 16",
}
MPM["worker"] = MPM["event"]
MODULES = (
    "authn_core",
    "authn_dbd",
    "authz_core",
    "authz_user",
    "auth_basic",
    "dbd",
    "dir",
    "mime",
    "setenvif",
    "headers",
    "unixd",
)

FRAME = """# Written by tests/stack.
ServerRoot "{home}"
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile "{home}/httpd.pid"
DefaultRuntimeDir "{home}/run"
Mutex file:{home}/run default
ErrorLog "{home}/log/error.log"
TypesConfig /dev/null
AddType application/json .json
DocumentRoot "{home}/htdocs"
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 15
Timeout 60

LoadModule mpm_{mpm}_module "{modules}/mod_mpm_{mpm}.so"
{loads}
{mpm_lines}

DBDriver {driver}
DBDParams "{params}"
DBDMin 1
DBDKeep {pool}
DBDMax {pool}
DBDExptime 300
DBDPersist On

LoadModule bloodtest_module "{home}/bin/mod_bloodtest.so"
LogLevel warn bloodtest:info
<Location "{location}">
    Bloodtest On
    BloodtestRedis "unix:{redis_socket}"
{access}
</Location>
{include}
"""

ANONYMOUS = "    BloodtestAnonymous On"
BASIC = """    AuthType Basic
    AuthName "bloodtest"
    AuthBasicProvider dbd
    AuthDBDUserPWQuery "SELECT hashed_password FROM users WHERE login = %s"
    Require valid-user
    BloodtestOperator "%{REMOTE_USER} == 'operator' || %{REMOTE_USER} == 'admin'"
    BloodtestAdmin "%{REMOTE_USER} == 'admin'\""""
OPEN_HEALTH = """<Location "{prefix}/health">
    AuthMerging Off
    Require all granted
</Location>
"""


def apxs(name):
    """A setting of the httpd that the build was made for; Debian's where apxs is not installed."""
    try:
        done = subprocess.run(["apxs", "-q", name], capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip()
    except OSError:
        pass
    return {
        "LIBEXECDIR": "/usr/lib/apache2/modules",
        "SBINDIR": "/usr/sbin",
        "PROGNAME": "apache2",
    }[name]


def program():
    return os.path.join(apxs("SBINDIR"), apxs("PROGNAME"))


def load_lines(modules):
    """What Debian compiles in has no file."""
    wanted = [m for m in MODULES if os.path.exists(f"{modules}/mod_{m}.so")]
    return "\n".join(f'LoadModule {m}_module "{modules}/mod_{m}.so"' for m in wanted)


def pool_size(state):
    if state["mpm"] == "prefork":
        return 1
    return 16 if state["db"] == "pgsql" else 4


def write(state):
    modules = apxs("LIBEXECDIR")
    location = state["location"]
    basic = state["auth"] == "basic"
    include = OPEN_HEALTH.format(prefix=location.rstrip("/")) if basic else ""
    if state["include"]:
        include += f'Include "{state["include"]}"\n'
    lines = list(state["directives"])
    if state["key_file"]:
        lines.append(f'BloodtestKeyFile "{state["key_file"]}"')
    access = "\n".join([BASIC if basic else ANONYMOUS] + ["    " + line for line in lines])
    text = FRAME.format(
        home=state["home"],
        port=state["port"],
        mpm=state["mpm"],
        modules=modules,
        loads=load_lines(modules),
        mpm_lines=MPM[state["mpm"]],
        driver=state["driver"],
        params=state["params"],
        pool=pool_size(state),
        location=location,
        redis_socket=state["redis_socket"],
        access=access,
        include=include,
    )
    path = os.path.join(state["home"], "httpd.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    process.give(path, 0o644)
    return path


def start(state):
    home = state["home"]
    log = os.path.join(home, "log", "error.log")
    words = [program(), "-f", os.path.join(home, "httpd.conf"), "-DFOREGROUND"]
    out = os.path.join(home, "log", "httpd.out")
    pid = process.start(home, out, words, state["sanitizer"])
    servers.note(state, "httpd", pid)
    ready = lambda: os.path.exists(os.path.join(home, "httpd.pid"))
    try:
        servers.wait_for("httpd", ready, pid, out)
    except SystemExit as problem:
        raise SystemExit(f"{problem}\n{servers.tail(log)}") from None
    return pid


def stop(state):
    """As Debian's unit stops it: gracefully.  At SIGTERM mpm_event of 2.4.71 aborts the sockets of
    its threads without knowing whether they are still there, and a child may crash, with no module
    of ours as well."""
    pids = servers.pids(state, "httpd")
    for pid in pids:
        process.send(pid, signal.SIGWINCH)
    process.stop(process.wait_gone(pids, 10), 10)
