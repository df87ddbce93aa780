/* From arrays to kernels: the only code that knows strides, overlap, blocks, streaming
 * and the floating-point environment.
 *
 * A job is walked in rows along its innermost axis. A row whose operands are contiguous
 * and of the kernel's precision goes to the kernel as it is; any other passes through
 * blocks of scratch, gathered and converted before, narrowed, streamed or scattered
 * after. So every layout and dtype runs through the same kernel, and to the same bits. */
#include <stdio.h>
#include <string.h>
#ifdef __unix__
#include <unistd.h>
#endif

#include "fastact.h"
#include "simd/control.h"

enum { BLOCK = 512, LINE_BYTES = 64 };

/* What is decided once for a job. */
typedef struct {
    const fa_op *op;
    const fa_target *target;
    fa_kernel *kernel[2]; /* [uniform] */
    int operands, first_parameter, last_parameter;
    size_t bytes; /* of an element of the kernel's precision */
    bool streaming;
    bool in_order; /* outputs overlap inputs: one element at a time */
} Plan;

/* ---- rows ---- */

/* A kernel on count elements. The last ones, fewer than it takes at once, go through
 * the same kernel in a padded copy, so a value does not depend on where it stands. */
static void run_kernel(const Plan *plan, bool uniform, void *const *operands,
                       ptrdiff_t count, bool streaming)
{
    fa_kernel *kernel = plan->kernel[uniform];
    ptrdiff_t width = plan->target->width, rest = count % width, whole = count - rest;
    if (whole) kernel(operands, whole, streaming);
    if (!rest) return;
    _Alignas(LINE_BYTES) char padded[FA_MAX_OPERANDS][FA_MAX_WIDTH * 8];
    void *at[FA_MAX_OPERANDS];
    size_t done = plan->bytes * (size_t)whole, bytes = plan->bytes * (size_t)rest;
    for (int k = 0; k < plan->operands; k++) {
        bool single = uniform && k >= plan->first_parameter && k < plan->last_parameter;
        at[k] = single ? operands[k] : padded[k];
        if (single || k >= plan->op->inputs) continue;
        memset(padded[k], 0, plan->bytes * (size_t)width);
        memcpy(padded[k], (char *)operands[k] + done, bytes);
    }
    kernel(at, width, false);
    for (int k = plan->op->inputs; k < plan->operands; k++)
        memcpy((char *)operands[k] + done, padded[k], bytes);
}

static void gather(char *to, const char *from, ptrdiff_t stride, size_t bytes,
                   ptrdiff_t count)
{
#define GATHER(type) \
    for (ptrdiff_t i = 0; i < count; i++, from += stride) { \
        type item; \
        memcpy(&item, from, sizeof item); \
        memcpy(to + i * (ptrdiff_t)sizeof item, &item, sizeof item); \
    }
    switch (bytes) {
    case 1: GATHER(uint8_t) break;
    case 2: GATHER(uint16_t) break;
    case 4: GATHER(uint32_t) break;
    default: GATHER(uint64_t)
    }
}

static void scatter(char *to, ptrdiff_t stride, const char *from, size_t bytes,
                    ptrdiff_t count)
{
#define SCATTER(type) \
    for (ptrdiff_t i = 0; i < count; i++, to += stride) \
        memcpy(to, from + i * (ptrdiff_t)sizeof(type), sizeof(type));
    switch (bytes) {
    case 2: SCATTER(uint16_t) break;
    case 4: SCATTER(uint32_t) break;
    default: SCATTER(uint64_t)
    }
}

/* The same with stores past the caches, which must be aligned to lines: the elements
 * before the first whole line, and outputs that do not agree on it, are stored as usual. */
static void run_streaming(const Plan *plan, bool uniform, char *const *data,
                          ptrdiff_t count)
{
    int out = plan->op->inputs;
    ptrdiff_t bytes = (ptrdiff_t)plan->bytes;
    uintptr_t over = (uintptr_t)data[out] % LINE_BYTES;
    bool aligned = over % (uintptr_t)bytes == 0;
    for (int k = out + 1; k < plan->operands; k++)
        aligned &= (uintptr_t)data[k] % LINE_BYTES == over;
    ptrdiff_t head = aligned && over ? (LINE_BYTES - (ptrdiff_t)over) / bytes : 0;
    if (head > count) head = count;
    if (head) run_kernel(plan, uniform, (void *const *)data, head, false);
    void *at[FA_MAX_OPERANDS];
    for (int k = 0; k < plan->operands; k++) {
        bool single = uniform && k >= plan->first_parameter && k < plan->last_parameter;
        at[k] = data[k] + (single ? 0 : head * bytes);
    }
    run_kernel(plan, uniform, at, count - head, aligned);
}

