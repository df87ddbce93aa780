"""`fastact plot`: the curves, the pictures, the dots in the terminal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cases import every_activation, run_python
from rich.console import Console
from typer.testing import CliRunner

import fastact as fa
from fastact.cli import plot
from fastact.cli.app import app
from fastact.cli.catalogue import choose_activations


def run(*arguments: object, code: int = 0, **environment: str) -> str:
    """Run the command and return what it printed."""
    variables = {"COLUMNS": "100"} | environment
    result = CliRunner().invoke(app, ["plot", *map(str, arguments)], env=variables)
    assert result.exit_code == code, result.output
    return result.output


def words(printed: str) -> str:
    return " ".join(printed.replace("│", " ").split())


def panels(*names, forms=("value", "grad"), low=-5.0, high=5.0):
    return plot.panels_of(choose_activations(names), forms, low, high)


# ---- what is drawn ----


def test_the_forms_of_one_function_share_a_panel():
    (panel,) = panels("swish", forms=("value", "grad", "grad_beta"))
    assert panel.title == "swish"
    assert [c.label for c in panel.curves] == ["swish", "swish_grad", "swish_grad_beta"]
    assert [c.style for c in panel.curves] == [0, 1, 2]


def test_several_functions_have_a_panel_per_form_and_one_style_each():
    found = panels("relu", "elu", forms=("value", "grad_alpha"))
    assert [p.title for p in found] == ["value", "derivative by alpha"]
    assert [(c.label, c.style) for p in found for c in p.curves] == [
        ("relu", 0),
        ("elu", 1),
        ("elu_grad_alpha", 1),
    ]


@every_activation
def test_curves_are_the_functions_and_smooth_between_jumps(name):
    for curve in panels(name)[0].curves:
        whole = ~np.isnan(curve.y)
        with np.errstate(over="ignore"):
            np.testing.assert_array_equal(curve.y[whole], getattr(fa, curve.label)(curve.x[whole]))
        height = np.ptp(curve.y[whole])
        for x, y in curve.pieces():
            assert (np.diff(x) >= 0).all()
            assert abs(np.diff(y)).max() <= 0.02 * height


@pytest.mark.parametrize(
    ("name", "form", "jumps"),
    [
        ("relu", "grad", [0]),
        ("binary_step", "value", [0]),
        ("threshold", "value", [1]),
        ("hard_shrink", "value", [-0.5, 0.5]),
        ("hard_tanh", "grad", [-1, 1]),
        ("relu", "value", []),
        ("gelu", "grad", []),
    ],
)
@pytest.mark.parametrize("ends", [(-5, 5), (-3.7, 4.1)])
def test_jumps_part_a_curve(name, form, jumps, ends):
    ((curve,),) = (p.curves for p in panels(name, forms=[form], low=ends[0], high=ends[1]))
    found = list(curve.pieces())
    assert len(found) == len(jumps) + 1
    for jump, (before, _), (after, _) in zip(jumps, found, found[1:], strict=False):
        assert before[-1] == pytest.approx(jump, abs=1e-9)
        assert after[0] == pytest.approx(jump, abs=1e-9)


def test_the_figures_of_the_articles():
    found = plot.article_panels()
    assert [[c.label for c in p.curves] for p in found] == [
        ["ReLU", "Swish", "Mish"],
        ["sigmoid", "tanh"],
        ["ReLU", "derivative"],
        ["sigmoid", "network"],
    ]
    mish = found[0].curves[2]
    np.testing.assert_array_equal(mish.y, fa.mish(mish.x))
    sigmoid, network = found[3].curves
    assert abs(network.y - sigmoid.y).max() == pytest.approx(0.041, abs=1e-4)
    bends, heights = network.marks
    np.testing.assert_allclose(heights, np.interp(bends, network.x, network.y), atol=1e-4)


def test_styles_differ_in_colour_and_in_dashes():
    colours, dashes = zip(*plot._STYLES, strict=True)
    assert len(set(colours)) == len(set(dashes)) == len(set(plot._MARKERS)) == len(plot._STYLES)


# ---- pictures ----


def test_a_png(tmp_path):
    assert "Written" in run("gelu", "silu", "--out", tmp_path / "a.PNG")
    data = (tmp_path / "a.PNG").read_bytes()
    assert data.startswith(b"\x89PNG")
    matplotlib_image = pytest.importorskip("matplotlib.image")
    pixels = matplotlib_image.imread(tmp_path / "a.PNG")
    shown = {tuple(pixel) for pixel in (pixels[..., :3] * 255).round().astype(int).reshape(-1, 3)}
    for colour in ("#0072B2", "#D55E00"):
        assert tuple(bytes.fromhex(colour[1:])) in shown


def test_an_svg_has_its_words_and_is_the_same_every_time(tmp_path):
    for name in ("a.svg", "b.svg"):
        run("relu", "--form", "value", "--out", tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    run("--articles", "--out", tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    for label in ("ReLU, Swish and Mish", "Swish", "derivative", "network", "0.5"):
        assert f">{label}</text>" in text
    assert text.count("#d55e00") >= 4


def test_more_curves_than_a_legend_has_room_for(tmp_path):
    run("relu", "elu", "gelu", "silu", "mish", "softplus", "tanh", "--out", tmp_path / "a.svg")
    assert ">softplus_grad</text>" in (tmp_path / "a.svg").read_text()


def test_the_command_starts_without_the_large_libraries():
    run_python("""
        import sys
        import fastact.cli.app

        large = {"matplotlib", "scipy", "mpmath", "plotext", "jinja2", "cpuinfo"}
        assert not large & set(sys.modules)
    """)


# ---- the terminal ----


def drawn(printed: str) -> list[str]:
    """The lines of a plot without colours, its title and numbers left out."""
    return [line.rstrip() for line in printed.splitlines()[1 : plot._ROWS - 1]]


def braille(text: str) -> int:
    return sum(0x2800 < ord(character) <= 0x28FF for character in text)


def test_a_straight_line_goes_from_corner_to_corner():
    lines = drawn(run("identity", "--form", "value", "--range", -1, 1))
    places = [[k for k, c in enumerate(line) if braille(c)] for line in lines]
    assert all(places)
    assert max(places[0]) == 99
    assert min(places[-1]) <= 4  # beside the numbers
    middles = [sum(row) / len(row) for row in places]
    assert middles == sorted(middles, reverse=True)
    steps = np.diff(middles)
    assert abs(steps - steps.mean()).max() <= 2


@every_activation
def test_every_function_can_be_printed(name):
    printed = run(name)
    assert printed.splitlines()[0].strip() == name
    assert max(map(len, printed.splitlines())) <= 100
    assert braille(printed) > 20
    assert f"{name}_grad" in printed


def test_markers_tell_curves_apart_without_colour():
    printed = run("relu", "elu", "gelu", "silu", "mish", "tanh", "celu", "--form", "value")
    names = " ".join(printed.splitlines()[plot._ROWS :]).split()
    samples = dict(zip(names[1::2], names[::2], strict=True))
    assert set(samples) == {"relu", "elu", "gelu", "silu", "mish", "tanh", "celu"}
    assert len(set(samples.values())) == 7


def test_colours_of_a_terminal():
    console = Console(force_terminal=True, color_system="truecolor", width=80)
    with console.capture() as capture:
        plot.draw_text(console, panels("gelu", "silu"))
    assert "38;2;0;114;178" in capture.get()
    assert "38;2;213;94;0" in capture.get()
    assert "xxx" not in capture.get()  # colours tell the curves apart


def test_axes_have_round_numbers():
    below = run("gelu", "--range", -5, 5).splitlines()[plot._ROWS - 1]
    assert below.split() == ["-4", "-2", "0", "2", "4"]


def test_a_terminal_without_braille(monkeypatch):
    monkeypatch.setattr(Console, "encoding", "ascii")
    assert "the encoding ascii cannot show the plot; use --out FILE" in words(run("relu", code=1))


def test_wide_ranges_do_not_warn():
    run("squared_relu", "elu", "--range", -1e200, 1e200)
    run("sigmoid", "--range", 100, 101)


# ---- errors ----


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either functions or --articles"),
        (["relu", "--articles"], "give either functions or --articles"),
        (["rellu"], "Did you mean 'relu'?"),
        (["all"], "7 functions at most, so that curves"),
        (["relu", "--form", "backward"], "unknown form 'backward'"),
        (["relu", "--form", "grad_alpha"], "nothing to draw: there is no such derivative"),
        (["relu", "--range", 1, 1], "the range from 1 to 1 is empty"),
        (["relu", "--range", "nan", 1], "the range from nan to 1 is empty"),
        (["relu", "--out", "a.jpg"], "the name has to end in .png or .svg: a.jpg"),
    ],
)
def test_bad_arguments(arguments, message):
    assert message in words(run(*arguments, code=2))


def test_a_directory_that_is_not_there(tmp_path):
    printed = run("relu", "--out", tmp_path / "no" / "a.png", code=1)
    assert words(printed) == f"Error: {Path(tmp_path)}/no/a.png: No such file or directory"
