/* Functions at parameters of extreme size. */
#ifndef FA_EXTREME_H
#define FA_EXTREME_H

#include "../table/table.h"

typedef enum {
    FA_EXTREME_NONE, /* the kernel takes every parameter */
    FA_EXTREME_ELU,
    FA_EXTREME_CELU,
    FA_EXTREME_SOFTPLUS,
    FA_EXTREME_SWISH,
} fa_extreme_function;

/* g times one result of the form, a value or a derivative, at x and the parameter p. */
double fa_extreme(fa_extreme_function function, fa_form form, double g, double x,
                  double p);

#endif
