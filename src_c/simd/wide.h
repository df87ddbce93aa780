/* The wide vector of float32 kernels: W, the lanes of a V in float64.
 *
 * A float64 has 29 bits more than the result needs and eight times its range of
 * exponents: what is computed so takes no second word, no scale and no special case. */
#ifndef FA_WIDE_H
#define FA_WIDE_H

#if PRECISION == 32
#define HAS_WIDE 1
/* Than polynomials on pieces: with tables of 8 entries a derivative takes .5 to .85 of their
 * time (Zen 3, AVX2), with 16 it does not. */
#define WIDE_IS_FASTER (V_TABLE == 8)
#define W_REGISTERS (V_UNROLL * D_PER_N)

typedef struct { D at[W_REGISTERS]; } W;

/* Written out, as those of V. */
#if W_REGISTERS == 1
#define W_EACH(apply, op) {{apply(op, 0)}}
#elif W_REGISTERS == 2
#define W_EACH(apply, op) {{apply(op, 0), apply(op, 1)}}
#elif W_REGISTERS == 4
#define W_EACH(apply, op) {{apply(op, 0), apply(op, 1), apply(op, 2), apply(op, 3)}}
#elif W_REGISTERS == 6
#define W_EACH(apply, op) \
    {{apply(op, 0), apply(op, 1), apply(op, 2), apply(op, 3), apply(op, 4), apply(op, 5)}}
#endif
#define W_APPLY_SAME(op, k) d_##op(a)
#define W_APPLY1(op, k) d_##op(a.at[k])
#define W_APPLY2(op, k) d_##op(a.at[k], b.at[k])
#define W_APPLY3(op, k) d_##op(a.at[k], b.at[k], c.at[k])
#define W_APPLY_SELECT(op, k) \
    d_##op(m.at[(k) / D_PER_N], (k) % D_PER_N, yes.at[k], no.at[k])
#define W_APPLY_WIDEN(op, k) d_##op(a.at[(k) / D_PER_N], (k) % D_PER_N)
#define W_UNARY(op) INLINE W w_##op(W a) { return (W)W_EACH(W_APPLY1, op); }
#define W_BINARY(op) INLINE W w_##op(W a, W b) { return (W)W_EACH(W_APPLY2, op); }
#define W_TERNARY(op) \
    INLINE W w_##op(W a, W b, W c) { return (W)W_EACH(W_APPLY3, op); }

W_UNARY(reciprocal)
W_BINARY(add)
W_BINARY(sub)
W_BINARY(mul)
W_BINARY(quotient)
W_BINARY(min)
W_BINARY(max)
W_BINARY(times_power)
INLINE W w_inverse(W a) { return (W)W_EACH(W_APPLY1, inverse); }
W_TERNARY(fma)
W_TERNARY(fnma)
INLINE W w_select(M m, W yes, W no) { return (W)W_EACH(W_APPLY_SELECT, select); }
INLINE W w_set(double a) { return (W)W_EACH(W_APPLY_SAME, set); }

INLINE W w_widen(V a) { return (W)W_EACH(W_APPLY_WIDEN, widen); }
INLINE V w_narrow(W a)
{
    V r;
    FOR_EACH r.at[k] = d_narrow(a.at + k * D_PER_N);
    return r;
}
#else
#define HAS_WIDE 0
#define WIDE_IS_FASTER 0
#endif

#endif
