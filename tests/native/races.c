/* Calls on many threads at once, under ThreadSanitizer: races SECONDS.
 *
 * Eight threads run activations and functions along an axis on arrays of their own and read
 * one that they share, in teams, while each now and then changes the instruction set, the
 * limits and forks. Results are compared with those computed alone. "races planted-in-team" and "races
 * planted-in-callers" race on purpose: the sanitizer must see it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "axis_reference.h"
#include "fastact.h"

enum { THREADS = 8, COUNT = 3000, ROWS = 20, LENGTH = COUNT / ROWS };
typedef enum { SILU, AFFINE, SOFTMAX, SOFTMAX_OF_COLUMNS, SPARSEMAX, KINDS } Kind;

static float shared[COUNT], want[KINDS][2][COUNT]; /* [kind of job][instruction set] */
static int isas[2];
static time_t end;
static atomic_long calls, forks;
static atomic_bool wrong;

static int activation_named(const char *name)
{
    int k = 0;
    while (strcmp(fa_activations[k].name, name)) k++;
    return k;
}

static void silu(const float *x, float *y, ptrdiff_t step, bool affine)
{
    static float coefficients[] = {0.5f, 1}; /* scale and shift */
    fa_op op = fa_make_op(activation_named("silu"), FA_VALUE, FA_FLOAT32, FA_FLOAT32);
    if (affine) op = fa_with_affine_map(&op);
    fa_job job = {.op = &op, .dims = 1, .shape = {COUNT / step}};
    int out = op.inputs;
    job.data[0] = (char *)x;
    for (int k = 1; k < out; k++) job.data[k] = (char *)&coefficients[k - 1];
    job.data[out] = (char *)y;
    job.strides[0][0] = job.strides[out][0] = step * (ptrdiff_t)sizeof *x;
    fa_run(&job);
}

/* Of rows, or of columns, which pass through scratch. */
static void along_axis(int function, const float *x, float *y, bool columns)
{
    fa_axis_op op = fa_make_axis_op(function, FA_FLOAT32, FA_FLOAT32);
    ptrdiff_t item = sizeof *x;
    fa_axis_job job = {
        .op = &op, .dims = 2, .axis = 1, .shape = {ROWS, LENGTH}, .factor = 1};
    for (int k = 0; k < 2; k++) {
        job.data[k] = k ? (char *)y : (char *)x;
        job.strides[k][0] = columns ? item : LENGTH * item;
        job.strides[k][1] = columns ? ROWS * item : item;
    }
    fa_run_axis(&job);
}

static bool is_elementwise(Kind kind) { return kind == SILU || kind == AFFINE; }

static void run(Kind kind, float *y, ptrdiff_t step)
{
    if (is_elementwise(kind))
        silu(shared, y, step, kind == AFFINE);
    else
        along_axis(kind == SPARSEMAX ? AXIS_sparsemax : AXIS_softmax, shared, y,
                   kind == SOFTMAX_OF_COLUMNS);
}

static bool either(Kind kind, const float *y, ptrdiff_t step)
{
    for (ptrdiff_t i = 0; i < COUNT / step * step; i += step)
        if (y[i] != want[kind][0][i] && y[i] != want[kind][1][i]) return false;
    return true;
}

static void *caller(void *number)
{
    static _Thread_local float y[COUNT];
    unsigned random = (unsigned)(intptr_t)number * 2654435761u + 1;
    while (time(NULL) < end && !wrong) {
        random = random * 1664525u + 1013904223u;
        unsigned choice = random >> 24;
        if (choice < 20) fa_use_isa(isas[choice & 1]);
        if (choice >= 20 && choice < 40) fa_set_threads(1 + (int)(choice & 3));
        if (choice >= 40 && choice < 60) fa_swap_local_threads((int)(choice & 3));
        Kind kind = (Kind)((random >> 16 & 255) % KINDS);
        ptrdiff_t step = is_elementwise(kind) && !(choice & 64) ? 2 : 1;
        run(kind, y, step);
        if (!either(kind, y, step)) wrong = true;
        calls++;
    }
    return NULL;
}

/* Forks from the one thread that may: a child of a threaded process under the sanitizer
 * can do no more than call and leave. */
static void fork_now_and_then(void)
{
    static float y[COUNT];
    while (time(NULL) < end && !wrong) {
        pid_t child = fork();
        if (child == 0) {
            run(SOFTMAX, y, 1);
            _exit(!either(SOFTMAX, y, 1));
        }
        int status;
        if (child < 0 || waitpid(child, &status, 0) != child || status) wrong = true;
        forks++;
        usleep(100000);
    }
}

static void *race(void *y)
{
    /* Often, as one call after the other is no race. */
    for (int k = 0; k < 1000; k++) silu(shared, y, 1, false);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "10";
    for (int i = 0; i < COUNT; i++) shared[i] = (float)i / 300 - 5;
    isas[1] = fa_isa_count - 1;
    for (isas[0] = 0; !fa_isa_available(isas[0]);) isas[0]++;
    fa_set_threads(1);
    for (int k = 0; k < 2; k++) {
        fa_use_isa(isas[k]);
        for (int kind = 0; kind < KINDS; kind++) run((Kind)kind, want[kind][k], 1);
    }
    fa_set_threads(3);

    if (strcmp(what, "planted-in-team") == 0) {
        int sum = 0;
#pragma omp parallel for num_threads(3) schedule(static, 1)
        for (int k = 0; k < 300; k++) sum += k;
        return sum < 0;
    }
    if (strcmp(what, "planted-in-callers") == 0) {
        pthread_t threads[2];
        for (int k = 0; k < 2; k++) pthread_create(&threads[k], NULL, race, want[0][1]);
        for (int k = 0; k < 2; k++) pthread_join(threads[k], NULL);
        return 0;
    }
    end = time(NULL) + atoi(what);
    pthread_t threads[THREADS];
    for (intptr_t k = 0; k < THREADS; k++)
        pthread_create(&threads[k], NULL, caller, (void *)k);
    fork_now_and_then();
    for (int k = 0; k < THREADS; k++) pthread_join(threads[k], NULL);
    printf("%ld calls, %ld forks, %s\n", (long)calls, (long)forks,
           wrong ? "WRONG" : "all right");
    return wrong;
}
