"""What an entry consists of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Formula = Callable[..., Any]


class Form(NamedTuple):
    """A form of an activation: its value, or one of its derivatives.

    Attributes
    ----------
    text : str
        The formula as one would type it, for docstrings and, turned into LaTeX by
        `docs/_extensions/latex.py`, for pages. ``s`` is the logistic sigmoid, ``Phi`` and ``phi``
        are the distribution function and the density of the standard normal law; parameters have
        the names of the table.
    formula : callable
        The same as a function of ``(m, x, *parameters)``, of a gate of ``(m, a, b, *parameters)``,
        over a namespace `m` of functions: NumPy and SciPy, or mpmath. It says what is right
        wherever the tests look: at infinities, at signed zeros and at kinks, too. In float64 its
        error must be far below a float32 ulp, so it is well-conditioned: no ``1 + erf``, nothing
        overflows. A NaN need not be looked after.
    example : str
        What the docstring's example prints.
    """

    text: str
    formula: Formula
    example: str = ""


class Entry(NamedTuple):
    """An activation.

    Attributes
    ----------
    summary : str
        One sentence.
    example : str
        The inputs of the docstrings' examples, a list; of a gate a list of two.
    value : Form
    grad : Form
        The derivative with respect to x, of a gate with respect to a.
    grad_by : dict of Form
        The derivative with respect to each tunable or learnable parameter, by its name; of a gate
        with respect to b.
    backward_from_output : Form, optional
        The derivative as a function of ``(m, y, *parameters)``, y being the value.
    grad_grad : Form, optional
        The second derivative.
    kinks : str
        The derivative where there is none, and where that is.
    parameters : dict of str
        What each parameter is, in the order of the table.
    note : str
        A paragraph for the docstrings.
    references : tuple of str
        Papers.
    """

    summary: str
    example: str
    value: Form
    grad: Form
    grad_by: dict[str, Form] = {}  # noqa: RUF012
    backward_from_output: Form | None = None
    grad_grad: Form | None = None
    kinks: str = ""
    parameters: dict[str, str] = {}  # noqa: RUF012
    note: str = ""
    references: tuple[str, ...] = ()

    def form(self, name: str) -> Form | None:
        """Return a form by its name, that of an attribute or ``grad_<parameter>``."""
        found: Form | None = getattr(self, name, None)
        return found or self.grad_by.get(name.removeprefix("grad_"))
