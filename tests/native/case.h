/* A job of the core, made of bytes and checked.
 *
 * The bytes choose the activation, form, dtypes, layout, values, threads, instruction set
 * and floating-point environment; after their end all are 0. Every operand lies in an
 * arena between two guard pages, against one of them. Checked are
 *
 *   bits      those of the same elements in contiguous arrays on one thread
 *   values    within the table's bound of the plain-C target in float64: for float32 and
 *             the halves that is the truth, for float64 each side may use up its bound
 *   memory    no byte of an input or between the elements of an output changes
 *   flags     none is raised but overflow, that exactly when a finite result overflows,
 *             and the control word is as before
 *   order     an output that overlaps the input is as if written element by element */
#ifndef CASE_H
#define CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether all is as it should be; otherwise says what is not on stderr. Not to be called
 * on two threads at once. */
bool case_holds(const uint8_t *bytes, size_t count);

/* How many elements the cases so far had, and how many of their values were compared. */
extern uint64_t case_elements, case_values;

#endif