typedef struct {
    char wide[BLOCK * 8];  /* in the kernel's precision */
    char items[BLOCK * 8]; /* in the array's dtype, contiguous */
} Scratch;

/* The next count elements of an input, contiguous and of the kernel's precision. */
static void *fetch(const Plan *plan, int k, const char *from, ptrdiff_t stride,
                   ptrdiff_t count, Scratch *scratch)
{
    fa_dtype dtype = plan->op->dtype[k];
    size_t bytes = fa_item_bytes(dtype);
    fa_convert *widen = plan->target->widen[dtype];
    if (stride != (ptrdiff_t)bytes) {
        char *items = widen ? scratch->items : scratch->wide;
        gather(items, from, stride, bytes, count);
        from = items;
    }
    if (!widen) return (void *)from;
    widen(scratch->wide, from, count);
    return scratch->wide;
}

/* The reverse for an output whose values stand in scratch->wide. */
static void deliver(const Plan *plan, int k, char *to, ptrdiff_t stride,
                    ptrdiff_t count, Scratch *scratch)
{
    fa_dtype dtype = plan->op->dtype[k];
    size_t bytes = fa_item_bytes(dtype);
    fa_convert *narrow = plan->target->narrow[dtype];
    const char *values = scratch->wide;
    bool contiguous = stride == (ptrdiff_t)bytes;
    if (narrow && contiguous && !plan->streaming) {
        narrow(to, values, count);
        return;
    }
    if (narrow) {
        narrow(scratch->items, values, count);
        values = scratch->items;
    }
    if (!contiguous)
        scatter(to, stride, values, bytes, count);
    else if (plan->streaming)
        plan->target->stream(to, values, bytes * (size_t)count);
    else
        memcpy(to, values, bytes * (size_t)count);
}

/* One row of count elements. */
static void run_row(const Plan *plan, char *const *data, const ptrdiff_t *strides,
                    ptrdiff_t count)
{
    const fa_op *op = plan->op;
    bool uniform = true;
    for (int k = plan->first_parameter; k < plan->last_parameter; k++)
        uniform &= strides[k] == 0;

    enum { DIRECT, UNIFORM, BLOCKED } way[FA_MAX_OPERANDS];
    bool blocked = false;
    for (int k = 0; k < plan->operands; k++) {
        bool parameter = k >= plan->first_parameter && k < plan->last_parameter;
        bool native = op->dtype[k] == (op->precision ? FA_FLOAT64 : FA_FLOAT32);
        bool contiguous = strides[k] == (ptrdiff_t)plan->bytes || count == 1;
        if (parameter && uniform)
            way[k] = UNIFORM;
        else if (native && contiguous)
            way[k] = DIRECT;
        else
            way[k] = BLOCKED;
        blocked |= way[k] == BLOCKED || (way[k] == UNIFORM && !native);
    }
    if (!blocked) {
        if (plan->streaming)
            run_streaming(plan, uniform, data, count);
        else
            run_kernel(plan, uniform, (void *const *)data, count, false);
        return;
    }

    Scratch scratch[FA_MAX_OPERANDS];
    char *at[FA_MAX_OPERANDS];
    void *operands[FA_MAX_OPERANDS];
    for (int k = 0; k < plan->operands; k++) {
        at[k] = data[k];
        if (way[k] == UNIFORM) operands[k] = fetch(plan, k, at[k], 0, 1, &scratch[k]);
    }
    for (ptrdiff_t done = 0; done < count; done += BLOCK) {
        ptrdiff_t part = count - done < BLOCK ? count - done : BLOCK;
        for (int k = 0; k < plan->operands; k++) {
            if (way[k] == DIRECT)
                operands[k] = at[k];
            else if (k >= op->inputs)
                operands[k] = scratch[k].wide;
            else if (way[k] == BLOCKED)
                operands[k] = fetch(plan, k, at[k], strides[k], part, &scratch[k]);
        }
        run_kernel(plan, uniform, operands, part, false);
        for (int k = 0; k < plan->operands; k++) {
            if (k >= op->inputs && way[k] == BLOCKED)
                deliver(plan, k, at[k], strides[k], part, &scratch[k]);
            at[k] += part * strides[k];
        }
    }
}

/* ---- walks ---- */

