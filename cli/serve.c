/*
 * serve.c - hookline serve: everything on this machine, kept running.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/session.h"
#include "worker/supervisor.h"
