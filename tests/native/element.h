/* Elements of any dtype: their bits, in the lowest bytes of a word, and their values. */
#ifndef ELEMENT_H
#define ELEMENT_H

#include "fastact.h"
#include "source.h"

uint64_t element_at(fa_dtype dtype, const void *array, ptrdiff_t i);
double element_value(fa_dtype dtype, uint64_t bits);
/* Exact for the values used here: float32 and float64, and halves that are representable
 * anyway; others are truncated. */
uint64_t element_bits(fa_dtype dtype, double value);
/* A NaN is like any other. */
bool elements_alike(fa_dtype dtype, uint64_t a, uint64_t b);

/* Values of x or g: any bits, of an ordinary size, small, or special ones. */
enum { ANY_BITS, ORDINARY, SMALL, SPECIAL, ELEMENT_MODES };
uint64_t random_element(Source *source, fa_dtype dtype, int mode);

typedef struct {
    int mantissa, least_exponent; /* significant bits; exponent of the least normal */
    double most;
} Format;
Format format_of(fa_dtype dtype);

/* The unit in the last place of a value as it would be in the dtype. */
long double ulp_of(fa_dtype dtype, long double value);

/* Whether got is want but for the error allowed, and an infinity where that rounds so. */
bool close_enough(fa_dtype dtype, double got, long double want, long double allowed);

#endif
