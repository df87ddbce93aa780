/* One target: its kernels by family, and its conversions.
 *
 * Its only symbol is fa_<isa>_f<precision>; where the compiler lacks the instruction set,
 * that says so. */
#include "target.h"
#include "../simd/simd.h"

#ifndef V_AVAILABLE
const fa_target FA_SYMBOL = {.available = false};
#else

#include "../simd/vector.h"
#include "../simd/wide.h"

#include "convert.h"
#include "segments.h"

#define FAMILY(name) extern fa_kernels PASTE(FA_SYMBOL, _##name)[];
#include "../table/activations.def"
static fa_kernels *const families[] = {
#define FAMILY(name) PASTE(FA_SYMBOL, _##name),
#include "../table/activations.def"
};

extern const fa_axis_target PASTE(FA_SYMBOL, _axis);

/* Bytes past the caches: whole registers where the target is aligned, memcpy around. */
static void stream(void *to, const void *from, size_t bytes)
{
    char *y = to;
    const char *x = from;
    size_t head = -(uintptr_t)y % sizeof(N);
    if (head > bytes) head = bytes;
    memcpy(y, x, head);
    for (y += head, x += head, bytes -= head; bytes >= sizeof(N);
         y += sizeof(N), x += sizeof(N), bytes -= sizeof(N))
        n_stream((T *)y, n_load((const T *)x));
    memcpy(y, x, bytes);
}
static void fence(void) { n_fence(); }

/* clang-format off */
const fa_target FA_SYMBOL = {
    .available = true,
    .width = V_WIDTH,
    .families = families,
    .widen = {
        [FA_BOOL] = widen_bool,
        [FA_INT8] = widen_int8,
        [FA_UINT8] = widen_uint8,
        [FA_INT16] = widen_int16,
        [FA_UINT16] = widen_uint16,
        [FA_FLOAT16] = widen_half,
        [FA_BFLOAT16] = widen_bfloat,
#if PRECISION == 64
        [FA_FLOAT32] = widen_float32,
        [FA_INT32] = widen_int32,
        [FA_UINT32] = widen_uint32,
        [FA_INT64] = widen_int64,
        [FA_UINT64] = widen_uint64,
#endif
    },
#if PRECISION == 32
    .narrow = {[FA_FLOAT16] = narrow_half, [FA_BFLOAT16] = narrow_bfloat},
    .rounding_test = {[FA_FLOAT16] = test_half, [FA_BFLOAT16] = test_bfloat},
#endif
    .affine_map = map_affine,
    .swap_bytes = swap_bytes,
    .stream = stream,
    .fence = fence,
    .axis = &PASTE(FA_SYMBOL, _axis),
};
/* clang-format on */
#endif
