/*
 * test_supervisor.c - a real supervisor over actors: this same program, playing receiver, janitor and worker.
 *
 * The supervisor runs as a process of its own ("serve"). Each actor reports what happens to it as one line on a named
 * pipe, which the test reads: "start worker 4711 --id …", "term worker 4711". What an actor does beside that stands in
 * a file named after its role, if there is one: "exit 2" ends it at once, after a line that says so, "stubborn" makes
 * it ignore SIGTERM.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/ulid.h"
#include "http/server.h"
#include "queue/private_redis.h"
#include "queue/queue.h"
#include "tests/fakes/redis_fixture.h"
#include "tests/fakes/wait.h"
#include "worker/supervisor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define GUARD_MS     10000
#define LINE_SIZE    600
#define EXPECTED_MAX 16
#define WORKERS_MAX  4
#define NO_REDIS     "unix:///nonexistent/redis.sock"

/* ---- the actors ---- */

static int pipe_fd = -1;

static void report(const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;

    va_start(args, format);
    int size = vsnprintf(line, sizeof(line) - 1, format, args);
    va_end(args);
    line[size++] = '\n';
    if (write(pipe_fd, line, (size_t)size) != size)
        _exit(99);
}

/* What the file named after the role says; "" without one. */
static void read_part(const char *role, char part[32])
{
    char path[200];
    FILE *file;

    part[0] = '\0';
    snprintf(path, sizeof(path), "%s/%s", getenv("SCENE"), role);
    file = fopen(path, "r");
    if (file) {
        if (!fgets(part, 32, file))
            part[0] = '\0';
        fclose(file);
    }
}

struct actor {
    const char *role;
    const char *redis_url; /* as it was told; "" when it was not */
    struct loop *loop;
    bool is_stubborn;
};

/* Whether there is a server at "unix://…". */
static bool is_redis_up(const char *url)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (strncmp(url, "unix://", 7) != 0)
        return false;
    snprintf(address.sun_path, sizeof(address.sun_path), "%.*s", (int)strcspn(url + 7, "?"), url + 7);
    bool is_up = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return is_up;
}

static void on_signal(void *arg, int number)
{
    struct actor *actor = arg;

    report("%s %s %ld redis=%s", number == SIGHUP ? "hup" : "term", actor->role, (long)getpid(),
           is_redis_up(actor->redis_url) ? "up" : "down");
    if (number == SIGTERM && !actor->is_stubborn)
        loop_stop(actor->loop);
}

/* As the real one does, it waits for the Redis that it was told. */
static void say_ready(void *arg, struct http_exchange *exchange)
{
    const struct actor *actor = arg;
    bool is_ready = !*actor->redis_url || is_redis_up(actor->redis_url);

    http_exchange_answer(exchange, is_ready ? 200 : 503, "text/plain", "", 0);
}

static struct http_server *open_server(struct actor *actor, const char *listen)
{
    const struct http_server_options options = {.listen = listen, .handler = say_ready, .arg = actor};
    struct error err = {0};
    struct http_server *server = http_server_open(actor->loop, &options, &err);

    if (!server)
        _exit(1);
    return server;
}

static const char *option(char *const *argv, const char *name)
{
    for (; *argv; argv++) {
        if (strcmp(*argv, name) == 0)
            return argv[1];
    }
    return "";
}

static int act(char *const *argv)
{
    struct actor actor = {.role = argv[1], .redis_url = option(argv, "--redis"), .loop = loop_new()};
    struct timer *life = timer_new(actor.loop, NULL, NULL); /* keeps the loop alive, never due */
    struct http_server *server = NULL;
    char part[32];

    process_follow_parent();
    signal(SIGINT, SIG_IGN);
    read_part(actor.role, part);
    if (strncmp(part, "exit ", 5) == 0) {
        report("exit %s %ld", actor.role, (long)getpid());
        _exit((int)strtol(part + 5, NULL, 10));
    }
    actor.is_stubborn = strcmp(part, "stubborn") == 0;
    if (strcmp(actor.role, "receiver") == 0)
        server = open_server(&actor, option(argv, "--listen"));
    loop_on_signal(actor.loop, SIGTERM, on_signal, &actor);
    loop_on_signal(actor.loop, SIGHUP, on_signal, &actor);
    timer_start(life, INT32_MAX);
    report("start %s %ld supervised=%s config=%s redis=%s id=%s", actor.role, (long)getpid(),
           getenv(SUPERVISED_VARIABLE) ? getenv(SUPERVISED_VARIABLE) : "", option(argv, "--config"), actor.redis_url,
           option(argv, "--id"));
    loop_run(actor.loop);
    http_server_close(server);
    timer_free(life);
    loop_free(actor.loop);
    return 0;
}

