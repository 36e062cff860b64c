/*
 * table.c - lays out cells in columns. Knows nothing of what they say.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

#include "base/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CELL_MAX   4096 /* bytes */
#define GAP        2    /* columns of space between two cells */
#define SHRUNK_MIN 12   /* a column that may shrink stays this wide */
#define LINES_MAX  4    /* of one row */
#define ELLIPSIS   "…"

/* Where a table goes. */
struct page {
    size_t widths[TABLE_COLUMNS_MAX];
    bool colour;
    struct buf *out;
};

struct cell {
    char *text; /* owned, safe */
    enum tone tone;
};

struct table {
    const struct column *columns;
    size_t column_count;
    struct cell *cells;
    size_t cell_count;
    size_t cell_capacity;
};

struct table *table_new(const struct column *columns, size_t count)
{
    struct table *table = mem_new(sizeof(*table));

    assert(count > 0 && count <= TABLE_COLUMNS_MAX);
    table->columns = columns;
    table->column_count = count;
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->cell_count; i++)
        mem_free(table->cells[i].text);
    mem_free(table->cells);
    mem_free(table);
}

void table_add_toned(struct table *table, enum tone tone, const char *text)
{
    struct buf safe;

    buf_init(&safe, CELL_MAX);
    terminal_add_safe(&safe, text);
    if (table->cell_count == table->cell_capacity) {
        table->cell_capacity = table->cell_capacity ? table->cell_capacity * 2 : 64;
        table->cells = mem_resize(table->cells, table->cell_capacity * sizeof(*table->cells));
    }
    table->cells[table->cell_count++] = (struct cell){buf_take(&safe), tone};
}

void table_add(struct table *table, const char *text)
{
    table_add_toned(table, TONE_PLAIN, text);
}

void table_addf(struct table *table, const char *format, ...)
{
    char text[200];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    table_add(table, text);
}

/* Takes columns of width away from the widest that may shrink until excess is gone, or none can give any more. */
static void shrink(const struct table *table, size_t *widths, size_t excess)
{
    while (excess > 0) {
        size_t widest = table->column_count;

        for (size_t i = 0; i < table->column_count; i++) {
            if (table->columns[i].kind == COLUMN_PROSE && widths[i] > SHRUNK_MIN &&
                (widest == table->column_count || widths[i] > widths[widest]))
                widest = i;
        }
        if (widest == table->column_count)
            return;
        widths[widest]--;
        excess--;
    }
}

static void measure(const struct table *table, unsigned width, size_t *widths)
{
    size_t total = GAP * (table->column_count - 1);

    for (size_t i = 0; i < table->column_count; i++)
        widths[i] = terminal_columns(table->columns[i].title);
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t columns = terminal_columns(table->cells[i].text);

        if (columns > widths[i % table->column_count])
            widths[i % table->column_count] = columns;
    }
    for (size_t i = 0; i < table->column_count; i++)
        total += widths[i];
    shrink(table, widths, total > width ? total - width : 0);
}

/* The place in text behind that many characters. */
static const char *skip(const char *text, size_t columns)
{
    for (; columns > 0 && *text; columns--) {
        text++;
        while (((unsigned char)*text & 0xC0) == 0x80)
            text++;
    }
    return text;
}

/* What of *rest goes into a line of that many columns, owned, broken between words if possible; *rest moves on. On the
 * last line what does not fit is lost, and an ellipsis says so. */
static char *take_line(const char **rest, size_t columns, bool is_last)
{
    const char *start = *rest, *end = skip(start, columns);

    if (!*end) {
        *rest = end;
        return mem_string(start);
    }
    if (is_last) {
        *rest += strlen(start);
        return mem_printf("%.*s" ELLIPSIS, (int)(skip(start, columns - 1) - start), start);
    }
    for (const char *space = end; space > start; space--) {
        if (*space == ' ') {
            *rest = space + 1;
            return mem_printf("%.*s", (int)(space - start), start);
        }
    }
    *rest = end;
    return mem_printf("%.*s", (int)(end - start), start);
}

static void pad(struct buf *out, size_t columns)
{
    while (columns-- > 0)
        buf_add_char(out, ' ');
}

/* One line of a row. rests[] are what is left of its cells. */
static void render_line(const struct table *table, const struct cell *cells, const char **rests, bool is_last,
                        struct page *page)
{
    size_t owed = 0; /* space that only comes if something follows it */

    for (size_t i = 0; i < table->column_count; i++) {
        char *text = take_line(&rests[i], page->widths[i], is_last);
        size_t rest = page->widths[i] - terminal_columns(text);
        bool is_number = table->columns[i].kind == COLUMN_NUMBER;

        if (*text) {
            pad(page->out, owed + (is_number ? rest : 0));
            terminal_add_toned(page->out, cells[i].tone, page->colour, text);
            owed = GAP + (is_number ? 0 : rest);
        } else {
            owed += page->widths[i] + GAP;
        }
        mem_free(text);
    }
    buf_add_char(page->out, '\n');
}

static bool is_left(const struct table *table, const char *const *rests)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (*rests[i])
            return true;
    }
    return false;
}

static void render_row(const struct table *table, const struct cell *cells, struct page *page)
{
    const char *rests[TABLE_COLUMNS_MAX];
    unsigned line = 1;

    for (size_t i = 0; i < table->column_count; i++)
        rests[i] = cells[i].text;
    do
        render_line(table, cells, rests, line == LINES_MAX, page);
    while (line++ < LINES_MAX && is_left(table, rests));
}

void table_render(const struct table *table, unsigned width, bool colour, struct buf *out)
{
    struct page page = {.colour = colour, .out = out};
    struct cell titles[TABLE_COLUMNS_MAX];

    assert(table->cell_count % table->column_count == 0);
    measure(table, width, page.widths);
    for (size_t i = 0; i < table->column_count; i++)
        titles[i] = (struct cell){(char *)table->columns[i].title, TONE_TITLE};
    render_row(table, titles, &page);
    for (size_t i = 0; i < table->cell_count; i += table->column_count)
        render_row(table, table->cells + i, &page);
}
