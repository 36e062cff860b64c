/*
 * spill_frame.h - the spill's file in bytes: its head, and what stands before each record so that a torn or damaged
 * one is known. Pure.
 *
 * The head says with which record reading begins: "HLSPILL" and the version '1', the position (8 bytes, big endian),
 * the CRC-32C of these. A frame is a marker with the version (4 bytes: NUL, 'H', 'S', 1), the record's size (4, big
 * endian), its CRC-32C (4), and the CRC-32C of these twelve (4). No text of an event holds a NUL (queue/event.c), so no
 * sender can put a frame of his own making into a record for a reader that looks for the next one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPILL_FRAME_SIZE 16
#define SPILL_RECORD_MAX (EVENT_PAYLOAD_MAX + EVENT_HEADERS_MAX + EVENT_HEAD_MAX)

struct spill_frame {
    size_t size; /* of the record behind it */
    uint32_t checksum;
};

void spill_frame_encode(const void *record, size_t size, char bytes[SPILL_FRAME_SIZE]);

/* False when bytes are no frame. */
bool spill_frame_decode(const char bytes[SPILL_FRAME_SIZE], struct spill_frame *frame);

#define SPILL_HEAD_SIZE 20

enum spill_head {
    SPILL_HEAD_GOOD,
    SPILL_HEAD_DAMAGED,
    SPILL_HEAD_UNKNOWN, /* of another version: what follows may be laid out otherwise */
};

void spill_head_encode(uint64_t position, char bytes[SPILL_HEAD_SIZE]);
enum spill_head spill_head_decode(const char bytes[SPILL_HEAD_SIZE], uint64_t *position);
