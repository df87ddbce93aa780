/* Which target runs: the best that was compiled in and that this CPU has. */
#include <stdatomic.h>
#if defined(_WIN32) && defined(__x86_64__)
#include <cpuid.h>
#endif

#include "runtime.h"

extern const fa_target fa_avx512_f32, fa_avx512_f64, fa_avx2_f32, fa_avx2_f64;
extern const fa_target fa_neon_f32, fa_neon_f64, fa_scalar_f32, fa_scalar_f64;

static bool always(void) { return true; }

#if defined(_WIN32) && defined(__x86_64__)
/* As below, without the table of the compiler's own library, which Microsoft's linker does
 * not look for. registers: those that the system saves. */
static bool cpu_has(unsigned of_leaf_1, unsigned of_leaf_7, unsigned registers)
{
    unsigned a, b, c, d, saved, upper;
    of_leaf_1 |= bit_OSXSAVE;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & of_leaf_1) != of_leaf_1) return false;
    __asm__ volatile("xgetbv" : "=a"(saved), "=d"(upper) : "c"(0));
    if ((saved & registers) != registers) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & of_leaf_7) == of_leaf_7;
}
static bool cpu_has_avx512(void)
{
    return cpu_has(0, bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL, 0xe6);
}
static bool cpu_has_avx2(void) { return cpu_has(bit_FMA | bit_F16C, bit_AVX2, 0x06); }
#elif defined(__x86_64__) || defined(__i386__)
static bool cpu_has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
static bool cpu_has_avx2(void)
{
    /* Every CPU with AVX2 and FMA has F16C; the builtin cannot ask for it on GCC < 11. */
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#else
#define cpu_has_avx512 always
#define cpu_has_avx2 always
#endif

const fa_isa fa_isas[] = {
    {"avx512", {&fa_avx512_f32, &fa_avx512_f64}, cpu_has_avx512},
    {"avx2", {&fa_avx2_f32, &fa_avx2_f64}, cpu_has_avx2},
    {"neon", {&fa_neon_f32, &fa_neon_f64}, always},
    {"scalar", {&fa_scalar_f32, &fa_scalar_f64}, always},
};
const int fa_isa_count = sizeof fa_isas / sizeof *fa_isas;

/* One more than the index, so that 0 is "not chosen yet". */
static atomic_int chosen;

bool fa_isa_available(int isa)
{
    const fa_isa *it = &fa_isas[isa];
    return it->target[0]->available && it->target[1]->available && it->cpu_has_it();
}

int fa_active_isa(void)
{
    int isa = atomic_load_explicit(&chosen, memory_order_relaxed) - 1;
    if (isa >= 0) return isa;
    for (isa = 0; !fa_isa_available(isa);) isa++;
    fa_use_isa(isa);
    return isa;
}

void fa_use_isa(int isa)
{
    atomic_store_explicit(&chosen, isa + 1, memory_order_relaxed);
}
