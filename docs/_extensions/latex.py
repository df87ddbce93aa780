"""Formulas as one types them, `x/2 (1 + tanh(u))`, turned into LaTeX.

The grammar is that of the entries in `fastact/_activations/`, where a product has no sign, and a
name that a parenthesis follows at once is a function:

    text     clause, clause, ...
    clause   choice = choice ...      or      for condition
    choice   sum if condition else choice
    sum      product + product - ...
    product  power power / power ...
    power    -power or atom ^ power
    atom     number, name, name', function(choice, ...), name[choice], (choice)
"""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(r" *(\d+(?:\.\d+)?(?:e-?\d+)?|[A-Za-z]\w*'*|<=|>=|==|[-+/^=<>,()[\]])")
COMPARISONS = {"<": "<", ">": ">", "<=": r"\le", ">=": r"\ge", "==": "="}
WORDS = {"if", "else", "or", "and", "for"}
GREEK = {
    *("alpha", "beta", "gamma", "delta", "theta", "lambda", "mu", "nu", "pi", "sigma", "tau"),
    *("Phi", "phi"),
}
SYMBOLS = {"lambd": r"\lambda", "eps": r"\varepsilon", "phi": r"\varphi", "inf": r"\infty"}
OPERATORS = {"exp", "log", "max", "min", "sin", "cos", "tan", "tanh", "sinh", "cosh", "arctan"}
ENCLOSING = {
    "abs": r"\lvert {} \rvert",
    "exp": "e^{{{}}}",
    "sqrt": r"\sqrt{{{}}}",
    "floor": r"\lfloor {} \rfloor",
}


CASE_BREAK = r" \\ "
PRIME = r"\prime "


class Term(NamedTuple):
    """A part of a formula: its LaTeX, and what it is without the parentheses around it.

    Of a choice, `cases` has the values and their conditions.
    """

    tex: str
    bare: str
    cases: tuple[tuple[str, str], ...] = ()


def plain(tex: str) -> Term:
    """Return a term without parentheses."""
    return Term(tex, tex)


def symbol(name: str) -> str:
    """Return a name as it stands in a formula."""
    stem, primes = re.fullmatch(r"(\w+?)('*)", name).groups()
    if stem in SYMBOLS:
        tex = SYMBOLS[stem]
    elif stem in GREEK | OPERATORS:
        tex = f"\\{stem}"
    elif len(stem) == 1:
        tex = stem
    elif match := re.fullmatch(r"([A-Za-z])(\d+)|([a-z]+)_(\w)", stem):
        letter, digits, base, index = match.groups()
        whole = letter or (base if base in GREEK or len(base) == 1 else "")
        tex = f"{symbol(whole)}_{digits or index}" if whole else roman(stem)
    else:
        tex = roman(stem)
    return tex + primes


def roman(name: str) -> str:
    """Return a name of several letters."""
    return r"\text{" + name.replace("_", r"\_") + "}"


def function(name: str) -> str:
    """Return the name of a function."""
    stem = name.rstrip("'")
    primes = name[len(stem) :]
    return (r"\sigma" if stem == "s" else symbol(stem)) + primes


def fraction(above: Term, below: Term) -> Term:
    """Return a quotient, with its sign in front."""
    negative = above.tex.startswith("-")
    numerator = above.tex[1:] if negative else above.bare
    return plain(rf"{'-' * negative}\frac{{{numerator}}}{{{below.bare}}}")


def in_a_line(tex: str) -> str:
    """Return a simple fraction with a slash, for an exponent."""
    return re.sub(r"^(-?)\\frac\{([^{}]*)\}\{([^{}]*)\}$", r"\1\2 / \3", tex)


def enclosed(tex: str) -> str:
    """Return a term in parentheses of its height."""
    tall = any(part in tex for part in (r"\frac", r"\begin"))
    return rf"\left({tex}\right)" if tall else f"({tex})"


