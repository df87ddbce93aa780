/* One row whose stores go past the caches: the elements before the first whole line of the
 * output are stored as usual. */
#ifndef FA_PEEL_H
#define FA_PEEL_H

#include "plan.h"

static inline bool fa_run_peeled(const fa_plan *plan, const fa_rows *row,
                                 ptrdiff_t length)
{
    int first_output = plan->kernel_inputs;
    uintptr_t over = (uintptr_t)row->at[first_output] % FA_LINE_BYTES;
    ptrdiff_t head = over ? (FA_LINE_BYTES - (ptrdiff_t)over) / plan->bytes : 0;
    bool agree = over % (uintptr_t)plan->bytes == 0;
    for (int k = first_output + 1; k < plan->kernel_operands; k++)
        agree &= (uintptr_t)row->at[k] % FA_LINE_BYTES == over;
    if (!agree) return plan->kernel(row, 1, length, FA_CACHED);
    if (head > length) head = length;
    bool overflowed = head && plan->kernel(row, 1, head, FA_CACHED);
    if (head == length) return overflowed;
    fa_rows rest = {.map = NULL};
    fa_map map;
    if (row->map) {
        map = (fa_map){fa_skip(row->map->scale, head * plan->bytes),
                       fa_skip(row->map->shift, head * plan->bytes)};
        rest.map = &map;
    }
    for (int k = 0; k < plan->kernel_operands; k++) {
        rest.broadcast[k] = row->broadcast[k];
        rest.at[k] = (char *)row->at[k] + (row->broadcast[k] ? 0 : head * plan->bytes);
    }
    return plan->kernel(&rest, 1, length - head, FA_NONTEMPORAL) || overflowed;
}

#endif
