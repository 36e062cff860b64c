/*
 * fuzz_spill.c - whatever stands in the spill's file: it opens, every whole record of ours comes out in order, and
 * nothing of the rest is lost or met twice.
 *
 *   clang -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined \
 *       -o build/fuzz_spill tests/fuzz/fuzz_spill.c receiver/spill_{aside,file,frame,read,recovery}.c \
 *       base/{buf,clock,crc32c,directory,error,log,mem,utf8}.c
 * build/fuzz_spill -max_len=4096 -max_total_time=600 build/corpus_spill 2>/dev/null
 *
 * The first byte says whether the head is ours. Then come pieces: a byte for what it is (odd: a record, even: rubbish),
 * one for its size, its bytes. What is left of the last piece stands there torn.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "receiver/spill_file.h"
#include "receiver/spill_frame.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BOUND ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char directory[] = "/dev/shm/hookline-fuzz-XXXXXX";

static void must(bool is_true)
{
    if (!is_true)
        abort();
}

static void add_record(struct buf *out, const uint8_t *bytes, size_t size, bool is_whole)
{
    char frame[SPILL_FRAME_SIZE];

    spill_frame_encode(bytes, size, frame);
    buf_add(out, frame, sizeof(frame));
    buf_add(out, bytes, is_whole ? size : size / 2);
}

/* The file, and the records of ours in it, each with its size before it. */
static void build(const uint8_t *data, size_t size, struct buf *file, struct buf *records)
{
    while (size > 2) {
        bool is_record = data[0] & 1, is_whole = data[1] <= size - 2;
        size_t length = is_whole ? data[1] : size - 2;

        if (is_record && length > 0)
            add_record(file, data + 2, length, is_whole);
        else
            buf_add(file, data + 2, length);
        if (is_record && length > 0 && is_whole) {
            buf_add_char(records, (char)length);
            buf_add(records, data + 2, length);
        }
        data += 2 + length;
        size -= 2 + length;
    }
}

static void write_file(const char *name, const struct buf *bytes)
{
    char *path = mem_printf("%s/%s", directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    must(fd >= 0 && write(fd, bytes->data, bytes->size) == (ssize_t)bytes->size);
    close(fd);
    mem_free(path);
}

static void remove_file(const char *name)
{
    char *path = mem_printf("%s/%s", directory, name);

    (void)unlink(path);
    mem_free(path);
}

/* Moves past the next expected record when it is this one. Rubbish may be a record as well, if it knows the sums. */
static void tick_off(struct buf *expected, const struct buf *record)
{
    size_t size = expected->size > 0 ? (unsigned char)expected->data[0] : 0;

    if (size > 0 && size == record->size && memcmp(expected->data + 1, record->data, size) == 0)
        buf_consume(expected, 1 + size);
}

static void read_all(struct spill_file *file, struct buf *expected)
{
    struct buf record;
    struct error err;
    enum spill_read read;

    buf_init(&record, SPILL_RECORD_MAX);
    do {
        uint64_t at = spill_file_position(file);

        read = spill_file_read(file, &at, &record, &err);
        must(read != SPILL_FAILED);
        if (read == SPILL_RECORD) {
            tick_off(expected, &record);
            spill_file_pass(file, at);
        }
    } while (read == SPILL_RECORD);
    must(spill_file_is_empty(file) && spill_file_bytes(file) == SPILL_HEAD_SIZE);
    buf_clear(&record);
}

static void open_and_read(bool is_ours, struct buf *expected)
{
    struct error err;
    struct spill_file *file = spill_file_open(directory, BOUND, &err);

    must(file || (!is_ours && err.kind == ERROR_REFUSED));
    if (!file)
        return;
    read_all(file, expected);
    must(!is_ours || expected->size == 0);
    must(spill_file_add(file, "after", 5, &err) && spill_file_flush(file, &err));
    spill_file_close(file);
    file = spill_file_open(directory, BOUND, &err);
    must(file && spill_file_events(file) == 1);
    spill_file_close(file);
    remove_file("events.damaged");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char head[SPILL_HEAD_SIZE];
    struct buf file, records;

    if (size == 0)
        return 0;
    if (access(directory, F_OK) != 0)
        must(mkdtemp(directory) != NULL);
    buf_init(&file, BOUND);
    buf_init(&records, BOUND);
    bool is_ours = data[0] & 1;
    if (is_ours) {
        spill_head_encode(SPILL_HEAD_SIZE, head);
        buf_add(&file, head, sizeof(head));
    }
    build(data + 1, size - 1, &file, &records);
    write_file("events", &file);
    open_and_read(is_ours, &records);
    buf_clear(&file);
    buf_clear(&records);
    return 0;
}
