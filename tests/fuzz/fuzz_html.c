/*
 * fuzz_html.c - whatever HTML comes in, only allowed elements come out, well nested, and reducing twice changes
 * nothing.
 *
 *   clang -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined \
 *       -o build/fuzz_html tests/fuzz/fuzz_html.c handlers/html*.c base/{buf,clock,error,log,mem,utf8}.c -lgumbo
 *   build/fuzz_html -max_len=4096 -max_total_time=600 build/corpus_html
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/html.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OUT_MAX (1UL << 20)

static void must(bool is_true)
{
    if (!is_true)
        abort();
}

static const char *const elements[] = {"div", "strong", "em", "ul", "ol", "li"};

/* The tag at "<", as its bytes: "div>", "/div>", "br>", "a href=\"https://…\">". Returns what is behind it. */
static const char *check_tag(const char *tag, const char **open, size_t *depth)
{
    bool is_end = tag[1] == '/';
    const char *name = tag + 1 + is_end;
    const char *end = strchr(tag, '>');

    must(end != NULL);
    if (strncmp(tag, "<br>", 4) == 0)
        return end + 1;
    if (strncmp(tag, "<a href=\"https://", 17) == 0) {
        must(end[-1] == '"' && strcspn(tag + 17, "\"'<> \\`\n\t") == (size_t)(end - 1 - (tag + 17)));
        open[(*depth)++] = "a";
    } else if (is_end) {
        must(*depth > 0 && strlen(open[*depth - 1]) == (size_t)(end - name));
        must(strncmp(open[--*depth], name, (size_t)(end - name)) == 0);
    } else {
        size_t i = 0;

        while (i < COUNT_OF(elements) &&
               (strncmp(elements[i], name, strlen(elements[i])) != 0 || name + strlen(elements[i]) != end))
            i++;
        must(i < COUNT_OF(elements));
        open[(*depth)++] = elements[i];
    }
    must(*depth <= HTML_MAX_DEPTH);
    return end + 1;
}

static void check_allowed(const char *html)
{
    const char *open[HTML_MAX_DEPTH + 1];
    size_t depth = 0;

    while (*html) {
        must(*html != '>' && *html != '"' && (unsigned char)*html >= 0x20);
        html = *html == '<' ? check_tag(html, open, &depth) : html + 1;
    }
    must(depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *html = mem_copy(data, size);
    struct error err = {0};
    struct buf once, twice;

    buf_init(&once, OUT_MAX);
    buf_init(&twice, OUT_MAX);
    if (html_reduce(html, &once, &err)) {
        check_allowed(once.data);
        if (html_reduce(once.data, &twice, &err)) /* it may have grown past a bound */
            must(strcmp(once.data, twice.data) == 0);
        must(html_shows(once.data, once.data));
    }
    buf_reset(&once);
    if (html_from_text(html, &once, &err))
        check_allowed(once.data);
    buf_clear(&once);
    buf_clear(&twice);
    mem_free(html);
    return 0;
}
