/* The instruction set and precision that a unit is compiled for: -DFA_ISA=avx2
 * -DPRECISION=32. Where the compiler lacks the instruction set there is no V_AVAILABLE. */
#ifndef FA_SIMD_H
#define FA_SIMD_H

#ifndef FA_ISA /* in an editor */
#define FA_ISA scalar
#define PRECISION 32
#endif

#define FA_HEADER_(name) #name
#define FA_HEADER(name) FA_HEADER_(name)
#include FA_HEADER(FA_ISA.h)

/* What a unit's symbols begin with. */
#define FA_SYMBOL PASTE(PASTE(fa_, FA_ISA), PASTE(_f, PRECISION))

#endif
