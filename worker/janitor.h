/*
 * janitor.h - the queue's upkeep, done by one process on each machine (more do no harm).
 *
 * 1. It wakes what is due, takes back lanes of workers that were lost, trims what is old: queue_upkeep.
 * 2. It tries the key of every suspended account now and then, and resumes the account when it works again.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "queue/queue.h"
#include "worker/setup.h"

struct janitor;

/* queue is borrowed; holds on to setup. */
struct janitor *janitor_open(struct loop *loop, struct queue *queue, struct setup *setup);
void janitor_reload(struct janitor *janitor, struct setup *setup); /* nothing for NULL */
void janitor_close(struct janitor *janitor);                       /* after the queue was closed; takes NULL */
