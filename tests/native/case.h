/* A job of the core, made of bytes and checked.
 *
 * The bytes choose the function, dtypes, layout, values, threads, instruction set and
 * floating-point environment; after their end all are 0. Every operand lies in an arena
 * between two guard pages, against one of them. Checked are
 *
 *   bits      those of the same elements in contiguous arrays on one thread
 *   values    within the stated bounds
 *   memory    no byte of an input or between the elements of an output changes
 *   flags     none is raised but overflow, that exactly when a finite result overflows,
 *             and the control word is as before
 *   order     an output that overlaps what the core lets it overlap is right
 *   overlap   the core finds every other one */
#ifndef CASE_H
#define CASE_H

#include "fastact.h"
#include "simd/fenv.h"
#include "source.h"

/* Whether all is as it should be; otherwise says what is not on stderr. Not to be called
 * on two threads at once. */
bool case_holds(const uint8_t *bytes, size_t count);

/* The same for a job of one kind: an activation, one on contiguous operands, or a function
 * along an axis. */
bool elementwise_case_holds(Source *source);
bool contiguous_case_holds(Source *source);
bool axis_case_holds(Source *source);

/* How many elements the cases so far had, and how many of their values were compared. */
extern uint64_t case_elements, case_values;

/* What a job is run under. */
typedef struct {
    int isa, threads;
    fa_control environment;
    bool usual; /* the environment is that of a new process */
} Setting;
Setting choose_setting(Source *source);

/* Fills what the next call has for its variables with large numbers: lanes that it leaves as
 * they are overflow in the kernel. */
void soil_stack(void);

/* A parameter, in the range for which the bounds are promised in every form. */
double random_parameter(Source *source, const fa_activation *row, int k);

#endif
