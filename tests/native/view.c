#define _GNU_SOURCE
#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    MARGIN = 256, /* bytes around a view that are watched */
    FILL = 0xa5,
};

char *arena(int number)
{
    static char *arenas[ARENAS];
    if (arenas[number]) return arenas[number];
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *all = mmap(NULL, ARENA_BYTES + 2 * page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED || mprotect(all, page, PROT_NONE)
        || mprotect(all + page + ARENA_BYTES, page, PROT_NONE)) {
        perror("arena");
        exit(2);
    }
    return arenas[number] = all + page;
}

ptrdiff_t view_count(const View *view)
{
    ptrdiff_t count = 1;
    for (int d = 0; d < view->dims; d++) count *= view->shape[d];
    return count;
}

/* Strides of a view into an array whose axes were turned and stepped over. */
static void choose_strides(View *view, Source *source, int liberties)
{
    static const int steps[] = {1, 1, 1, 1, 2, 3, -1, -2};
    ptrdiff_t item = fa_item_bytes(view->dtype), stride = item;
    ptrdiff_t room = ARENA_BYTES / 2 / item / (view_count(view) + 1);
    bool plain = one_in(source, 2);
    bool constant = liberties & CONSTANT && below(source, 2);
    int axes[MOST_DIMS] = {0, 1, 2, 3};
    for (int d = view->dims - 1; d > 0 && !plain; d--) {
        int other = below(source, d + 1), kept = axes[d];
        axes[d] = axes[other];
        axes[other] = kept;
    }
    view->low = 0;
    view->high = item;
    for (int a = view->dims - 1; a >= 0; a--) {
        int d = axes[a], step = plain ? 1 : steps[below(source, 8)];
        if (abs(step) > room) step = 1;
        room /= abs(step);
        view->strides[d] = stride * step;
        stride *= view->shape[d] * abs(step);
        if (constant || (liberties & REPEATED && !plain && one_in(source, 8)))
            view->strides[d] = 0;
        if (view->shape[d] == 0) continue;
        ptrdiff_t reach = view->strides[d] * (view->shape[d] - 1);
        *(reach < 0 ? &view->low : &view->high) += reach;
    }
}

void lay_view(View *view, Source *source, char *arena, int liberties)
{
    choose_strides(view, source, liberties);
    ptrdiff_t item = fa_item_bytes(view->dtype);
    ptrdiff_t slack = below(source, 2) ? 0 : below(source, 40) * item;
    if (liberties & ODD) {
        if (one_in(source, 8)) slack += below(source, 8);
        view->swapped = item > 1 && one_in(source, 8);
    }
    view->arena = arena;
    view->data = below(source, 2) ? arena + ARENA_BYTES - view->high - slack
                                  : arena - view->low + slack;
}

static char *address(const View *view, ptrdiff_t i)
{
    char *at = view->data;
    for (int d = view->dims - 1; d >= 0; d--) {
        at += i % view->shape[d] * view->strides[d];
        i /= view->shape[d];
    }
    return at;
}

static uint64_t turned(const View *view, uint64_t bits)
{
    int unused = 64 - 8 * fa_item_bytes(view->dtype);
    return view->swapped ? __builtin_bswap64(bits) >> unused : bits;
}

uint64_t view_get(const View *view, ptrdiff_t i)
{
    uint64_t bits = 0;
    memcpy(&bits, address(view, i), fa_item_bytes(view->dtype));
    return turned(view, bits);
}

void view_put(const View *view, ptrdiff_t i, uint64_t bits)
{
    bits = turned(view, bits);
    memcpy(address(view, i), &bits, fa_item_bytes(view->dtype));
}

bool views_share(const View *a, const View *b)
{
    ptrdiff_t a_bytes = fa_item_bytes(a->dtype), b_bytes = fa_item_bytes(b->dtype);
    for (ptrdiff_t i = 0; i < view_count(a); i++)
        for (ptrdiff_t j = 0; j < view_count(b); j++) {
            ptrdiff_t beyond = address(b, j) - address(a, i);
            if (-b_bytes < beyond && beyond < a_bytes) return true;
        }
    return false;
}

void view_copy(const View *view, void *to)
{
    size_t item = fa_item_bytes(view->dtype);
    ptrdiff_t count = view_count(view);
    for (ptrdiff_t i = 0; i < count; i++) {
        uint64_t bits = view_get(view, i);
        memcpy((char *)to + i * (ptrdiff_t)item, &bits, item);
    }
}

/* The view and the margins, as far as they lie in the arena. */
typedef struct {
    char *low, *high;
} Stretch;
static Stretch watched(const View *view)
{
    Stretch all = {view->data + view->low - MARGIN, view->data + view->high + MARGIN};
    char *end = view->arena + ARENA_BYTES;
    if (all.low < view->arena) all.low = view->arena;
    if (all.high > end) all.high = end;
    return all;
}

void set_canaries(const View *view)
{
    Stretch all = watched(view);
    memset(all.low, FILL, (size_t)(all.high - all.low));
}

bool canaries_live(const View *view)
{
    ptrdiff_t count = view_count(view);
    for (ptrdiff_t i = 0; i < count; i++)
        memset(address(view, i), FILL, fa_item_bytes(view->dtype));
    Stretch all = watched(view);
    for (char *at = all.low; at < all.high; at++)
        if ((uint8_t)*at != FILL) return false;
    return true;
}
