/* The floating-point control and status word of each architecture.
 *
 * Kernels raise flags that mean nothing to the caller (inexact, invalid from NaN
 * lanes), so the driver saves the word, clears the flags, and restores it with overflow
 * added. */
#ifndef FA_FENV_H
#define FA_FENV_H

#include <stdint.h>

#if defined(__x86_64__) || defined(__i386__)
#include <xmmintrin.h>
typedef uint32_t fa_control;
#define CONTROL_FLAGS 0x3fu
#define CONTROL_OVERFLOW 0x08u
#define CONTROL_NO_TRAPS 0x1f80u /* bits that are set to mask exceptions */
static inline fa_control control_read(void) { return _mm_getcsr(); }
static inline void control_write(fa_control word) { _mm_setcsr(word); }
static inline fa_control control_quiet(fa_control word)
{
    return (word & ~CONTROL_FLAGS) | CONTROL_NO_TRAPS;
}
#elif defined(__aarch64__)
/* FPCR in the upper half, FPSR in the lower. */
typedef uint64_t fa_control;
#define CONTROL_FLAGS UINT64_C(0x9f)
#define CONTROL_OVERFLOW UINT64_C(0x04)
#define CONTROL_TRAPS (UINT64_C(0x9f00) << 32) /* bits that are set to trap */
static inline fa_control control_read(void)
{
    uint64_t control, status;
    __asm__ volatile("mrs %0, fpcr\n\tmrs %1, fpsr" : "=r"(control), "=r"(status));
    return control << 32 | (status & 0xffffffff);
}
static inline void control_write(fa_control word)
{
    __asm__ volatile("msr fpcr, %0\n\tmsr fpsr, %1" ::"r"(word >> 32),
                     "r"(word & 0xffffffff));
}
static inline fa_control control_quiet(fa_control word)
{
    return word & ~(CONTROL_FLAGS | CONTROL_TRAPS);
}
#else
#include <fenv.h>
typedef int fa_control; /* the flags alone: control words are not carried over */
#define CONTROL_FLAGS FE_ALL_EXCEPT
#define CONTROL_OVERFLOW FE_OVERFLOW
static inline fa_control control_read(void) { return fetestexcept(FE_ALL_EXCEPT); }
static inline void control_write(fa_control word)
{
    feclearexcept(FE_ALL_EXCEPT);
    feraiseexcept(word);
}
static inline fa_control control_quiet(fa_control word) { return word & 0; }
#endif

/* Starts a stretch of kernels under the caller's control word, its flags cleared. */
static inline fa_control control_enter(fa_control callers)
{
    fa_control before = control_read();
    fa_control quiet = control_quiet(callers);
    if (quiet != before) control_write(quiet);
    return before;
}

/* Puts back the word from control_enter; returns what the stretch raised of overflow. */
static inline fa_control control_leave(fa_control before)
{
    fa_control now = control_read();
    if (now != before) control_write(before);
    return now & CONTROL_OVERFLOW;
}

#endif
