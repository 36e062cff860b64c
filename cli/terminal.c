/*
 * terminal.c - asks the system about the terminal, and keeps outside text from driving it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/terminal.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_ELSE  100
#define WIDTH_MIN   40

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

unsigned terminal_width(int fd)
{
    struct winsize size = {0};

    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return WIDTH_ELSE;
    return size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col;
}

bool terminal_is_one(int fd)
{
    return isatty(fd) == 1;
}

bool terminal_has_colour(int fd)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return terminal_is_one(fd) && !(no_colour && *no_colour) && !(term && strcmp(term, "dumb") == 0);
}

/* C0, DEL and C1, and what turns the direction of writing round (U+202A-202E, U+2066-2069). */
static bool drives_terminal(const unsigned char *c)
{
    if (c[0] < 0x20 || c[0] == 0x7F || (c[0] == 0xC2 && c[1] < 0xA0))
        return true;
    if (c[0] != 0xE2)
        return false;
    return (c[1] == 0x80 && c[2] >= 0xAA && c[2] <= 0xAE) || (c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9);
}

void terminal_add_safe(struct buf *out, const char *text)
{
    while (*text) {
        size_t size = utf8_length(text, strnlen(text, 4));

        if (strchr("\t\r\n", *text))
            buf_add_char(out, ' ');
        else if (size == 0 || drives_terminal((const unsigned char *)text))
            buf_add_string(out, REPLACEMENT);
        else
            buf_add(out, text, size);
        text += size ? size : 1;
    }
}

size_t terminal_columns(const char *text)
{
    size_t columns = 0;

    for (; *text; text++)
        columns += ((unsigned char)*text & 0xC0) != 0x80; /* continuation bytes begin no character */
    return columns;
}

void terminal_add_toned(struct buf *out, enum tone tone, bool colour, const char *text)
{
    static const char *const codes[] = {
        [TONE_PLAIN] = "", [TONE_GOOD] = "32", [TONE_WARN] = "33",
        [TONE_BAD] = "31", [TONE_DIM] = "2",   [TONE_TITLE] = "1",
    };

    if (!colour || tone == TONE_PLAIN)
        buf_add_string(out, text);
    else
        buf_addf(out, "\033[%sm%s\033[0m", codes[tone], text);
}
