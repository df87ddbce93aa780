/* The vector of the kernels: V, V_UNROLL native registers N.
 *
 * Independent registers in every operation hide its latency (3 to 12 % faster than one)
 * while a kernel remains a single expression. Each operation n_op of the ISA header on
 * a register becomes v_op on a vector; nothing else knows of the registers. */
#ifndef FA_VECTOR_H
#define FA_VECTOR_H

#define V_WIDTH (V_LANES * V_UNROLL)
/* Whether a division is faster than the steps that improve an estimate of the inverse */
#ifndef V_DIVIDES
#define V_DIVIDES 0
#endif

typedef struct { N at[V_UNROLL]; } V;
typedef struct { NM at[V_UNROLL]; } M;
typedef struct { NI at[V_UNROLL]; } I;

/* An operation on every register, written out. Of a loop over the array GCC would keep
 * each vector in memory until the loop is unrolled, hundreds of times per kernel, and
 * take five times as long to compile. Loads and stores remain loops: written out, they
 * make a kernel 5 % slower. */
#if V_UNROLL == 1
#define EACH(apply, op) {{apply(op, 0)}}
#elif V_UNROLL == 2
#define EACH(apply, op) {{apply(op, 0), apply(op, 1)}}
#elif V_UNROLL == 3
#define EACH(apply, op) {{apply(op, 0), apply(op, 1), apply(op, 2)}}
#endif
#define APPLY1(op, k) n_##op(a.at[k])
#define APPLY2(op, k) n_##op(a.at[k], b.at[k])
#define APPLY3(op, k) n_##op(a.at[k], b.at[k], c.at[k])
#define APPLY_BITS(op, k) n_##op(a.at[k], bits)
#define APPLY_TABLE(op, k) n_##op(table, i.at[k])
#define APPLY_SAME(op, k) n_##op(a)
#define FOR_EACH _Pragma("GCC unroll 8") for (int k = 0; k < V_UNROLL; k++)

#define UNARY(R, op, A) INLINE R v_##op(A a) { return (R)EACH(APPLY1, op); }
#define BINARY(R, op, A, B) INLINE R v_##op(A a, B b) { return (R)EACH(APPLY2, op); }
#define TERNARY(R, op, A, B, C3) \
    INLINE R v_##op(A a, B b, C3 c) { return (R)EACH(APPLY3, op); }

BINARY(V, add, V, V)
BINARY(V, sub, V, V)
BINARY(V, mul, V, V)
BINARY(V, div, V, V)
BINARY(V, mul_tiny, V, V)
TERNARY(V, fma, V, V, V)
TERNARY(V, fms, V, V, V)
TERNARY(V, fnma, V, V, V)
TERNARY(V, fnms, V, V, V)
BINARY(V, min, V, V)
BINARY(V, max, V, V)
UNARY(V, reciprocal, V)
UNARY(V, inverse_root, V)
UNARY(V, sqrt, V)
UNARY(V, abs, V)
BINARY(V, copysign, V, V)
UNARY(V, upper_half, V)
UNARY(V, upper_quarter, V)
BINARY(M, lt, V, V)
BINARY(M, le, V, V)
UNARY(M, is_nan, V)
BINARY(M, and, M, M)
BINARY(M, or, M, M)
/* Reductions of a mask */
INLINE bool v_any(M m)
{ NM any = m.at[0]; FOR_EACH any = n_or(any, m.at[k]); return n_any(any); }
INLINE bool v_all(M m)
{ NM all = m.at[0]; FOR_EACH all = n_and(all, m.at[k]); return n_all(all); }
TERNARY(V, select, M, V, V)
/* a where the mask is set, or is not; 0 elsewhere */
BINARY(V, where, M, V)
BINARY(V, unless, M, V)
UNARY(I, bits, V)
UNARY(V, from_bits, I)
BINARY(I, int_add, I, I)
BINARY(I, int_sub, I, I)

INLINE I v_shift_left(I a, int bits) { return (I)EACH(APPLY_BITS, shift_left); }
INLINE I v_shift_right(I a, int bits) { return (I)EACH(APPLY_BITS, shift_right); }
INLINE V v_lookup(const T *table, I i) { return (V)EACH(APPLY_TABLE, lookup); }
/* Whether rows are fetched fast in float32, too */
#ifndef V_ROWS
#define V_ROWS 0
#endif
#if PRECISION == 64 || V_ROWS
typedef struct { V column[4]; } TableRows;
INLINE TableRows v_rows(const T (*table)[4], I i, uint32_t last)
{
    TableRows r;
    FOR_EACH {
        N column[4];
        n_rows(table, i.at[k], last, column);
        for (int j = 0; j < 4; j++) r.column[j].at[k] = column[j];
    }
    return r;
}
#endif

INLINE V v_set(T a) { return (V)EACH(APPLY_SAME, set); }
/* Whether a is 1 in all lanes by the compiler's
 * constant propagation; a branch on it is free. */
INLINE bool v_is_constant_one(V a)
{ bool one = n_first(a.at[0]) == 1; return __builtin_constant_p(one) && one; }
INLINE bool v_is_constant_zero(V a)
{ bool zero = n_first(a.at[0]) == 0; return __builtin_constant_p(zero) && zero; }
INLINE V v_load(const T *p)
{ V r; FOR_EACH r.at[k] = n_load(p + k * V_LANES); return r; }
INLINE void v_store(T *p, V a)
{ FOR_EACH n_store(p + k * V_LANES, a.at[k]); }

/* Exchanges lanes k and k ^ distance; V_UNROLL must be a power of two. */
INLINE V v_swap(V a, int distance)
{
    V r;
    if (distance < V_LANES) { FOR_EACH r.at[k] = n_swap(a.at[k], distance); }
    else { FOR_EACH r.at[k] = a.at[k ^ distance / V_LANES]; }
    return r;
}

INLINE void v_stream(T *p, V a)
{ FOR_EACH n_stream(p + k * V_LANES, a.at[k]); }
/* The first count elements, for any count, and no other memory; lanes beyond them load
 * from rest. Masked accesses are slower than plain ones even for all lanes or none. */
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
{
    V r;
    FOR_EACH r.at[k] = n_load_up_to(p + k * V_LANES, count - k * V_LANES, rest.at[k]);
    return r;
}
INLINE void v_store_part(T *p, ptrdiff_t count, V a)
{ FOR_EACH n_store_up_to(p + k * V_LANES, count - k * V_LANES, a.at[k]); }
#endif
