/* Roots that parameters make: what the loops of a target share.
 *
 * A kernel is right relative to the terms that it adds. Beside a root of their sum that is
 * not enough: such elements are found by their results, which are small beside the terms,
 * and computed again. */
#ifndef FA_ROOTS_H
#define FA_ROOTS_H

#include "segments.h"

/* Elements of a row, copied, as an output may be an input. A vector from the last one on can
 * be read, too. */
enum { CHUNK = 512 - 512 % V_WIDTH };
typedef struct {
    T g[CHUNK + V_WIDTH], x[CHUNK + V_WIDTH], p[FA_MAX_PARAMETERS][CHUNK + V_WIDTH];
} Elements;

/* Whether any parameters of a row, one of each or so many, make such a root. */
#define any_roots PASTE(FA_SYMBOL, _any_roots)
bool any_roots(int activation, fa_form form, const T *const *p, const bool *broadcast,
               ptrdiff_t length);

/* Corrects those of so many values, or derivatives, or g times these, that are near a root. No
 * parameters are of extreme size. */
#define mend_near_roots PASTE(FA_SYMBOL, _mend_near_roots)
void mend_near_roots(int activation, bool derivative, bool times_g, const Elements *e,
                     ptrdiff_t count, T *y);

#endif