class Parser:
    """A formula that is read from left to right."""

    def __init__(self, text: str) -> None:
        """Begin at the start."""
        self.text = text
        self.place = 0

    def error(self) -> ValueError:
        """Return what to raise where the text is not understood."""
        return ValueError(
            f"cannot read the formula {self.text!r} from {self.text[self.place :]!r} on:"
            " docs/_extensions/latex.py says what may stand there"
        )

    def peek(self) -> str:
        """Return the next token, nothing at the end."""
        match = TOKEN.match(self.text, self.place)
        if match is None and self.text[self.place :].strip():
            raise self.error()
        return match[1] if match else ""

    def take(self, *wanted: str) -> str:
        """Go past the next token if it is one of those wanted, or if any is; return it."""
        token = self.peek()
        if wanted and token not in wanted:
            return ""
        if token:
            self.place = TOKEN.match(self.text, self.place).end()
        return token

    def expect(self, token: str) -> None:
        """Go past a token that has to be there."""
        if not self.take(token):
            raise self.error()

    def whole(self) -> str:
        """Return the LaTeX of all."""
        clauses = [self.clause()]
        while self.take(","):
            clauses.append(self.clause())
        if self.peek():
            raise self.error()
        return r", \quad ".join(clauses)

    def clause(self) -> str:
        """Return a choice, or several that are equal."""
        if self.take("for"):
            return rf"\text{{for }} {self.condition()}"
        tex = self.choice().bare
        while self.take("="):
            tex += f" = {self.choice().bare}"
        return tex

    def choice(self) -> Term:
        """Return a sum, or the cases that it is one of."""
        value = self.sum()
        if not self.take("if"):
            return value
        condition = self.condition()
        self.expect("else")
        other = self.choice()
        cases = ((value.bare, condition), *(other.cases or ((other.bare, ""),)))
        lines = [
            rf"{value} & \text{{{'if ' if condition else 'otherwise'}}} {condition}".rstrip()
            for value, condition in cases
        ]
        tex = rf"\begin{{cases}} {CASE_BREAK.join(lines)} \end{{cases}}"
        return Term(tex, tex, cases)

    def condition(self) -> str:
        """Return comparisons."""
        tex = self.sum().tex
        while token := self.take(*COMPARISONS, "=", "or", "and"):
            sign = rf"\text{{ {token} }}" if token in WORDS else COMPARISONS.get(token, token)
            tex += f" {sign} {self.sum().tex}"
        return tex

    def sum(self) -> Term:
        """Return products with signs between them."""
        term = self.product()
        while sign := self.take("+", "-"):
            term = plain(f"{term.tex} {sign} {self.product().tex}")
        return term

    def product(self) -> Term:
        """Return powers side by side, and fractions."""
        term = self.power()
        while True:
            if self.take("/"):
                term = fraction(term, self.power())
            elif self.starts_factor():
                factor = self.power().tex
                space = " " if factor.startswith(("(", r"\left(")) else r" \, "
                term = plain(f"{term.tex}{space}{factor}")
            else:
                return term

    def starts_factor(self) -> bool:
        """Return whether what follows is multiplied with what was there."""
        token = self.peek()
        return token == "(" or (token[:1].isalnum() and token not in WORDS)

    def power(self) -> Term:
        """Return an atom with its sign and its exponent."""
        if self.take("-"):
            return plain(f"-{self.power().tex}")
        base = self.atom()
        if not self.take("^"):
            return base
        exponent = in_a_line(self.power().bare)
        stem = base.tex.rstrip("'")
        primes = PRIME * (len(base.tex) - len(stem))  # z'^2
        return plain(f"{stem}^{{{primes}{exponent}}}")

    def atom(self) -> Term:
        """Return what stands by itself."""
        if self.take("("):
            inner = self.choice()
            self.expect(")")
            return inner if inner.cases else Term(enclosed(inner.tex), inner.bare)
        if not self.starts_factor():
            raise self.error()
        name = self.take()
        if name[0].isdigit():
            return plain(number(name))
        if self.text[self.place : self.place + 1] == "[":
            self.take()
            index = self.choice().bare
            self.expect("]")
            return plain(f"{symbol(name)}_{{{index}}}")
        if self.text[self.place : self.place + 1] != "(":
            return plain(symbol(name))
        return self.call(name)

    def call(self, name: str) -> Term:
        """Return a function of what is in the parentheses that follow."""
        self.expect("(")
        arguments = [self.choice().bare]
        while self.take(","):
            arguments.append(self.choice().bare)
        self.expect(")")
        inside = ", ".join(arguments)
        if name in ENCLOSING:
            tex = ENCLOSING[name].format(in_a_line(inside) if name == "exp" else inside)
            # A power of a power: (e^x)^2.
            return plain(enclosed(tex) if name == "exp" and self.peek() == "^" else tex)
        if self.peek() == "^" and name not in {"max", "min"}:  # tanh^2(x)
            self.take()
            return plain(f"{function(name)}^{{{self.power().bare}}}{enclosed(inside)}")
        return plain(f"{function(name)}{enclosed(inside)}")


def number(text: str) -> str:
    """Return a number."""
    mantissa, e, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{exponent}}}" if e else text


def latex(text: str) -> str:
    """Return a formula as LaTeX.

    Raises
    ------
    ValueError
        If it is not understood.
    """
    tex = Parser(text).whole()
    return re.sub("'+", lambda primes: f"^{{{(PRIME * len(primes[0])).strip()}}}", tex)
