/*
 * write_attribute.h - what is special to writing custom fields and their values.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/schema.h"

prepare_fn prepare_custom_attribute;
prepare_fn prepare_custom_field;
