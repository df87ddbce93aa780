/* Functions at parameters, and gates at operands, of extreme size. */
#ifndef FA_EXTREME_H
#define FA_EXTREME_H

#include "../table/table.h"

/* g times one result of the form, a value or a derivative, at x and parameters. */
double fa_extreme(int activation, fa_form form, double g, double x, const double *p);

typedef enum {
    FA_EXTREME_GLU,
    FA_EXTREME_SWIGLU,
    FA_EXTREME_GEGLU,
    FA_EXTREME_GEGLU_TANH,
    FA_EXTREME_SWIGLU_CLAMPED,
    FA_EXTREME_NO_GATE,
} fa_extreme_gate_function;

/* The results of a gate, the gradients being g times the derivatives. Without parameters,
 * the argument that closes the gate has to be large. */
typedef struct {
    double y, ga, gb;
} fa_extreme_gate_results;
fa_extreme_gate_results fa_extreme_gate(fa_extreme_gate_function function, double g,
                                        double a, double b, const double *parameters);

/* The left side of xielu or its derivative, see xielu.h, as a sum of two doubles. */
typedef struct {
    double hi, lo;
} fa_words;
fa_words fa_xielu_left(fa_form form, double x, double m, double alpha, double beta);

/* The derivative of snake by alpha, beside its roots, divided by `rest`. */
fa_words fa_snake_dalpha(double x, double alpha, double rest) __attribute__((const));

#endif
