/* The vector that kernels see: V, a bundle of V_BUNDLE native registers.
 *
 * Two independent registers in each verb fill the pipelines while a kernel stays one
 * expression (measured 3 to 12 % faster than one). Every verb of the ISA header is
 * lifted here, register by register; nothing else knows the bundle. */
#ifndef FA_BUNDLE_H
#define FA_BUNDLE_H

#define V_WIDTH (V_LANES * V_BUNDLE)

typedef struct { N at[V_BUNDLE]; } V;
typedef struct { NM at[V_BUNDLE]; } M;
typedef struct { NI at[V_BUNDLE]; } I;

/* An operation on every register, spelt out. As a loop over the array, GCC would keep
 * each vector in memory until it has unrolled the loop, hundreds of times in a kernel,
 * and take five times as long. Loads and stores stay loops: spelt out, they cost a
 * kernel 5 %. */
#if V_BUNDLE == 1
#define EACH(on, op) {{on(op, 0)}}
#elif V_BUNDLE == 2
#define EACH(on, op) {{on(op, 0), on(op, 1)}}
#elif V_BUNDLE == 3
#define EACH(on, op) {{on(op, 0), on(op, 1), on(op, 2)}}
#endif
#define ON_ONE(op, k) n_##op(a.at[k])
#define ON_TWO(op, k) n_##op(a.at[k], b.at[k])
#define ON_THREE(op, k) n_##op(a.at[k], b.at[k], c.at[k])
#define ON_BITS(op, k) n_##op(a.at[k], bits)
#define ON_TABLE(op, k) n_##op(table, i.at[k])
#define ON_ALL(op, k) n_##op(a)
#define ON_EACH(op, k) n_##op(a[k])
#define FOR_EACH _Pragma("GCC unroll 8") for (int k = 0; k < V_BUNDLE; k++)

#define LIFT1(R, op, A) INLINE R v_##op(A a) { return (R)EACH(ON_ONE, op); }
#define LIFT2(R, op, A, B) INLINE R v_##op(A a, B b) { return (R)EACH(ON_TWO, op); }
#define LIFT3(R, op, A, B, C3) \
    INLINE R v_##op(A a, B b, C3 c) { return (R)EACH(ON_THREE, op); }

LIFT2(V, add, V, V)
LIFT2(V, sub, V, V)
LIFT2(V, mul, V, V)
LIFT2(V, div, V, V)
LIFT2(V, mul_tiny, V, V)
LIFT3(V, fma, V, V, V)
LIFT3(V, fms, V, V, V)
LIFT3(V, fnma, V, V, V)
LIFT3(V, fnms, V, V, V)
LIFT2(V, min, V, V)
LIFT2(V, max, V, V)
LIFT1(V, reciprocal, V)
LIFT1(V, abs, V)
LIFT2(V, copysign, V, V)
LIFT1(V, truncate, V)
LIFT2(M, lt, V, V)
LIFT2(M, le, V, V)
LIFT1(M, is_nan, V)
LIFT2(M, and, M, M)
LIFT2(M, or, M, M)
/* One test of all registers. */
INLINE bool v_any(M m)
{ NM any = m.at[0]; FOR_EACH any = n_or(any, m.at[k]); return n_any(any); }
INLINE bool v_all(M m)
{ NM all = m.at[0]; FOR_EACH all = n_and(all, m.at[k]); return n_all(all); }
LIFT3(V, select, M, V, V)
LIFT1(I, bits, V)
LIFT1(V, from_bits, I)
LIFT2(I, int_add, I, I)

INLINE I v_shift_left(I a, int bits) { return (I)EACH(ON_BITS, shift_left); }
INLINE I v_shift_right(I a, int bits) { return (I)EACH(ON_BITS, shift_right); }
INLINE V v_lookup(const T *table, I i) { return (V)EACH(ON_TABLE, lookup); }

INLINE V v_set(T a) { return (V)EACH(ON_ALL, set); }
/* One for each register. */
INLINE V v_set_each(const T *a) { return (V)EACH(ON_EACH, set); }
/* Whether the compiler sees that a is 1 throughout; a choice by it costs nothing. */
INLINE bool v_is_known_one(V a)
{ bool one = n_first(a.at[0]) == 1; return __builtin_constant_p(one) && one; }
INLINE bool v_is_known_zero(V a)
{ bool zero = n_first(a.at[0]) == 0; return __builtin_constant_p(zero) && zero; }
INLINE V v_load(const T *p)
{ V r; FOR_EACH r.at[k] = n_load(p + k * V_LANES); return r; }
INLINE void v_store(T *p, V a)
{ FOR_EACH n_store(p + k * V_LANES, a.at[k]); }

/* From V_LANES on whole registers change places; the bundle is a power of two then. */
INLINE V v_swap(V a, int distance)
{
    V r;
    if (distance < V_LANES) { FOR_EACH r.at[k] = n_swap(a.at[k], distance); }
    else { FOR_EACH r.at[k] = a.at[k ^ distance / V_LANES]; }
    return r;
}

INLINE void v_stream(T *p, V a)
{ FOR_EACH n_stream(p + k * V_LANES, a.at[k]); }
INLINE void v_prefetch(const T *p)
{ FOR_EACH __builtin_prefetch(p + k * V_LANES); }
/* The first count elements of any number and no other memory; a load fills up with rest.
 * Masked accesses are slower than others, also of all lanes and of none. */
INLINE N n_load_up_to(const T *p, ptrdiff_t count, N rest)
{
    if (count >= V_LANES) return n_load(p);
    return count > 0 ? n_load_part(p, (int)count, rest) : rest;
}
INLINE void n_store_up_to(T *p, ptrdiff_t count, N a)
{
    if (count >= V_LANES) n_store(p, a);
    else if (count > 0) n_store_part(p, (int)count, a);
}
INLINE V v_load_part(const T *p, ptrdiff_t count, V rest)
{ V r; FOR_EACH r.at[k] = n_load_up_to(p + k * V_LANES, count - k * V_LANES, rest.at[k]); return r; }
INLINE void v_store_part(T *p, ptrdiff_t count, V a)
{ FOR_EACH n_store_up_to(p + k * V_LANES, count - k * V_LANES, a.at[k]); }
/* The same of each register in its own place. */
INLINE V v_load_parts(T *const *p, const ptrdiff_t *count, V rest)
{ V r; FOR_EACH r.at[k] = n_load_up_to(p[k], count[k], rest.at[k]); return r; }
INLINE void v_store_parts(T *const *p, const ptrdiff_t *count, V a)
{ FOR_EACH n_store_up_to(p[k], count[k], a.at[k]); }
INLINE void v_stream_parts(T *const *p, const ptrdiff_t *count, V a)
{
    FOR_EACH
        if (count[k] >= V_LANES) n_stream(p[k], a.at[k]);
        else n_store_up_to(p[k], count[k], a.at[k]);
}

#endif
