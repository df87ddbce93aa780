/* Where kernels are right: for parameters that are neither of extreme size nor make a root
 * beside which too few bits are left. */
#ifndef FA_DOMAIN_H
#define FA_DOMAIN_H

#include "segments.h"

/* By the kernel for elements with usual parameters, the others one by one. */
#define run_in_domain PASTE(FA_SYMBOL, _run_in_domain)
bool run_in_domain(int activation, fa_form form, fa_kernel *kernel, Operands operands,
                   const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                   fa_memory memory);

#endif
