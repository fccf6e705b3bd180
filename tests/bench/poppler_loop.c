/* SPDX-License-Identifier: Apache-2.0
 * What poppler alone takes to read files: text and boxes of every page, in as many processes as
 * cores, each file once.  With --fork each file is read in a child of a process that is warm, as
 * the reader does it.  The bars that the service and its reader are held against.
 */
#include <poppler.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int read_page(PopplerPage *page)
{
    PopplerRectangle *boxes = NULL;
    guint n = 0;
    char *text = poppler_page_get_text(page);
    poppler_page_get_text_layout(page, &boxes, &n);
    g_free(boxes);
    g_free(text);
    return n > 0;
}

/* The document stays open where `kept` is given: poppler keeps its tables as long as one is. */
static int read_file(const char *path, PopplerDocument **kept)
{
    char *bytes = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &bytes, &length, NULL))
        return 0;
    GBytes *owned = g_bytes_new_take(bytes, length);
    PopplerDocument *document = poppler_document_new_from_bytes(owned, NULL, NULL);
    int good = document != NULL;
    for (int i = 0; document && i < poppler_document_get_n_pages(document); i++) {
        PopplerPage *page = poppler_document_get_page(document, i);
        good = good && page && read_page(page);
        g_clear_object(&page);
    }
    if (kept)
        *kept = document;
    else
        g_clear_object(&document);
    g_bytes_unref(owned);
    return good;
}

static int read_in_child(const char *path)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(!read_file(path, NULL));
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(int argc, char **argv)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int is_forking = argc > 1 && !strcmp(argv[1], "--fork");
    PopplerDocument *kept = NULL;
    argc -= is_forking;
    argv += is_forking;
    for (long core = 0; core < cores; core++) {
        pid_t child = fork();
        if (child < 0)
            return 1;
        if (child > 0)
            continue;
        int good = !is_forking || argc < 2 || read_file(argv[1], &kept);
        for (long i = 1 + core; i < argc; i += cores) {
            if (!good || !(is_forking ? read_in_child(argv[i]) : read_file(argv[i], NULL))) {
                fprintf(stderr, "%s cannot be read\n", argv[i]);
                _exit(1);
            }
        }
        _exit(0);
    }
    int failed = 0, status = 0;
    while (wait(&status) > 0)
        failed |= status;
    return failed ? 1 : 0;
}