static void report_ready(void *arg, const char *url)
{
    (void)arg;
    report("ready %s", url);
}

/* argv: program, "serve", configuration, program to start. */
static int serve(char *const *argv)
{
    const struct supervisor_options options = {
        .config_path = argv[2],
        .program = argv[3],
        .listen = "127.0.0.1:0",
        .grace_ms = 100,
        .ready = report_ready,
    };

    return supervisor_run(&options);
}

/* Another program than the tests: what argv[1] says. */
static int play(char *const *argv)
{
    char path[200];

    if (strcmp(argv[1], "_exec") == 0)
        return private_redis_exec(argv + 2);
    snprintf(path, sizeof(path), "%s/pipe", getenv("SCENE"));
    pipe_fd = open(path, O_WRONLY | O_CLOEXEC);
    if (pipe_fd < 0)
        return 97;
    return strcmp(argv[1], "serve") == 0 ? serve(argv) : act(argv);
}

/* ---- the scene ---- */

struct scene {
    char directory[64];
    char config[100];
    char *program;
    int pipe_fd;
    pid_t supervisor;
    char text[4096]; /* read and not taken yet */
    size_t text_size;
};

static void write_file(const struct scene *scene, const char *name, const char *text)
{
    char path[200];

    snprintf(path, sizeof(path), "%s/%s", scene->directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void write_config(const struct scene *scene, unsigned workers, const char *redis_url)
{
    char text[900];

    snprintf(text, sizeof(text),
             "{\"redis\": {%s%s%s}, \"workers\": {\"processes\": %u, \"drain\": \"1s\"},"
             " \"log\": {\"level\": \"error\"}, "
             "\"sources\": {\"s\": {\"account\": \"acme\", \"verify\": {\"scheme\": \"pinpoint\", \"secrets\":"
             " [\"0123456789abcdef\"]}, \"event\": {\"type\": \".type\"}, \"rules\": [{\"on\": \"t\", \"do\":"
             " [{\"post_comment\": {\"application\": \"1\", \"text\": \"t\"}}]}]}},"
             " \"accounts\": {\"acme\": {\"subdomain\": \"acme\", \"api_key\": \"key\"}}}",
             redis_url ? "\"url\": \"" : "", redis_url ? redis_url : "", redis_url ? "\"" : "", workers);
    write_file(scene, "hookline.json", text);
}

static void scene_open(struct scene *scene)
{
    char path[100];

    *scene = (struct scene){.program = process_own_path()};
    snprintf(scene->directory, sizeof(scene->directory), "/tmp/hookline-supervisor-XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    snprintf(scene->config, sizeof(scene->config), "%s/hookline.json", scene->directory);
    snprintf(path, sizeof(path), "%s/pipe", scene->directory);
    assert_int_equal(mkfifo(path, 0600), 0);
    scene->pipe_fd = open(path, O_RDWR | O_CLOEXEC); /* for writing too, so that it never ends */
    assert_true(scene->pipe_fd >= 0);
    assert_int_equal(setenv("SCENE", scene->directory, 1), 0);
    write_config(scene, 2, NO_REDIS);
}

static pid_t start_supervisor(const struct scene *scene)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* a test that fails leaves nobody behind */
        execl(scene->program, scene->program, "serve", scene->config, scene->program, (char *)NULL);
        _exit(98);
    }
    return pid;
}

static int exit_code_of(pid_t pid)
{
    int status = 0;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void send_signal(const struct scene *scene, int number)
{
    assert_int_equal(kill(scene->supervisor, number), 0);
}

static void remove_directory(const struct scene *scene)
{
    pid_t pid = fork();

    if (pid == 0) {
        execlp("rm", "rm", "-rf", scene->directory, (char *)NULL);
        _exit(98);
    }
    assert_int_equal(exit_code_of(pid), 0);
}

static void scene_close(struct scene *scene)
{
    close(scene->pipe_fd);
    remove_directory(scene);
    mem_free(scene->program);
}

/* The next line of the pipe. */
static void next_line(struct scene *scene, char line[LINE_SIZE])
{
    char *end;

    while (!(end = memchr(scene->text, '\n', scene->text_size))) {
        struct pollfd wait = {.fd = scene->pipe_fd, .events = POLLIN};

        if (poll(&wait, 1, GUARD_MS) != 1)
            fail_msg("no actor said anything for %d ms", GUARD_MS);
        ssize_t size = read(scene->pipe_fd, scene->text + scene->text_size, sizeof(scene->text) - scene->text_size);
        assert_true(size > 0);
        scene->text_size += (size_t)size;
    }
    size_t size = (size_t)(end - scene->text);
    assert_true(size < LINE_SIZE);
    memcpy(line, scene->text, size);
    line[size] = '\0';
    scene->text_size -= size + 1;
    memmove(scene->text, end + 1, scene->text_size);
}

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* The next line must begin so. */
static void expect(struct scene *scene, const char *beginning, char line[LINE_SIZE])
{
    next_line(scene, line);
    if (!begins_with(line, beginning))
        fail_msg("expected \"%s …\", got \"%s\"", beginning, line);
}

/* The next lines must begin so, in any order; beginnings ends with NULL. */
static void expect_all(struct scene *scene, const char *const *beginnings)
{
    bool is_seen[EXPECTED_MAX] = {false};
    char line[LINE_SIZE];

    for (size_t lines = 0; beginnings[lines]; lines++) {
        size_t i = 0;

        next_line(scene, line);
        while (beginnings[i] && (is_seen[i] || !begins_with(line, beginnings[i])))
            i++;
        if (!beginnings[i])
            fail_msg("did not expect \"%s\"", line);
        is_seen[i] = true;
    }
}

/* Nothing more was said. */
static void assert_silent(const struct scene *scene)
{
    struct pollfd look = {.fd = scene->pipe_fd, .events = POLLIN};

    assert_int_equal(scene->text_size, 0);
    assert_int_equal(poll(&look, 1, 0), 0);
}

/* What was said at the start of a supervisor with workers workers. */
struct cast {
    char receiver[LINE_SIZE], janitor[LINE_SIZE], workers[WORKERS_MAX][LINE_SIZE], ready[LINE_SIZE];
    unsigned worker_count;
};

/* Waits until all are there and the receiver answers. */
static void start(struct scene *scene, unsigned workers, struct cast *cast)
{
    char line[LINE_SIZE];

    *cast = (struct cast){0};
    scene->supervisor = start_supervisor(scene);
    for (unsigned lines = 0; lines < workers + 3; lines++) {
        next_line(scene, line);
        if (begins_with(line, "start worker") && cast->worker_count < workers)
            memcpy(cast->workers[cast->worker_count++], line, LINE_SIZE);
        else if (begins_with(line, "start receiver"))
            memcpy(cast->receiver, line, LINE_SIZE);
        else if (begins_with(line, "start janitor"))
            memcpy(cast->janitor, line, LINE_SIZE);
        else if (begins_with(line, "ready http://"))
            memcpy(cast->ready, line, LINE_SIZE);
        else
            fail_msg("did not expect \"%s\"", line);
    }
}

static pid_t pid_in(const char *line)
{
    const char *space = strchr(strchr(line, ' ') + 1, ' ');

    return (pid_t)strtol(space, NULL, 10);
}

static const char *id_in(const char *line)
{
    return strstr(line, " id=") + strlen(" id=");
}

/* The actors of a supervisor with two workers leave in the right order. */
static void expect_orderly_end(struct scene *scene)
{
    static const char *const others[] = {"term janitor", "term worker", "term worker", NULL};
    char line[LINE_SIZE];

    expect(scene, "term receiver", line);
    expect_all(scene, others);
    assert_int_equal(exit_code_of(scene->supervisor), 0);
}

static void stop(struct scene *scene)
{
    send_signal(scene, SIGTERM);
    expect_orderly_end(scene);
}

static void assert_gone(const char *line)
{
    assert_int_equal(kill(pid_in(line), 0), -1);
    assert_int_equal(errno, ESRCH);
}

/* ---- the tests ---- */

static void everybody_is_started_and_told_what_they_need(void **state)
{
    struct scene scene;
    struct cast cast;
    char expected[300];

    (void)state;
    scene_open(&scene);
    start(&scene, 2, &cast);
    snprintf(expected, sizeof(expected), " supervised=1 config=%s redis= id=", scene.config);
    assert_non_null(strstr(cast.receiver, expected));
    assert_non_null(strstr(cast.janitor, expected));
    assert_non_null(strstr(cast.workers[0], expected));
    assert_string_equal(id_in(cast.receiver), "");
    assert_string_not_equal(id_in(cast.workers[0]), id_in(cast.workers[1]));
    stop(&scene);
    scene_close(&scene);
}

static void the_receiver_stops_before_the_others(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT};
    struct scene scene;
    struct cast cast;

    (void)state;
    scene_open(&scene);
    for (size_t i = 0; i < COUNT_OF(signals); i++) {
        start(&scene, 2, &cast);
        send_signal(&scene, signals[i]);
        expect_orderly_end(&scene);
    }
    scene_close(&scene);
}

static void who_dies_is_started_again(void **state)
{
    struct scene scene;
    struct cast cast;
    char line[LINE_SIZE];

    (void)state;
    scene_open(&scene);
    start(&scene, 2, &cast);
    kill(pid_in(cast.receiver), SIGKILL);
    expect(&scene, "start receiver", line);
    kill(pid_in(cast.janitor), SIGKILL);
    expect(&scene, "start janitor", line);
    kill(pid_in(cast.workers[0]), SIGKILL);
    expect(&scene, "start worker", line);
    stop(&scene);
    scene_close(&scene);
}

static void a_worker_gets_another_id_with_every_start(void **state)
{
    static const char in_ids[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    struct scene scene;
    struct cast cast;
    char line[LINE_SIZE];

    (void)state;
    scene_open(&scene);
    start(&scene, 2, &cast);
    kill(pid_in(cast.workers[0]), SIGKILL);
    expect(&scene, "start worker", line);
    assert_string_not_equal(id_in(line), id_in(cast.workers[0]));
    assert_string_not_equal(id_in(line), id_in(cast.workers[1]));
    assert_int_equal(strspn(id_in(line), in_ids), strlen(id_in(line)));
    stop(&scene);
    scene_close(&scene);
}

static void a_second_signal_kills_who_does_not_leave(void **state)
{
    struct scene scene;
    struct cast cast;
    char line[LINE_SIZE];

    (void)state;
    scene_open(&scene);
    write_file(&scene, "receiver", "stubborn");
    write_file(&scene, "worker", "stubborn");
    start(&scene, 2, &cast);
    send_signal(&scene, SIGTERM);
    expect(&scene, "term receiver", line);
    send_signal(&scene, SIGTERM);
    assert_int_equal(exit_code_of(scene.supervisor), 1);
    assert_gone(cast.receiver);
    assert_gone(cast.workers[0]);
    scene_close(&scene);
}

static void who_does_not_leave_in_time_is_killed(void **state)
{
    struct scene scene;
    struct cast cast;

    (void)state;
    scene_open(&scene);
    write_file(&scene, "worker", "stubborn");
    start(&scene, 2, &cast);
    send_signal(&scene, SIGTERM);
    assert_int_equal(exit_code_of(scene.supervisor), 1);
    assert_gone(cast.workers[0]);
    assert_gone(cast.workers[1]);
    scene_close(&scene);
}

static void a_start_that_cannot_work_ends_everything(void **state)
{
    static const struct {
        const char *role, *part;
        int exit_code;
    } cases[] = {
        {"receiver", "exit 1", 1}, /* the port is taken */
        {"receiver", "exit 2", 2},
        {"worker", "exit 2", 2},
        {"janitor", "exit 2", 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scene scene;

        scene_open(&scene);
        write_file(&scene, cases[i].role, cases[i].part);
        assert_int_equal(exit_code_of(start_supervisor(&scene)), cases[i].exit_code);
        scene_close(&scene);
    }
}

static void a_broken_configuration_starts_nothing(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    write_file(&scene, "hookline.json", "{");
    assert_int_equal(exit_code_of(start_supervisor(&scene)), 2);
    assert_silent(&scene);
    scene_close(&scene);
}

static void once_ready_a_child_that_cannot_start_is_tried_again(void **state)
{
    struct scene scene;
    struct cast cast;
    char line[LINE_SIZE];

    (void)state;
    scene_open(&scene);
    start(&scene, 2, &cast);
    write_file(&scene, "worker", "exit 2");
    kill(pid_in(cast.workers[0]), SIGKILL);
    expect(&scene, "exit worker", line);
    write_file(&scene, "worker", "");
    do
        next_line(&scene, line);
    while (begins_with(line, "exit worker"));
    assert_true(begins_with(line, "start worker"));
    stop(&scene);
    scene_close(&scene);
}

static void a_hangup_reaches_everybody_and_changes_the_number_of_workers(void **state)
{
    static const char *const more[] = {"hup receiver", "hup janitor", "hup worker", "hup worker", "start worker", NULL};
    static const char *const fewer[] = {"hup receiver", "hup janitor", "hup worker", "hup worker",
                                        "hup worker",   "term worker", NULL};
    struct scene scene;
    struct cast cast;

    (void)state;
    scene_open(&scene);
    start(&scene, 2, &cast);
    write_config(&scene, 3, NO_REDIS);
    send_signal(&scene, SIGHUP);
    expect_all(&scene, more);
    write_config(&scene, 2, NO_REDIS);
    send_signal(&scene, SIGHUP);
    expect_all(&scene, fewer);
    stop(&scene);
    scene_close(&scene);
}

static void a_hangup_with_a_broken_configuration_changes_nothing(void **state)
{
    struct scene scene;
    struct cast cast;

    (void)state;
    scene_open(&scene);
    start(&scene, 2, &cast);
    write_file(&scene, "hookline.json", "{");
    send_signal(&scene, SIGHUP);
    stop(&scene); /* expects the ends and nothing before them */
    scene_close(&scene);
}

/* ---- with a Redis ---- */

static void everybody_finds_the_private_redis_until_they_have_stopped(void **state)
{
    struct scene scene;
    struct cast cast;
    char line[LINE_SIZE], url[LINE_SIZE];

    (void)state;
    scene_open(&scene);
    write_config(&scene, 2, NULL);
    start(&scene, 2, &cast);
    snprintf(url, sizeof(url), "%s", strstr(cast.janitor, " redis=") + strlen(" redis="));
    *strchr(url, ' ') = '\0';
    assert_true(is_redis_up(url));
    send_signal(&scene, SIGTERM);
    for (int ends = 0; ends < 4; ends++) {
        next_line(&scene, line);
        assert_non_null(strstr(line, "redis=up"));
    }
    assert_int_equal(exit_code_of(scene.supervisor), 0);
    assert_false(is_redis_up(url));
    scene_close(&scene);
}

static void a_second_supervisor_over_one_directory_is_refused(void **state)
{
    struct scene scene;
    struct cast cast;

    (void)state;
    scene_open(&scene);
    write_config(&scene, 2, NULL);
    start(&scene, 2, &cast);
    assert_int_equal(exit_code_of(start_supervisor(&scene)), 1);
    stop(&scene);
    scene_close(&scene);
}

/* A queue, looked at from the test. */
struct view {
    struct loop *loop;
    struct queue *queue;
    bool has_answer;
    size_t claims;
};

static void view_open(struct view *view, const char *url)
{
    struct error err = {0};

    *view = (struct view){.loop = loop_new()};
    view->queue = queue_open(view->loop, &(struct queue_options){.url = url}, &err);
    assert_non_null(view->queue);
}

static void view_close(struct view *view)
{
    queue_close(view->queue);
    loop_free(view->loop);
}

static void await(struct view *view)
{
    assert_true(wait_for(view->loop, &view->has_answer));
    view->has_answer = false;
}

static void on_answer(struct view *view)
{
    view->has_answer = true;
    loop_stop(view->loop);
}

static void on_done(void *arg, const struct error *err)
{
    assert_null(err);
    on_answer(arg);
}

static void on_stored(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    (void)id, (void)err;
    assert_int_equal(result, QUEUE_STORED);
    on_answer(arg);
}

static void on_exchanged(void *arg, const struct exchange_result *result, const struct error *err)
{
    struct view *view = arg;

    assert_null(err);
    view->claims = result->claim_count;
    on_answer(view);
}

static void store_one(struct view *view)
{
    struct event event = {.account = "acme",
                          .source = "s",
                          .type = "t",
                          .order_key = "7",
                          .delivery_id = "d",
                          .headers = "{}",
                          .payload = "{}",
                          .payload_size = 2};

    ulid_new(event.id);
    queue_when_ready(view->queue, GUARD_MS, on_done, view);
    await(view);
    queue_enqueue(view->queue, &event, on_stored, view);
    await(view);
}

/* How many events worker gets. */
static size_t claim(struct view *view, const char *worker)
{
    queue_exchange(view->queue, &(struct exchange){.worker = worker, .want = 10}, on_exchanged, view);
    await(view);
    return view->claims;
}

static void what_a_dead_worker_held_is_given_back_at_once(void **state)
{
    struct redis_fixture *redis = redis_fixture_open(NULL);
    struct scene scene;
    struct cast cast;
    struct view view;
    char line[LINE_SIZE];

    (void)state;
    scene_open(&scene);
    write_config(&scene, 2, redis_fixture_url(redis));
    start(&scene, 2, &cast);
    view_open(&view, redis_fixture_url(redis));
    store_one(&view);
    assert_int_equal(claim(&view, id_in(cast.workers[0])), 1);
    assert_int_equal(claim(&view, "another"), 0);
    kill(pid_in(cast.workers[0]), SIGKILL);
    expect(&scene, "start worker", line); /* 100 ms later; the lease would hold its event for 30 s */
    assert_int_equal(claim(&view, "another"), 1);
    view_close(&view);
    stop(&scene);
    scene_close(&scene);
    redis_fixture_close(redis);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_is_started_and_told_what_they_need),
        cmocka_unit_test(the_receiver_stops_before_the_others),
        cmocka_unit_test(who_dies_is_started_again),
        cmocka_unit_test(a_worker_gets_another_id_with_every_start),
        cmocka_unit_test(a_second_signal_kills_who_does_not_leave),
        cmocka_unit_test(who_does_not_leave_in_time_is_killed),
        cmocka_unit_test(a_start_that_cannot_work_ends_everything),
        cmocka_unit_test(a_broken_configuration_starts_nothing),
        cmocka_unit_test(once_ready_a_child_that_cannot_start_is_tried_again),
        cmocka_unit_test(a_hangup_reaches_everybody_and_changes_the_number_of_workers),
        cmocka_unit_test(a_hangup_with_a_broken_configuration_changes_nothing),
        cmocka_unit_test(everybody_finds_the_private_redis_until_they_have_stopped),
        cmocka_unit_test(a_second_supervisor_over_one_directory_is_refused),
        cmocka_unit_test(what_a_dead_worker_held_is_given_back_at_once),
    };

    if (argc > 1)
        return play(argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
