/* Elements near roots that their parameters make. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../math/extreme.h"
#if PRECISION == 64
#include "../math/near_roots.h"
#endif
#include "roots.h"

/* ---- which parameters make roots ---- */

INLINE M differ_in_sign(V a, V b)
{
    V zero = v_set(0);
    M first = v_and(v_lt(a, zero), v_lt(zero, b));
    return v_or(first, v_and(v_lt(b, zero), v_lt(zero, a)));
}
/* Whether a is 4 times b, and that is not 0. They may be of any size. */
INLINE M outweighs(V a, V b)
{
    V size = v_abs(b);
    return v_and(v_lt(v_set(0), size), v_lt(size, v_mul(v_set(0.25), v_abs(a))));
}

/* x (p1 s(z) + p2 s(-z)) has a root where the slopes have opposite signs, its derivative also
 * where one is 11 times the other, and is small beside the terms where it is 4 times. A slope of
 * 0 makes no root but that of silu', which kernels know. The slopes of aptx are in proportion
 * alpha + 1 to alpha - 1.
 *
 * x + sin(z)^2/beta has a root beside 0 where |alpha/beta| > 1.38, its derivative
 * 1 + alpha/beta sin(2z) where that is more than 1. */
INLINE M roots_of(int activation, bool derivative, const V *p)
{
    if (activation == FA_ROW_snake_beta) {
        V most = v_mul(v_set(derivative ? 1 : (T)0.75), v_abs(p[0]));
        return v_lt(v_abs(p[1]), most);
    }
    V first = p[0], second = p[1];
    if (activation == FA_ROW_aptx)
        first = v_add(p[0], v_set(1)), second = v_sub(p[0], v_set(1));
    M roots = differ_in_sign(first, second);
    if (!derivative) return roots;
    return v_or(roots, v_or(outweighs(first, second), outweighs(second, first)));
}

bool any_roots(int activation, fa_form form, const T *const *p, const bool *broadcast,
               ptrdiff_t length)
{
    bool two = form == FA_VALUE_AND_GRAD;
    if (!two && form != FA_VALUE && form != FA_GRAD && form != FA_BACKWARD)
        return false;
    V one = v_set(1), at[FA_MAX_PARAMETERS] = {one, one, one, one};
    for (ptrdiff_t i = 0; i < length; i += V_WIDTH) {
        for (int k = 0; k < fa_activations[activation].parameters; k++)
            at[k] =
                broadcast[k] ? v_set(*p[k]) : v_load_part(p[k] + i, length - i, one);
        M roots = roots_of(activation, form != FA_VALUE, at);
        if (two) roots = v_or(roots, roots_of(activation, false, at));
        if (v_any(roots)) return true;
    }
    return false;
}

/* ---- which elements are near one ---- */

/* How many times a result is to be smaller than its terms, where a kernel leaves too few bits:
 * those of float32 compute in float64, those of float64 in pairs, to 2^-54 to 2^-65 of the
 * terms. */
#define OF_BLEND C(0x1p18, 3.0)
#define OF_BLEND_DERIVATIVE C(0x1p18, 2.0)
#define OF_SNAKE C(0x1p18, 14.0)
#define OF_SNAKE_DERIVATIVE C(0x1p18, 0x1p9)
/* Of a derivative in float32 all terms count, which are as large as the larger slope where z
 * is moderate. */
#define OF_ALL_TERMS C(0x1p24, 1.0)
#define MODERATE_ARGUMENT 30

/* A quarter of log2|a|, nearly: as exponent and significand stand in a number, but for a
 * constant. Sums of three are compared as numbers, and cannot overflow. */
INLINE I quarter_log(V a) { return v_shift_right(v_bits(v_abs(a)), 2); }
INLINE V product_log(V a, V b, V c)
{
    return v_from_bits(
        v_int_add(quarter_log(a), v_int_add(quarter_log(b), quarter_log(c))));
}
/* Whether a times b is less than c times d, nearly */
INLINE M product_is_less(V a, V b, V c, V d)
{
    V one = v_set(1);
    return v_lt(product_log(a, b, one), product_log(c, d, one));
}

/* At a root the slope that z leads to is as large as the rest. */
INLINE M is_small_blend(bool derivative, V factor, V x, V p1, V p2, V steepness, V y)
{
    V first = v_abs(p1), second = v_abs(p2);
    if (!derivative)
        return product_is_less(y, v_set(OF_BLEND), factor, v_min(first, second));
    M negative = v_lt(v_mul(v_copysign(v_set(1), x), steepness), v_set(0));
    V slope = v_select(negative, second, first), one = v_set(1);
    M small = product_is_less(y, v_set(OF_BLEND_DERIVATIVE), factor, slope);
    if (PRECISION == 64) return small;
    M moderate = product_is_less(x, steepness, v_set(MODERATE_ARGUMENT), one);
    M less = product_is_less(y, v_set(OF_ALL_TERMS), factor, v_max(first, second));
    return v_or(small, v_and(moderate, less));
}

