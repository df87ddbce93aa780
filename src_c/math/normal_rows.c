/* The table of normal_rows.h, once for all instruction sets. */
#include "tables/normal_rows.h"