/* Elements [from, to) of the job, in the order of its axes, the last one innermost. */
static void run_range(const Plan *plan, const fa_job *job, ptrdiff_t from, ptrdiff_t to)
{
    int inner = job->dims - 1;
    ptrdiff_t length = job->shape[inner], index[FA_MAX_DIMS], strides[FA_MAX_OPERANDS];
    char *row[FA_MAX_OPERANDS];
    ptrdiff_t rest = from;
    for (int d = inner; d >= 0; d--) {
        index[d] = rest % job->shape[d];
        rest /= job->shape[d];
    }
    for (int k = 0; k < plan->operands; k++) {
        row[k] = job->data[k];
        for (int d = 0; d <= inner; d++) row[k] += index[d] * job->strides[k][d];
        strides[k] = job->strides[k][inner];
    }
    while (from < to) {
        ptrdiff_t part = length - index[inner];
        if (part > to - from) part = to - from;
        if (plan->in_order) part = 1;
        run_row(plan, row, strides, part);
        from += part;
        index[inner] += part;
        for (int k = 0; k < plan->operands; k++) row[k] += part * strides[k];
        for (int d = inner; d > 0 && index[d] == job->shape[d]; d--) {
            index[d] = 0;
            index[d - 1]++;
            for (int k = 0; k < plan->operands; k++)
                row[k] += job->strides[k][d - 1] - job->shape[d] * job->strides[k][d];
        }
    }
}

/* Axes of length 1 go; neighbours that every operand walks as one are joined. */
static void coalesce(fa_job *job, int operands)
{
    int dims = 0;
    for (int d = 0; d < job->dims; d++) {
        if (job->shape[d] == 1) continue;
        bool joined = dims > 0;
        for (int k = 0; joined && k < operands; k++)
            joined = job->strides[k][dims - 1] == job->strides[k][d] * job->shape[d];
        int to = joined ? dims - 1 : dims++;
        job->shape[to] = joined ? job->shape[to] * job->shape[d] : job->shape[d];
        for (int k = 0; k < operands; k++) job->strides[k][to] = job->strides[k][d];
    }
    if (dims == 0) {
        job->shape[0] = 1;
        for (int k = 0; k < operands; k++) job->strides[k][0] = 0;
        dims = 1;
    }
    job->dims = dims;
}

static ptrdiff_t job_size(const fa_job *job)
{
    ptrdiff_t size = 1;
    for (int d = 0; d < job->dims; d++) size *= job->shape[d];
    return size;
}

/* ---- overlap ---- */

typedef struct {
    const char *low, *high;
} Extent;

static Extent extent(const fa_job *job, int k)
{
    Extent e = {job->data[k], job->data[k]};
    for (int d = 0; d < job->dims; d++) {
        ptrdiff_t reach = job->strides[k][d] * (job->shape[d] - 1);
        if (reach < 0)
            e.low += reach;
        else
            e.high += reach;
    }
    e.high += fa_item_bytes(job->op->dtype[k]);
    return e;
}

/* Whether operands share memory other than element by element. An output that visits
 * an address twice overlaps itself. */
static bool must_be_in_order(const fa_job *job, int operands)
{
    for (int out = job->op->inputs; out < operands; out++) {
        for (int d = 0; d < job->dims; d++)
            if (job->strides[out][d] == 0 && job->shape[d] > 1) return true;
        Extent mine = extent(job, out);
        for (int k = 0; k < operands; k++) {
            if (k == out) continue;
            Extent other = extent(job, k);
            if (mine.high <= other.low || other.high <= mine.low) continue;
            bool same = k < job->op->inputs && job->data[k] == job->data[out]
                && job->op->dtype[k] == job->op->dtype[out];
            for (int d = 0; same && d < job->dims; d++)
                same = job->strides[k][d] == job->strides[out][d];
            if (!same) return true;
        }
    }
    return false;
}

/* ---- streaming ---- */

/* The cache that the kernel names last for this CPU. Where it says nothing, the C library
 * is asked, which on virtual machines can answer ten times too much. */
static size_t find_last_cache(void)
{
    for (int index = 3; index >= 2; index--) {
        char path[64];
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/size",
                 index);
        FILE *file = fopen(path, "r");
        if (!file) continue;
        size_t size = 0;
        char unit = 0;
        int read = fscanf(file, "%zu%c", &size, &unit);
        fclose(file);
        if (read >= 1 && size > 0)
            return size << (unit == 'K' ? 10 : unit == 'M' ? 20 : 0);
    }
    long found = 0;
#ifdef _SC_LEVEL3_CACHE_SIZE
    found = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (found <= 0) found = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    return found > 0 ? (size_t)found : (size_t)8 << 20;
}

static size_t last_cache_bytes(void)
{
    static size_t bytes;
    size_t known = __atomic_load_n(&bytes, __ATOMIC_RELAXED);
    if (known == 0) {
        known = find_last_cache();
        __atomic_store_n(&bytes, known, __ATOMIC_RELAXED);
    }
    return known;
}

