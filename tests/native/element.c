#include "element.h"

#include <math.h>
#include <string.h>

uint64_t element_at(fa_dtype dtype, const void *array, ptrdiff_t i)
{
    uint64_t bits = 0;
    size_t item = fa_item_bytes(dtype);
    memcpy(&bits, (const char *)array + i * (ptrdiff_t)item, item);
    return bits;
}

double element_value(fa_dtype dtype, uint64_t bits)
{
    union {
        uint64_t bits;
        float f;
        double d;
        int8_t b;
        int16_t h;
        int32_t i;
        int64_t l;
    } u = {bits};
    switch (dtype) {
    case FA_FLOAT32: return u.f;
    case FA_FLOAT64: return u.d;
    case FA_FLOAT16: {
        double sign = bits & 0x8000 ? -1 : 1;
        int exponent = (int)(bits >> 10 & 31), mantissa = (int)(bits & 0x3ff);
        if (exponent == 31) return mantissa ? NAN : sign * INFINITY;
        return sign
            * (exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24));
    }
    case FA_BFLOAT16: u.bits = bits << 16; return u.f;
    case FA_INT8: return u.b;
    case FA_INT16: return u.h;
    case FA_INT32: return u.i;
    case FA_INT64: return (double)u.l;
    default: return (double)bits;
    }
}

static uint64_t half_bits(double value)
{
    double size = fabs(value);
    uint64_t sign = signbit(value) ? 0x8000 : 0;
    if (!isfinite(value)) return sign | (isnan(value) ? 0x7e00 : 0x7c00);
    int exponent = size > 0 ? ilogb(size) : -99;
    if (exponent < -14) return sign;
    if (exponent > 15) return sign | 0x7bff;
    return sign | (uint64_t)(exponent + 15) << 10
        | ((uint64_t)ldexp(size, 10 - exponent) & 0x3ff);
}

uint64_t element_bits(fa_dtype dtype, double value)
{
    uint64_t bits = 0;
    float single = (float)value;
    if (dtype == FA_FLOAT64) {
        memcpy(&bits, &value, sizeof value);
    } else if (dtype == FA_FLOAT16) {
        bits = half_bits(value);
    } else {
        memcpy(&bits, &single, sizeof single);
        if (dtype == FA_BFLOAT16) bits >>= 16;
    }
    return bits;
}

bool elements_alike(fa_dtype dtype, uint64_t a, uint64_t b)
{
    return a == b || (isnan(element_value(dtype, a)) && isnan(element_value(dtype, b)));
}

uint64_t random_element(Source *source, fa_dtype dtype, int mode)
{
    static const double special[] = {
        0,  -0.0, 1,    -1,   0.5, 3,     -3,    6,    INFINITY, -INFINITY, NAN,
        90, -90,  -104, 1e-3, 17,  -745., 709.8, 1e30, -0.7518,  -1.2785,   -1.1926,
    };
    uint64_t random = next_random(source);
    if (dtype == FA_BOOL) random &= 1;
    bool spelt = dtype == FA_FLOAT32 || dtype == FA_FLOAT64 || dtype == FA_FLOAT16;
    if (mode == ANY_BITS || !spelt) return element_at(dtype, &random, 0);
    double unit = (double)(random >> 12) * 0x1p-52;
    if (mode == ORDINARY) return element_bits(dtype, (unit - 0.5) * 40);
    if (mode == SMALL)
        return element_bits(dtype, ldexp(unit - 0.5, (int)(random % 40) - 30));
    return element_bits(dtype, special[random % (sizeof special / sizeof *special)]);
}

Format format_of(fa_dtype dtype)
{
    switch (dtype) {
    case FA_FLOAT64: return (Format){53, -1022, 0x1.fffffffffffffp1023};
    case FA_FLOAT16: return (Format){11, -14, 65504};
    case FA_BFLOAT16: return (Format){8, -126, 0x1.fep127};
    default: return (Format){24, -126, 0x1.fffffep127};
    }
}

long double ulp_of(fa_dtype dtype, long double value)
{
    Format format = format_of(dtype);
    int exponent =
        value == 0 || !isfinite(value) ? format.least_exponent : ilogbl(value);
    if (exponent < format.least_exponent) exponent = format.least_exponent;
    return ldexpl(1, exponent - format.mantissa + 1);
}

bool close_enough(fa_dtype dtype, double got, long double want, long double allowed)
{
    if (isnan(want) || isnan(got)) return isnan(want) && isnan(got);
    if (got == want) return true;
    double most = format_of(dtype).most;
    if (isinf(got)) /* rounded past the largest? */
        return signbit(got) == signbit(want) && fabsl(want) > most - allowed;
    if (isinf(want)) return fabs(got) >= most * (1 - 0x1p-50);
    return fabsl(got - want) <= allowed;
}
