/* SPDX-License-Identifier: Apache-2.0
 * A network of its own for a test program, with a name server at 127.0.0.1:53 that does what the
 * names ask of it, so that the resolver of the C library is tested as it is.
 *
 * Names: comes.test is 127.0.0.1; late.test, later.test and latest.test too, after LATE; pair.test
 * is 127.0.0.2, where nobody listens, and 127.0.0.3, riap.test the same the other way round;
 * full.test is 127.0.0.4 and 127.0.0.3; of any label that begins with "never" nothing is ever said;
 * others do not exist.
 */
#ifndef NAME_SERVER_H
#define NAME_SERVER_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <apr_time.h>

enum { NAME_LENGTH = 64, PACKET = 512, HEADER = 12, TYPE_A = 1, NAMES_ASKED = 64 };
static const apr_interval_time_t LATE = 1500000;
/* How long the resolver waits before it gives up (below in resolv.conf), and a little more. */
static const apr_interval_time_t RESOLVER_ENDS = 4500000;

static const struct {
    const char *name;
    const char *addresses[2];
    int is_late;
} known_names[] = {
    {"comes.test", {"127.0.0.1"}, 0},
    {"late.test", {"127.0.0.1"}, 1},
    {"later.test", {"127.0.0.1"}, 1},
    {"latest.test", {"127.0.0.1"}, 1},
    {"pair.test", {"127.0.0.2", "127.0.0.3"}, 0},
    {"riap.test", {"127.0.0.3", "127.0.0.2"}, 0},
    {"full.test", {"127.0.0.4", "127.0.0.3"}, 0},
};

static pthread_mutex_t asked_mutex = PTHREAD_MUTEX_INITIALIZER;
static char asked_names[NAMES_ASKED][NAME_LENGTH];
static int n_asked;

/* How often the address of this name was asked for; NULL: of any. */
static int times_asked(const char *name)
{
    int n = 0;
    pthread_mutex_lock(&asked_mutex);
    for (int i = 0; i < n_asked; i++)
        n += !name || strcmp(asked_names[i], name) == 0;
    pthread_mutex_unlock(&asked_mutex);
    return n;
}

/* The name of the question, and where it ends in the packet; 0: no question. */
static size_t read_name(char name[NAME_LENGTH], const unsigned char *packet, size_t size)
{
    size_t at = HEADER, length = 0;
    while (at < size && packet[at] && at + packet[at] + 5 < size &&
           length + packet[at] + 1 < NAME_LENGTH) {
        if (length)
            name[length++] = '.';
        memcpy(name + length, packet + at + 1, packet[at]);
        length += packet[at];
        at += 1 + packet[at];
    }
    name[length] = '\0';
    return at + 5 <= size && packet[at] == 0 ? at + 5 : 0;
}

/* An answer behind the question: the name again, its type, class, 60 seconds, the address. */
static size_t put_address(unsigned char *to, const char *address)
{
    static const unsigned char head[] = {0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4};
    memcpy(to, head, sizeof head);
    inet_pton(AF_INET, address, to + sizeof head);
    return sizeof head + 4;
}

/* The size of the answer that the packet has become; 0: none is given. */
static size_t answer_question(unsigned char *packet, size_t size)
{
    char name[NAME_LENGTH];
    size_t end = read_name(name, packet, size);
    if (end == 0)
        return 0;
    int is_address = packet[end - 3] == TYPE_A;
    pthread_mutex_lock(&asked_mutex);
    if (is_address && n_asked < NAMES_ASKED)
        memcpy(asked_names[n_asked++], name, sizeof name);
    pthread_mutex_unlock(&asked_mutex);
    if (strncmp(name, "never", 5) == 0)
        return 0;
    packet[2] |= 0x80; /* an answer */
    packet[3] = 0x83;  /* no such name */
    memset(packet + 6, 0, 6);
    for (size_t i = 0; i < sizeof known_names / sizeof known_names[0]; i++) {
        if (strcmp(known_names[i].name, name) != 0)
            continue;
        packet[3] = 0x80;
        if (is_address && known_names[i].is_late)
            apr_sleep(LATE);
        for (int a = 0; a < 2 && is_address && known_names[i].addresses[a]; a++, packet[7]++)
            end += put_address(packet + end, known_names[i].addresses[a]);
    }
    return end;
}

static void *serve_names(void *baton)
{
    int server = *(int *)baton;
    unsigned char packet[PACKET + 2 * 16];
    for (;;) {
        struct sockaddr_storage from;
        socklen_t length = sizeof from;
        ssize_t got = recvfrom(server, packet, PACKET, 0, (struct sockaddr *)&from, &length);
        size_t size = got > HEADER ? answer_question(packet, (size_t)got) : 0;
        if (got == 1) /* the test ends */
            return NULL;
        if (size && sendto(server, packet, size, 0, (struct sockaddr *)&from, length) < 0)
            perror("name server");
    }
}

static int write_file(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t written = file < 0 ? -1 : write(file, text, strlen(text));
    return file < 0 || close(file) || written != (ssize_t)strlen(text);
}

/* This text in place of the file, which is left as it is where it does not exist. */
static int replace_file(const char *path, const char *text)
{
    char copy[] = "/tmp/btnXXXXXX";
    int file = mkstemp(copy);
    if (file < 0)
        return 1;
    close(file);
    int failed = write_file(copy, text) || chmod(copy, 0644) ||
                 (access(path, F_OK) == 0 && mount(copy, path, "none", MS_BIND, NULL));
    unlink(copy);
    return failed;
}

/* Namespaces of our own; who is not root becomes it within a user namespace. */
static int leave_host(void)
{
    char map[64];
    int spaces = CLONE_NEWNET | CLONE_NEWNS;
    uid_t user = getuid();
    if (user == 0)
        return unshare(spaces);
    snprintf(map, sizeof map, "0 %u 1", (unsigned)user);
    return unshare(spaces | CLONE_NEWUSER) || write_file("/proc/self/uid_map", map);
}

/* The network is its loopback, names are looked up at 127.0.0.1 only.  NULL, or what is not
 * permitted here. */
static const char *make_network(void)
{
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    if (leave_host())
        return "no namespaces of its own (unshare is not permitted)";
    int any = socket(AF_INET, SOCK_DGRAM, 0);
    int failed = any < 0 || ioctl(any, SIOCSIFFLAGS, &loopback);
    close(any);
    if (failed)
        return "no loopback in a network namespace";
    if (access("/etc/resolv.conf", F_OK) || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) ||
        replace_file("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:4 attempts:1\n") ||
        replace_file("/etc/nsswitch.conf", "hosts: files dns\n") ||
        (access("/run/nscd", F_OK) == 0 && mount("none", "/run/nscd", "tmpfs", 0, NULL)))
        return "no resolv.conf of its own (mount is not permitted)";
    return NULL;
}

static pthread_t name_thread;
static int name_socket;

static int start_name_server(void)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(53)};
    inet_pton(AF_INET, "127.0.0.1", &place.sin_addr);
    name_socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return name_socket < 0 || bind(name_socket, (struct sockaddr *)&place, sizeof place) ||
           pthread_create(&name_thread, NULL, serve_names, &name_socket);
}

static void stop_name_server(void)
{
    struct sockaddr_in place;
    socklen_t length = sizeof place;
    getsockname(name_socket, (struct sockaddr *)&place, &length);
    sendto(name_socket, "", 1, 0, (struct sockaddr *)&place, length);
    pthread_join(name_thread, NULL);
    close(name_socket);
}

#endif
