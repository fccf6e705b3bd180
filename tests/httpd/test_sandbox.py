# SPDX-License-Identifier: Apache-2.0
"""What the sandbox of a reading child refuses, tried from inside it on this kernel; and that the
same acts are let through where the doors are left open, or the trial would prove nothing."""
import json
import os
import subprocess

from harness import ONCE

# The kernel may refuse these to an ordinary user, to a container, or by a setting, as the sandbox
# does, so that without it they need not go through.
OF_THE_SITE = {
    *("bpf", "perf_event_open", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("userfaultfd", "mount", "umount2", "pivot_root", "fsopen", "chroot", "setgroups", "swapon"),
    *("sethostname", "init_module", "finit_module", "kexec_load", "fanotify_init", "unshare_user"),
    *("clone_user_namespace", "process_vm_readv_parent", "process_vm_writev_parent", "add_key"),
    *("keyctl", "open_tree", "setns", "call_x32", "call_32_bits", "kill_all"),
}
WANTED = {
    *("open", "openat", "openat2", "socket", "socket_unix", "connect", "fork", "vfork", "clone"),
    *("clone3", "execve", "execveat", "execute_memory", "ptrace_traceme", "kill_parent"),
    *("process_vm_readv_parent", "io_uring_setup", "bpf", "perf_event_open", "unshare", "mount"),
    *("mmap_executable", "mprotect_executable", "call_32_bits"),
}


def probe(word):
    program = os.path.join(os.environ["BLOODTEST_BUILD"], "worker", "bloodtest-extract")
    done = subprocess.run([program, word], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, json.loads(done.stdout)


def is_sanitized():
    with open(os.path.join(os.environ["BLOODTEST_BUILD"], "config.h"), encoding="utf-8") as file:
        return "#define BT_SANITIZED 1" in file.read()


@ONCE
def test_every_act_is_refused():
    status, found = probe("--probe")
    print("\n" + "\n".join(f"{name:28} {got}" for name, got in found["acts"].items()))
    # A sanitizer makes itself readable before it looks for leaks.
    may = {"prctl_dumpable"} if is_sanitized() else set()
    allowed = {name for name, got in found["acts"].items() if got.startswith("allowed")}
    assert found["sandbox"] and allowed <= may and found["allowed"] == len(allowed)
    assert status == (1 if allowed else 0)
    assert found["checked"] == len(found["acts"]) >= 90 and WANTED <= set(found["acts"])
    refused = {got for name, got in found["acts"].items() if name not in allowed}
    assert refused == {"killed", "EACCES", "EPERM"}


@ONCE
def test_they_would_go_through_without_it():
    """Done, or answered by the kernel's own look at the arguments."""
    status, found = probe("--probe-open")
    assert status == 1 and not found["sandbox"]
    shut = {name: got for name, got in found["acts"].items() if not got.startswith("allowed")}
    print("\n" + "\n".join(f"{name:28} {got}" for name, got in found["acts"].items()))
    assert set(shut) <= OF_THE_SITE, shut
    assert found["allowed"] == found["checked"] - len(shut) >= 60
    for name in ("openat", "socket", "fork", "vfork", "clone", "memfd_create", "mmap_executable"):
        assert found["acts"][name] == "allowed", found["acts"][name]
