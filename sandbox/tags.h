/*
 * tags.h - tags with a context, which applications and candidates are given and lose through write-only attributes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/write.h"

/* Turns add_tags_with_context, add_tag_with_context and remove_tag_with_context of write->attributes into the
 * attribute tags. A tag that nobody has made before is made. */
bool take_tags(struct write *write);
