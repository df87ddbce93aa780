/* What is decided for a job along an axis, once, before anything is executed. */
#ifndef FA_AXIS_PLAN_H
#define FA_AXIS_PLAN_H

#include "../simd/fenv.h"
#include "format.h"
#include "job.h"

enum {
    FA_SCRATCH_BYTES = 1 << 16, /* of one operand */
    FA_MAX_ROW_PARTS = 64, /* of a long row */
};

/* How an operand lies in memory. */
typedef struct {
    fa_format format;
    bool in_rows; /* the kernel can take a row where it lies */
    bool transposable; /* ... but for columns to be made rows */
    bool in_columns; /* neighbouring columns are neighbours in memory ... */
    bool columns_in_place; /* ... and the kernel can take them where they lie */
} fa_axis_operand;

typedef struct {
    const fa_axis_target *axis;
    const fa_axis_kernel *kernel;
    fa_column_kernel *column_kernel; /* or NULL */
    int operands; /* the last is the result */
    fa_job rows; /* the other axes, sorted and joined */
    ptrdiff_t count; /* of rows */
    ptrdiff_t length; /* of a row */
    ptrdiff_t stride[FA_AXIS_OPERANDS]; /* bytes along it */
    ptrdiff_t bytes; /* of an element of the kernel's precision */
    ptrdiff_t part; /* elements of a row that are summed by themselves ... */
    int parts; /* ... and how many such parts it has */
    const void
        *factor; /* of the first operand, in the kernel's precision; NULL for 1 */
    float single_factor;
    double double_factor;
    fa_affine_map *affine_map;
    bool whole; /* the result is as long as the row */
    bool columns; /* neighbours in memory belong to different rows */
    bool direct; /* rows go to the kernel where they lie ... */
    bool transposed; /* ... or as columns by panels ... */
    bool strided_columns; /* ... or columns do; else all through scratch, */
    ptrdiff_t panel; /* so many columns at a time, unless it is 0 ... */
    bool panel_result_in_place; /* ... but for the result */
    fa_memory memory;
    int members; /* of the team, which fa_end_axis_plan gives back */
    bool members_share_rows; /* else each has rows of its own */
    ptrdiff_t unit; /* rows whose results share a line go to one member */
    void (*stream)(void *to, const void *from, size_t bytes);
    void (*fence)(void);
    fa_control callers; /* control word, for every thread */
    fa_axis_operand operand[FA_AXIS_OPERANDS];
} fa_axis_plan;

void fa_make_axis_plan(fa_axis_plan *plan, const fa_axis_job *job);
void fa_end_axis_plan(const fa_axis_plan *plan);

#endif