/* Stores go past the caches where all operands together cannot stay in the last one.
 * An output in place of an input is in the caches already. */
static bool worth_streaming(const fa_job *job, int operands, ptrdiff_t size)
{
    size_t bytes = 0;
    for (int k = 0; k < operands; k++) {
        bool output = k >= job->op->inputs;
        size_t item = fa_item_bytes(job->op->dtype[k]);
        if (output && job->strides[k][job->dims - 1] != (ptrdiff_t)item) return false;
        for (int other = 0; output && other < job->op->inputs; other++)
            if (job->data[other] == job->data[k]) return false;
        if (job->strides[k][job->dims - 1] != 0) bytes += item * (size_t)size;
    }
    return bytes > last_cache_bytes();
}

/* ---- the floating-point environment ---- */

/* Starts a stretch of kernels under the caller's control word, its flags cleared. */
static fa_control enter(fa_control callers)
{
    fa_control before = control_read();
    fa_control quiet = control_quiet(callers);
    if (quiet != before) control_write(quiet);
    return before;
}

/* Puts back the word from enter; returns what the stretch raised of overflow. */
static fa_control leave(fa_control before)
{
    fa_control now = control_read();
    if (now != before) control_write(before);
    return now & CONTROL_OVERFLOW;
}

/* ---- entry points ---- */

static Plan make_plan(const fa_op *op)
{
    const fa_target *target = fa_isas[fa_active_isa()].target[op->precision];
    const fa_activation *activation = &fa_activations[op->activation];
    fa_kernel *const *kernel = target->kernels[op->activation][op->form];
    return (Plan){
        .op = op,
        .target = target,
        .kernel = {kernel[0], kernel[1]},
        .operands = op->inputs + op->outputs,
        .first_parameter = op->inputs - activation->parameters,
        .last_parameter = op->inputs,
        .bytes = op->precision ? 8 : 4,
    };
}

/* Where member m of a team starts: equal shares, cut on lines of a contiguous output. */
static ptrdiff_t share_start(const fa_job *job, ptrdiff_t size, int member, int members)
{
    if (member == 0) return 0;
    if (member == members) return size;
    int out = job->op->inputs;
    ptrdiff_t item = (ptrdiff_t)fa_item_bytes(job->op->dtype[out]);
    ptrdiff_t start = (ptrdiff_t)((double)size * member / members);
    uintptr_t address = (uintptr_t)job->data[out] + (uintptr_t)(start * item);
    start -= (ptrdiff_t)(address % LINE_BYTES) / item;
    return start < 0 ? 0 : start;
}

static bool run_planned(const Plan *plan, const fa_job *job, ptrdiff_t size)
{
    double cost = fa_activations[plan->op->activation].cost;
    double ns = (double)size * cost * (plan->op->precision ? 3 : 1);
    int members = plan->in_order ? 1 : fa_borrow_team(ns);
    fa_control callers = control_read(), raised = 0;
    if (members == 1) {
        fa_control before = enter(callers);
        run_range(plan, job, 0, size);
        raised = leave(before);
    } else {
#ifdef _OPENMP
#pragma omp parallel for num_threads(members) schedule(static, 1) reduction(| : raised)
#endif
        for (int member = 0; member < members; member++) {
            fa_control before = enter(callers);
            run_range(plan, job, share_start(job, size, member, members),
                      share_start(job, size, member + 1, members));
            if (plan->streaming) plan->target->fence();
            raised |= leave(before);
        }
    }
    fa_return_team(members);
    if (plan->streaming) plan->target->fence();
    return raised != 0;
}

bool fa_run(fa_job *job)
{
    ptrdiff_t size = job_size(job);
    if (size == 0) return false;
    Plan plan = make_plan(job->op);
    coalesce(job, plan.operands);
    plan.in_order = must_be_in_order(job, plan.operands);
    plan.streaming = !plan.in_order && worth_streaming(job, plan.operands, size);
    return run_planned(&plan, job, size);
}

bool fa_run_small(const fa_op *op, void *const *operands, ptrdiff_t count)
{
    Plan plan = make_plan(op);
    fa_control before = enter(control_read());
    run_kernel(&plan, true, operands, count, false);
    return leave(before) != 0;
}

void fa_loop(char **args, const intptr_t *dimensions, const intptr_t *steps, void *data)
{
    const fa_op *op = data;
    fa_job job = {.op = op, .dims = 1};
    job.shape[0] = dimensions[0];
    for (int k = 0; k < op->inputs + op->outputs; k++) {
        job.data[k] = args[k];
        job.strides[k][0] = steps[k];
    }
    if (fa_run(&job)) control_write(control_read() | CONTROL_OVERFLOW);
}