/* The derivative is a sum of 1 - |alpha/beta| and a square. */
INLINE M is_small_snake(bool derivative, V factor, V alpha, V beta, V y)
{
    V one = v_set(1);
    if (!derivative) return product_is_less(y, v_set(OF_SNAKE), factor, one);
    V excess = v_sub(v_abs(alpha), v_abs(beta)), times = v_set(OF_SNAKE_DERIVATIVE);
    return v_lt(product_log(y, times, beta), product_log(factor, excess, one));
}

/* Whether results y are small beside their terms, of which x, g or 1 is a factor */
INLINE M is_small(int activation, bool derivative, V factor, V x, const V *p, V y)
{
    V one = v_set(1);
    switch (activation) {
    case FA_ROW_acon_c:
        return is_small_blend(derivative, factor, x, p[0], p[1],
                              v_mul(p[2], v_sub(p[0], p[1])), y);
    case FA_ROW_aptx:
        return is_small_blend(derivative, factor, x, v_mul(p[2], v_add(p[0], one)),
                              v_mul(p[2], v_sub(p[0], one)), v_add(p[1], p[1]), y);
    default: return is_small_snake(derivative, factor, p[0], p[1], y);
    }
}

/* ---- their results ---- */

static COLD T exact_result(int activation, bool derivative, const Elements *e,
                           bool times_g, ptrdiff_t i)
{
    double p[FA_MAX_PARAMETERS];
    for (int k = 0; k < fa_activations[activation].parameters; k++) p[k] = e->p[k][i];
    fa_form form = derivative ? FA_GRAD : FA_VALUE;
    return (T)fa_extreme(activation, form, times_g ? e->g[i] : 1, e->x[i], p);
}

/* Results in the lanes of `near`, which are then those that have yet to be computed. */
#if PRECISION == 64
static NearRoot near_root(int activation, bool derivative, V x, const V *p)
{
    switch (activation) {
    case FA_ROW_acon_c: return blend_near_root(derivative, x, acon_slopes(x, p));
    case FA_ROW_aptx: return blend_near_root(derivative, x, aptx_slopes(x, p));
    default: return snake_beta_near_root(derivative, x, p[0], p[1]);
    }
}
static V mend_vector(int activation, bool derivative, V factor, V x, const V *p, V y,
                     M *near)
{
    V one = v_set(1), size = v_abs(factor), most = v_set(0x1p400);
    M within = v_and(v_le(v_set(0x1p-400), size), v_le(v_max(size, v_abs(x)), most));
    within = v_and(*near, within);
    NearRoot f = near_root(activation, derivative, v_select(within, x, one), p);
    V g = derivative ? v_select(within, factor, one) : one;
    y = v_select(within, v_fma(g, f.y.hi, v_mul(g, f.y.lo)), y);
    V left = v_select(within, v_select(f.inexact, one, v_set(0)), one);
    *near = v_and(*near, v_lt(v_set(0), left));
    return y;
}
#else
INLINE V mend_vector(int activation, bool derivative, V factor, V x, const V *p, V y,
                     M *near)
{
    (void)activation, (void)derivative, (void)factor, (void)x, (void)p, (void)near;
    return y;
}
#endif

INLINE void mend_all(int activation, bool derivative, bool times_g, const Elements *e,
                     ptrdiff_t count, T *y)
{
    int parameters = activation == FA_ROW_snake_beta ? 2 : 3;
    V far = v_set(INFINITY);
    T which[V_WIDTH] ALIGNED;
    for (ptrdiff_t i = 0; i < count; i += V_WIDTH) {
        ptrdiff_t some = count - i < V_WIDTH ? count - i : V_WIDTH;
        V result = some == V_WIDTH ? v_load(y + i) : v_load_part(y + i, some, far);
        V x = v_load(e->x + i), factor = derivative ? v_set(1) : x, p[3] = {x, x, x};
        if (times_g) factor = v_load(e->g + i);
        for (int k = 0; k < parameters; k++) p[k] = v_load(e->p[k] + i);
        M near = is_small(activation, derivative, factor, x, p, result);
        if (!v_any(near)) continue;
        near = v_and(near, roots_of(activation, derivative, p));
        if (!v_any(near)) continue;
        result = mend_vector(activation, derivative, factor, x, p, result, &near);
        v_store_part(y + i, some, result);
        if (!v_any(near)) continue;
        v_store(which, v_select(near, v_set(1), v_set(0)));
        for (ptrdiff_t j = 0; j < some; j++)
            if (which[j] != 0)
                y[i + j] = exact_result(activation, derivative, e, times_g, i + j);
    }
}

void mend_near_roots(int activation, bool derivative, bool times_g, const Elements *e,
                     ptrdiff_t count, T *y)
{
#define MEND(activation) \
    if (derivative) \
        mend_all(activation, true, times_g, e, count, y); \
    else \
        mend_all(activation, false, false, e, count, y); \
    return
    switch (activation) {
    case FA_ROW_acon_c: MEND(FA_ROW_acon_c);
    case FA_ROW_aptx: MEND(FA_ROW_aptx);
    default: MEND(FA_ROW_snake_beta);
    }
#undef MEND
}

#endif
