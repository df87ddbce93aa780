/* Plans are carried out: by a team, each member a range of every part. */
#include "execute.h"

#include "../simd/fenv.h"

/* Where a member of the team starts: equal shares, cut on lines of a contiguous output. */
static ptrdiff_t share_start(const fa_part *part, int member, int members)
{
    if (member == 0) return 0;
    if (member == members) return part->size;
    const fa_job *job = part->job;
    ptrdiff_t item = job->op->bytes[job->op->inputs];
    ptrdiff_t start = (ptrdiff_t)((double)part->size * member / members);
    uintptr_t address =
        (uintptr_t)job->data[job->op->inputs] + (uintptr_t)(start * item);
    start -= (ptrdiff_t)(address % FA_LINE_BYTES) / item;
    return start < 0 ? 0 : start;
}

static bool run_share(const fa_plan *plan, const fa_part *part, fa_run_range *run_range,
                      int member, int members, fa_control callers, const void *context)
{
    fa_control before = control_enter(callers);
    bool overflowed = run_range(plan, part, share_start(part, member, members),
                                share_start(part, member + 1, members), context);
    if (part->memory == FA_NONTEMPORAL) plan->target->fence();
    return control_leave(before) != 0 || overflowed;
}

bool fa_share(const fa_plan *plan, fa_run_range *run_range, int members,
              const void *context)
{
    fa_control callers = control_read();
    bool overflowed = false;
    for (int k = 0; k < plan->parts; k++) {
        const fa_part *part = &plan->part[k];
        if (members == 1) {
            overflowed |= run_share(plan, part, run_range, 0, 1, callers, context);
            continue;
        }
#ifdef _OPENMP
#pragma omp parallel for num_threads(members) schedule(static, 1) \
    reduction(| : overflowed)
#endif
        for (int member = 0; member < members; member++)
            overflowed |=
                run_share(plan, part, run_range, member, members, callers, context);
    }
    return overflowed;
}

static bool run_range(const fa_plan *plan, const fa_part *part, ptrdiff_t from,
                      ptrdiff_t to, const void *context)
{
    return (part->direct ? fa_run_rows : fa_run_blocks)(plan, part, from, to, context);
}

bool fa_execute(const fa_plan *plan, int members)
{
    return fa_share(plan, run_range, members, NULL);
}
