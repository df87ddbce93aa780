"""Words: an entry per function along an axis, and the docstring of each ufunc made of it."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """What is said of one function. Formulas are plain text, as one would type them."""

    summary: str
    formula: str
    bound: str
    limits: str
    see_also: str
    example: str
    references: tuple[str, ...] = ()


_BRIDLE = (
    'J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs,'
    ' with relationships to statistical pattern recognition", Neurocomputing, 1990.'
)
_MILAKOV = (
    'M. Milakov, N. Gimelshein, "Online normalizer calculation for softmax", 2018,'
    " arXiv:1805.02867."
)
_BLANCHARD = (
    'P. Blanchard, D. J. Higham, N. J. Higham, "Accurately computing the log-sum-exp and softmax'
    ' functions", IMA Journal of Numerical Analysis 41, 2021.'
)
_MARTINS = (
    'A. F. T. Martins, R. F. Astudillo, "From softmax to sparsemax: a sparse model of attention and'
    ' multi-label classification", 2016, arXiv:1602.02068.'
)
_CONDAT = (
    'L. Condat, "Fast projection onto the simplex and the l1 ball", Mathematical Programming 158,'
    " 2016."
)
_PETERS = (
    'B. Peters, V. Niculae, A. F. T. Martins, "Sparse sequence-to-sequence models", 2019,'
    " arXiv:1905.05702."
)
_MILLER = 'E. Miller, "Attention is off by one", 2023.'
_GRADIENT_BOUND = (
    "The sum has an error of at most 3 units of rounding (2^-24, 2^-53) of the sum of its\n"
    "terms' sizes, whatever the length; each result has one of at most 2 ulp besides."
)
_MEAN_BOUND = (
    "The mean has an error of at most 3 units of rounding (2^-24, 2^-53) of the mean of its terms'"
    "\nsizes, whatever the length; each result has one of at most 2 ulp besides."
)
_SPARSE_BOUND = (
    "The error is at most {} of the result, or where that is more 2^-40 in float32, 2^-90 in"
    "\nfloat64, and as much of max(x). Rows are read until t has settled: three to six times more,"
    "\nwithout sorting."
)
_NOT_A_NUMBER = (
    "A row with NaN or inf in it is NaN throughout, and so is one of -inf alone.\n"
    "Beside a finite number -inf gives {}."
)

ENTRIES: dict[str, Entry] = {
    "softmax": Entry(
        summary="Exponentials along an axis, divided by their sum.",
        formula="y[i] = exp(x[i]) / sum(exp(x))",
        bound="The error is at most 1.6 ulp of the result, whatever the length.",
        limits=_NOT_A_NUMBER.format("0"),
        see_also="log_softmax, softmin, logsumexp, softmax_backward",
        example=(
            ">>> x = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])\n"
            ">>> fa.softmax(x)\n"
            "array([[0.09003057, 0.24472847, 0.66524096],\n"
            "       [0.33333333, 0.33333333, 0.33333333]])\n"
            ">>> fa.softmax(x, axis=0)[:, 0]\n"
            "array([0.73105858, 0.26894142])"
        ),
        references=(_BRIDLE, _MILAKOV),
    ),
    "softmin": Entry(
        summary="Softmax of the negated elements along an axis.",
        formula="y[i] = exp(-x[i]) / sum(exp(-x))",
        bound="The error is at most 1.6 ulp of the result, whatever the length.",
        limits=(
            "A row with NaN or -inf in it is NaN throughout, and so is one of inf alone.\n"
            "Beside a finite number inf gives 0."
        ),
        see_also="softmax, softmin_backward",
        example=(
            ">>> fa.softmin(np.array([1.0, 2.0, 3.0]))\narray([0.66524096, 0.24472847, 0.09003057])"
        ),
        references=(_BRIDLE, _MILAKOV),
    ),
    "log_softmax": Entry(
        summary="Logarithm of the softmax along an axis.",
        formula="y[i] = x[i] - log(sum(exp(x)))",
        bound=(
            "The error is at most 2 ulp, or 2^-40 in float32, 2^-90 in float64 where that is more."
        ),
        limits=_NOT_A_NUMBER.format("-inf"),
        see_also="softmax, logsumexp, log_softmax_backward",
        example=(
            ">>> fa.log_softmax(np.array([1.0, 2.0, 3.0]))\n"
            "array([-2.40760596, -1.40760596, -0.40760596])"
        ),
        references=(_BRIDLE, _MILAKOV, _BLANCHARD),
    ),
    "logsumexp": Entry(
        summary="Logarithm of the sum of exponentials along an axis.",
        formula="y = log(sum(exp(x)))",
        bound=(
            "The error is at most 1.2 ulp of the result or of log(sum(exp(x - max(x)))),"
            " whichever is\nlarger: they differ where that cancels with max(x)."
        ),
        limits=(
            "NaN gives NaN; else inf gives inf. A row of -inf alone and an empty one give -inf."
        ),
        see_also="log_softmax",
        example=(
            ">>> fa.logsumexp(np.array([1000.0, 1000.0]))\nnp.float64(1000.6931471805599)\n"
            ">>> fa.logsumexp(np.zeros((2, 3)), keepdims=True)\n"
            "array([[1.09861229],\n       [1.09861229]])"
        ),
        references=(_MILAKOV, _BLANCHARD),
    ),
    "softmax_backward": Entry(
        summary="Gradient product of `softmax` from its output y.",
        formula="gx[i] = y[i] (g[i] - sum(g y))",
        bound=_GRADIENT_BOUND,
        limits="",
        see_also="softmax",
        example=(
            ">>> y = fa.softmax(np.array([1.0, 2.0, 3.0]))\n"
            ">>> fa.softmax_backward(np.array([1.0, 0.0, 0.0]), y)\n"
            "array([ 0.08192507, -0.02203304, -0.05989202])"
        ),
        references=(_BRIDLE,),
    ),
    "softmin_backward": Entry(
        summary="Gradient product of `softmin` from its output y.",
        formula="gx[i] = y[i] (sum(g y) - g[i])",
        bound=_GRADIENT_BOUND,
        limits="",
        see_also="softmin",
        example=(
            ">>> y = fa.softmin(np.array([1.0, 2.0, 3.0]))\n"
            ">>> fa.softmin_backward(np.array([1.0, 0.0, 0.0]), y)\n"
            "array([-0.22269543,  0.1628034 ,  0.05989202])"
        ),
        references=(_BRIDLE,),
    ),
    "log_softmax_backward": Entry(
        summary="Gradient product of `log_softmax` from its output y.",
        formula="gx[i] = g[i] - exp(y[i]) sum(g)",
        bound=f"{_GRADIENT_BOUND}\nexp(y) below the normal range counts as 0.",
        limits="",
        see_also="log_softmax",
        example=(
            ">>> y = fa.log_softmax(np.array([1.0, 2.0, 3.0]))\n"
            ">>> fa.log_softmax_backward(np.array([1.0, 0.0, 0.0]), y)\n"
            "array([ 0.90996943, -0.24472847, -0.66524096])"
        ),
        references=(_BRIDLE,),
    ),
    "softmax_one": Entry(
        summary="Softmax of a row with one more element, 0, whose share is left out.",
        formula="y[i] = exp(x[i]) / (1 + sum(exp(x)))",
        bound="The error is at most 1.6 ulp of the result, whatever the length.",
        limits=(
            "A row with NaN or inf in it is NaN throughout. One of -inf alone gives 0, as does -inf"
            "\nbeside a finite number."
        ),
        see_also="softmax, softmax_one_backward",
        example=(
            ">>> fa.softmax_one(np.array([1.0, 2.0, 3.0]))\n"
            "array([0.08714432, 0.23688282, 0.64391426])\n"
            ">>> fa.softmax_one(np.array([-50.0, -60.0])).round(6)\n"
            "array([0., 0.])"
        ),
        references=(_MILLER, _MILAKOV),
    ),
    "softmax_one_backward": Entry(
        summary="Gradient product of `softmax_one` from its output y.",
        formula="gx[i] = y[i] (g[i] - sum(g y))",
        bound=_GRADIENT_BOUND,
        limits="",
        see_also="softmax_one",
        example=(
            ">>> y = fa.softmax_one(np.array([1.0, 2.0, 3.0]))\n"
            ">>> fa.softmax_one_backward(np.array([1.0, 0.0, 0.0]), y)\n"
            "array([ 0.07955019, -0.02064299, -0.05611347])"
        ),
        references=(_MILLER,),
    ),
    "sparsemax": Entry(
        summary="Projection along an axis on shares: not negative, of sum 1, and often 0.",
        formula="y[i] = max(x[i] - t, 0), with t such that sum(y) = 1",
        bound=_SPARSE_BOUND.format("1.1 ulp"),
        limits=_NOT_A_NUMBER.format("0"),
        see_also="softmax, entmax15, sparsemax_backward",
        example=(">>> fa.sparsemax(np.array([1.0, 1.5, 0.0]))\narray([0.25, 0.75, 0.  ])"),
        references=(_MARTINS, _CONDAT),
    ),
    "sparsemax_backward": Entry(
        summary="Gradient product of `sparsemax` from its output y.",
        formula="gx[i] = g[i] - mean(g where y > 0) if y[i] > 0 else 0",
        bound=_MEAN_BOUND,
        limits="",
        see_also="sparsemax",
        example=(
            ">>> y = fa.sparsemax(np.array([1.0, 1.5, 0.0]))\n"
            ">>> fa.sparsemax_backward(np.array([1.0, 0.0, 0.0]), y)\n"
            "array([ 0.5, -0.5,  0. ])"
        ),
        references=(_MARTINS,),
    ),
    "entmax15": Entry(
        summary="Entmax with alpha = 1.5 along an axis, between softmax and sparsemax.",
        formula="y[i] = max(x[i]/2 - t, 0)^2, with t such that sum(y) = 1",
        bound=_SPARSE_BOUND.format("1.6 ulp"),
        limits=_NOT_A_NUMBER.format("0"),
        see_also="softmax, sparsemax, entmax15_backward",
        example=(
            ">>> fa.entmax15(np.array([1.0, 2.0, -3.0])).round(6)\n"
            "array([0.169281, 0.830719, 0.      ])"
        ),
        references=(_PETERS,),
    ),
    "entmax15_backward": Entry(
        summary="Gradient product of `entmax15` from its output y.",
        formula="gx[i] = s[i] (g[i] - sum(g s) / sum(s)), with s = sqrt(y)",
        bound=_MEAN_BOUND,
        limits="",
        see_also="entmax15",
        example=(
            ">>> y = fa.entmax15(np.array([1.0, 2.0, -3.0]))\n"
            ">>> fa.entmax15_backward(np.array([1.0, 0.0, 0.0]), y).round(6)\n"
            "array([ 0.283473, -0.283473,  0.      ])"
        ),
        references=(_PETERS,),
    ),
}

_X = "x : array_like, shape (..., n, ...)\n    Elements; bool, integer or floating."
_G = "g : array_like, shape (..., n, ...)\n    Gradient with respect to y; floating."
_Y = "y : array_like, shape (..., n, ...)\n    What `{}` returned, not x."
_AXIS = (
    "axis : int, tuple of int or None, default -1\n"
    "    The axis along which the function works; None for all of them together."
)
_WHERE = (
    "where : array_like of bool, optional\n    Which elements take part. The others are {} in the"
    " result, or what `out` held."
)
_WHERE_OUT = (
    "where : array_like of bool, optional\n"
    "    Which elements take part. Where none does, the result is -inf."
)
_HALVES = (
    "The shares of a float16 or bfloat16 row are rounded one by one, each correctly: 100,000 of"
    " them\nneed not add up to 1."
)
_OUT = (
    "out : ndarray or tuple of one, optional\n"
    "    Where the result goes; it may be an operand itself."
)
_TEMPERATURE = (
    "temperature : float, default 1\n"
    "    By which {} is divided, in the same pass. It is one number, greater than 0."
)
_KEEPDIMS = "keepdims : bool, default False\n    Whether the axis stays, with length 1."
_MASKED = (
    "Masked elements of a masked array, and NA in pandas' nullable columns, take no part and stay"
    " so."
)
_RAISES = (
    "TypeError\n    For operands of another dtype: convert them with ``astype``.\n"
    "ValueError\n    If there is no such axis, or shapes do not match."
)


def docstring(name: str) -> str:
    """Return the docstring of one ufunc, without the signature, which NumPy adds."""
    entry = ENTRIES[name]
    backward = name.endswith("_backward")
    whole = name != "logsumexp"
    parameters = [_G, _Y.format(name.removesuffix("_backward"))] if backward else [_X]
    left_out = "-inf" if name == "log_softmax" else "0"
    parameters += (
        [_AXIS, _WHERE.format(left_out), _OUT]
        if whole
        else [_AXIS, _KEEPDIMS, _WHERE_OUT, _OUT.split(";")[0] + "."]
    )
    parameters.insert(-1, _TEMPERATURE.format("g" if backward else "x"))
    result = "gx" if backward else "y"
    shape = "the shape of x" if not backward else "the shape of g and y"
    returned = f"{result} : ndarray\n    Of {shape}" + ("." if whole else " without the axis.")
    dtypes = (
        "float16, bfloat16, float32 and float64 keep their dtype; the two half types are computed\n"
        "in float32 and rounded once."
    )
    if not backward:
        dtypes += " bool and integers of 8 and 16 bits give float32, wider\nones float64."
    halves = _HALVES if name in ("softmax", "softmin") else ""
    notes = [f"::\n\n    {entry.formula}", entry.bound, entry.limits, dtypes, halves, _MASKED]
    cited = "\n".join(f".. [{i}] {text}" for i, text in enumerate(entry.references, 1))
    sections = [
        ("Parameters", "\n".join(parameters)),
        ("Returns", returned),
        ("Raises", _RAISES),
        ("See Also", entry.see_also),
        ("Notes", "\n\n".join(note for note in notes if note)),
        ("References", cited),
        ("Examples", f">>> import numpy as np\n>>> import fastact as fa\n{entry.example}"),
    ]
    body = "\n\n".join(f"{title}\n{'-' * len(title)}\n{text}" for title, text in sections)
    return f"{entry.summary}\n\n{body}\n"
