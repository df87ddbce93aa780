/* What a function along an axis comes to, in long double, and how far off it may be. */
#ifndef AXIS_REFERENCE_H
#define AXIS_REFERENCE_H

#include "fastact.h"

/* The functions, in the order of the table. */
enum {
#define AXIS(name, ...) AXIS_##name,
#define AXIS_IN_ROUNDS(name, ...) AXIS_##name,
#include "table/axis.def"
#undef AXIS
};

/* sparsemax, entmax15 and their gradients */
bool is_sparse(int function);

/* A row of x, or of g and y, with what all of its elements share. */
typedef struct {
    int function, precision;
    const double *a, *b;
    ptrdiff_t length;
    bool moderate; /* y can be an output, no sum of finite elements overflows */
    bool proper; /* it has a highest element, and that is finite */
    long double highest, others; /* what the rest adds to 1, its own share */
    long double threshold; /* of sparse functions, below the highest */
    long double sum, terms; /* of the gradient, or their mean; of the terms' sizes */
} Row;
Row row_of(int function, int precision, const double *a, const double *b,
           ptrdiff_t length);

typedef struct {
    long double value,
        error; /* exact but for 2^-60; the error allowed in the precision */
    bool known; /* whether a bound is promised */
} Exact;
Exact exact_element(const Row *row, ptrdiff_t i);

#endif
