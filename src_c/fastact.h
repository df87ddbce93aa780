/* The contract between the C core and its callers (Cython, the test harnesses).
 *
 * Nothing here knows NumPy. An activation comes in forms; a form on given dtypes is an
 * fa_op; an fa_op on given arrays is an fa_job, which fa_run carries out. */
#ifndef FASTACT_H
#define FASTACT_H

#include "driver/job.h"
#include "driver/streaming.h"
#include "runtime/runtime.h"
#include "table/table.h"

#endif
