/* SPDX-License-Identifier: Apache-2.0
 * bloodtest-extract: reads PDFs for a client that started it, each in a sandboxed child.  Started
 * by bloodtest-worker or bloodtestctl with a socket on descriptor 3 (protocol.h); by hand it only
 * answers --probe, --help and --version.
 */
#include "config.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <apr_general.h>
#include "extract.h"
#include "probe.h"
#include "protocol.h"
#include "serve.h"
#include "../../libbloodtest/core_dump.h"

static const char help[] =
    "Usage: bloodtest-extract [--probe | --help | --version]\n"
    "\n"
    "Reads laboratory reports for bloodtest-worker and bloodtestctl, which start it; there is\n"
    "nothing to run by hand but:\n"
    "\n"
    "  --probe    try in the sandbox what a document must not be able to do; prints one JSON\n"
    "             object, exit status 0 where all was refused, 1 where something was allowed\n"
    "  --help     this text\n"
    "  --version  the version\n";

static int is_control_socket(int fd)
{
    int type = 0;
    socklen_t length = sizeof(type);
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET;
}

/* Nothing is left that a client held open; input and output go nowhere. */
static int tidy_descriptors(void)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere < 0 || dup2(nowhere, STDIN_FILENO) < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
        return -1;
    if (fcntl(BTX_CONTROL_FD, F_SETFD, FD_CLOEXEC) != 0)
        return -1;
    return (int)syscall(SYS_close_range, (unsigned)BTX_CONTROL_FD + 1, ~0U, 0U);
}

/* The client decides when this ends, by closing the socket: running readings may finish at a
 * graceful stop. */
static void ignore_signals(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
}

static int serve(const char *site, apr_pool_t *pool)
{
    if (!is_control_socket(BTX_CONTROL_FD)) {
        fputs("bloodtest-extract: started without a client; bloodtest-worker and bloodtestctl "
              "start it.\n",
              stderr);
        return 2;
    }
    if (tidy_descriptors() != 0) {
        perror("bloodtest-extract: descriptors");
        return 1;
    }
    ignore_signals();
    const char *failed = btx_serve_try_sandbox(pool);
    if (failed) {
        fprintf(stderr, "bloodtest-extract: this machine does not give the sandbox: %s\n", failed);
        return 1;
    }
    bt_catalogue_t *catalogue = NULL;
    btx_reader_t *reader = NULL;
    bt_err_t *err = bt_catalogue_load_site(&catalogue, site, pool);
    if (!err)
        err = btx_reader_create(&reader, catalogue, pool);
    if (err) {
        fprintf(stderr, "bloodtest-extract: %s\n", bt_error_text(err, pool));
        return 1;
    }
    return btx_serve(BTX_CONTROL_FD, reader, pool) == 0 ? 0 : 1;
}

static int probe(int is_open)
{
    int n_allowed = btx_probe(is_open);
    if (n_allowed < 0)
        perror("bloodtest-extract: the probe failed");
    return n_allowed == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    bt_core_dump_prevent();
    const char *site = argc == 3 && strcmp(argv[1], BTX_SITE_OPTION) == 0 ? argv[2] : NULL;
    if (argc > 2 && !site) {
        fputs(help, stderr);
        return 2;
    }
    if (argc == 2 && strcmp(argv[1], "--probe") == 0)
        return probe(0);
#ifdef BT_CRASH_POINTS
    if (argc == 2 && strcmp(argv[1], "--probe-open") == 0)
        return probe(1);
#endif
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("bloodtest-extract " PACKAGE_VERSION);
        return 0;
    }
    if (argc == 2) {
        int is_help = strcmp(argv[1], "--help") == 0;
        fputs(help, is_help ? stdout : stderr);
        return is_help ? 0 : 2;
    }
    apr_initialize();
    apr_pool_t *pool;
    apr_pool_create(&pool, NULL);
    int status = serve(site, pool);
    apr_pool_destroy(pool);
    apr_terminate();
    return status;
}
