/* Reduction of huge arguments by pi. */
#ifndef FA_REDUCTION_H
#define FA_REDUCTION_H

/* r = a b + (offset - n) pi as a sum of two doubles, |r| <= pi/2, n an integer, for an offset of
 * 0, 1/4, 1/2 or 3/4; NaN where a or b is infinite. */
typedef struct {
    double hi, lo;
} fa_reduced;
fa_reduced fa_reduce(double a, double b, double offset) __attribute__((const));

#endif
