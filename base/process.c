/*
 * process.c - child processes over libuv, and what a process knows of itself.
 *
 * Called by the supervisor, by tests, and by each child at its start. It must not know what the children do.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* Tells a child who started it, so that it can see whether that process is already gone. */
#define PARENT_VARIABLE "HOOKLINE_PARENT_PID"

extern char **environ;

struct process {
    uv_process_t handle;
    process_exit_fn *fn;
    void *arg;
    bool has_ended;
};

static void free_process(uv_handle_t *handle)
{
    mem_free(handle->data);
}

static void on_child_exit(uv_process_t *handle, int64_t status, int number)
{
    struct process *process = handle->data;

    process->has_ended = true;
    process->fn(process->arg, number != 0 ? -1 : (int)status, number);
}

static bool is_parent_variable(const char *variable)
{
    return strncmp(variable, PARENT_VARIABLE "=", sizeof(PARENT_VARIABLE)) == 0;
}

/* The inherited environment, borrowed, with our variable in the first place, owned. */
static char **make_environment(void)
{
    size_t count = 0, used = 1;
    char **variables;

    while (environ[count])
        count++;
    variables = mem_new((count + 2) * sizeof(*variables));
    variables[0] = mem_printf(PARENT_VARIABLE "=%ld", (long)getpid());
    for (size_t i = 0; i < count; i++)
        if (!is_parent_variable(environ[i]))
            variables[used++] = environ[i];
    return variables;
}

static int spawn(struct loop *loop, struct process *process, const char *const *argv, int log_fd)
{
    char **variables = make_environment();
    uv_stdio_container_t stdio[] = {
        {.flags = UV_IGNORE}, /* libuv opens /dev/null for the first three */
        {.flags = UV_INHERIT_FD, .data.fd = log_fd >= 0 ? log_fd : STDOUT_FILENO},
        {.flags = UV_INHERIT_FD, .data.fd = log_fd >= 0 ? log_fd : STDERR_FILENO},
    };
    uv_process_options_t options = {
        .exit_cb = on_child_exit,
        .file = argv[0],
        .args = (char **)argv, /* libuv hands them to execvp as they are */
        .env = variables,
        .stdio_count = (int)COUNT_OF(stdio),
        .stdio = stdio,
    };
    int status = uv_spawn(loop_uv(loop), &process->handle, &options);

    mem_free(variables[0]);
    mem_free(variables);
    return status;
}

struct process *process_open(struct loop *loop, const char *const *argv, const char *log_path, process_exit_fn *fn,
                             void *arg, struct error *err)
{
    struct process *process;
    int log_fd = -1, status;

    if (log_path) {
        log_fd = open(log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (log_fd < 0) {
            error_set(err, ERROR_SYSTEM, "cannot open %s: %s", log_path, strerror(errno));
            return NULL;
        }
    }
    process = mem_new(sizeof(*process));
    process->handle.data = process;
    process->fn = fn;
    process->arg = arg;
    status = spawn(loop, process, argv, log_fd);
    if (log_fd >= 0)
        close(log_fd);
    if (status == 0)
        return process;
    error_set(err, ERROR_SYSTEM, "cannot start %s: %s", argv[0], uv_strerror(status));
    process_close(process);
    return NULL;
}

pid_t process_pid(const struct process *process)
{
    return process->handle.pid;
}

/* Not once it has ended: its number may by then belong to somebody else. */
void process_signal(struct process *process, int number)
{
    if (!process->has_ended)
        uv_process_kill(&process->handle, number);
}

void process_close(struct process *process)
{
    if (process)
        uv_close((uv_handle_t *)&process->handle, free_process);
}

#ifdef __linux__
/* The kernel tells of a death that comes after prctl; one that came before it shows in a parent that is another. Who
 * was not started by process_open has nobody to follow: a worker under nohup must outlive its shell. */
void process_follow_parent(void)
{
    const char *parent = getenv(PARENT_VARIABLE);
    long pid = parent ? strtol(parent, NULL, 10) : 0;

    if (pid <= 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != (pid_t)pid)
        raise(SIGTERM);
}
#else
void process_follow_parent(void)
{
}
#endif

/* A program that was replaced while it runs has " (deleted)" behind its path; what is started again is the new one. */
char *process_own_path(void)
{
    static const char deleted[] = " (deleted)";
    char path[4096] = "";
    size_t size = sizeof(path), tail = sizeof(deleted) - 1;

    if (uv_exepath(path, &size) != 0)
        return mem_string("hookline");
    if (size > tail && strcmp(path + size - tail, deleted) == 0)
        path[size - tail] = '\0';
    return mem_string(path);
}

void process_raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* staying with what it was is no reason not to start */
}

long long process_resident_bytes(void)
{
    size_t bytes;

    return uv_resident_set_memory(&bytes) == 0 ? (long long)bytes : 0;
}
