"""What two introductory articles say of activation functions, tried with fastact.

One explains why networks need them and why ReLU cuts at 0; the other presents ReLU and what was
made of it: PReLU, GELU, Swish, Mish. Each test is a claim; that a function has its formula is left
to test_accuracy.py. One article prints Mish without its factor x, with which its own figure agrees.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import fastact as fa
from fastact.cli.plot import HIDDEN_BIASES, four_unit_network

LAYERS = 20


def layers(rng, *widths):
    """Weights and biases of a chain of linear layers."""
    return [
        (rng.normal(0, wide**-0.5, (narrow, wide)), rng.normal(size=narrow))
        for wide, narrow in pairwise(widths)
    ]


def forward(chain, x, activation):
    """Apply the layers to the columns of x, with an activation between them."""
    for weights, bias in chain[:-1]:
        x = activation(weights @ x + bias[:, None])
    weights, bias = chain[-1]
    return weights @ x + bias[:, None]


# ---- why activation functions are needed ----


def collapsed(chain):
    """Return the one affine map that the layers are without activation."""
    product, shift = np.eye(chain[0][0].shape[1]), np.zeros(chain[0][0].shape[1])
    for weights, bias in chain:
        product, shift = weights @ product, weights @ shift + bias
    return product, shift


def test_linear_layers_collapse_to_one_affine_map():
    rng = np.random.default_rng(0)
    chain = layers(rng, 5, 64, 32, 64, 3)
    x = rng.normal(0, 3, (5, 1000))
    weights, bias = collapsed(chain)
    np.testing.assert_allclose(
        forward(chain, x, fa.identity), weights @ x + bias[:, None], rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("activation", [fa.relu, fa.gelu, fa.swish, fa.mish, fa.tanh])
def test_layers_with_an_activation_do_not_collapse(activation):
    rng = np.random.default_rng(0)
    chain = layers(rng, 5, 64, 32, 64, 3)
    x = rng.normal(0, 3, (5, 1000))
    y = forward(chain, x, activation)
    # Not even the affine map that fits best comes near.
    with_one = np.vstack([x, np.ones(1000)])
    fitted = np.linalg.lstsq(with_one.T, y.T)[0].T @ with_one
    assert (abs(y - fitted).max(axis=1) > 0.1 * y.std(axis=1)).all()


def test_four_relu_units_approximate_the_sigmoid():
    x = np.linspace(-6, 6, 120_001)
    distance = abs(four_unit_network(x) - fa.sigmoid(x))
    assert distance.max() == pytest.approx(0.041005, abs=1e-6)
    # There the sigmoid is as steep as the straight line between -2 and 2.
    steepness = fa.sigmoid_grad(x[distance.argmax()])
    assert steepness == pytest.approx(0.00776 + 0.0429 + 0.1398, abs=1e-5)


def test_the_four_unit_network_is_a_chain_of_straight_lines():
    x = np.linspace(-6, 6, 1201)
    bends = x[1:-1][abs(np.diff(four_unit_network(x), 2)) > 1e-9]
    np.testing.assert_allclose(bends, sorted(-b for b in HIDDEN_BIASES), atol=1e-9)


# ---- why ReLU, and why it cuts at 0 ----


def test_half_of_the_units_are_zero_after_relu():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(256, 400))
    mirrored = np.concatenate([x, -x], axis=1)
    assert np.count_nonzero(fa.relu(mirrored)) == mirrored.size // 2
    # A random layer: symmetric weights make its outputs symmetric, whatever the input is.
    units = rng.normal(size=(2000, 256)) @ fa.relu(x)
    zeros = 1 - np.count_nonzero(fa.relu(units)) / units.size
    assert zeros == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("function", [fa.gelu, fa.swish, fa.mish, fa.leaky_relu])
def test_the_others_are_not_sparse(function):
    assert np.count_nonzero(function(np.random.default_rng(0).normal(size=10_000))) == 10_000


def trained(forward, backward, steps=200):
    """Fit ReLU by a unit whose bias is far below all inputs; return the biases that it had."""
    x = np.random.default_rng(0).normal(size=500)
    target = np.maximum(x, 0)
    weight, bias = 1.0, -10.0
    seen = [bias]
    for _ in range(steps):
        before = weight * x + bias
        gradient = backward(2 * (forward(before) - target) / x.size, before)
        weight -= 0.1 * float(fa.sum_to(gradient * x, ()))
        bias -= 0.1 * float(fa.sum_to(gradient, ()))
        seen.append(bias)
    return seen


def test_a_dead_relu_unit_gets_no_gradient():
    assert set(trained(fa.relu, fa.relu_backward)) == {-10.0}


def test_a_leaky_unit_comes_back():
    biases = trained(
        lambda x: fa.leaky_relu(x, 0.1), lambda g, x: fa.leaky_relu_backward(g, x, 0.1), 2000
    )
    assert biases[1] > -10
    assert biases[-1] == pytest.approx(0, abs=0.1)


# ---- vanishing gradients ----


def products(derivative):
    """Products of derivatives along many ways through the layers."""
    inputs = np.random.default_rng(0).normal(size=(LAYERS, 10_000))
    return np.prod(derivative(inputs), axis=0)


def test_the_product_of_sigmoids_derivatives_vanishes():
    assert products(fa.sigmoid_grad).max() < 0.25**LAYERS < 1e-12


def test_the_product_of_tanhs_derivatives_vanishes():
    found = products(fa.tanh_grad)
    assert np.median(found) < 1e-4
    assert found.max() < 0.1


def test_the_product_of_relus_derivatives_does_not():
    assert products(lambda x: fa.relu_grad(abs(x))).min() == 1
    assert set(products(fa.relu_grad)) <= {0.0, 1.0}


def test_sigmoid_and_tanh_saturate_and_relu_does_not():
    x = np.array([-1e3, 1e3])
    np.testing.assert_array_equal(fa.sigmoid_grad(x), 0)
    np.testing.assert_array_equal(fa.tanh_grad(x), 0)
    np.testing.assert_array_equal(fa.relu_grad(x), [0, 1])


# ---- what was made of ReLU ----


def test_prelu_learns_its_slope():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 3, 10))
    wanted = np.array([-0.3, 0.1, 0.9])[:, None]
    target = fa.prelu(x, wanted)
    a = np.full((3, 1), 0.25)  # where PReLU starts from
    losses = []
    for _ in range(100):
        difference = fa.prelu(x, a) - target
        losses.append(np.mean(difference**2))
        _, gradient = fa.prelu_backward(2 * difference / x[:, 0].size, x, a)
        a -= 0.5 * fa.sum_to(gradient, a.shape)
    np.testing.assert_allclose(a, wanted, atol=1e-9)
    assert all(later < sooner for sooner, later in pairwise(losses[:20]))


def test_swish_tends_to_relu():
    x = np.linspace(-6, 6, 1_200_001)
    for beta in (1.0, 10.0, 100.0, 1000.0):
        distance = abs(fa.swish(x, beta) - fa.relu(x)).max()
        # The largest t s(-t) is W(1/e), and x = t / beta.
        assert distance == pytest.approx(0.2784645 / beta, rel=1e-4)
    assert abs(fa.swish(x, 1e30) - fa.relu(x)).max() < 1e-30
    np.testing.assert_array_equal(fa.swish(x, 0.0), x / 2)


@pytest.mark.parametrize(
    "derivative", [fa.gelu_grad, fa.swish_grad, fa.mish_grad], ids=["gelu", "swish", "mish"]
)
def test_the_later_ones_have_a_smooth_derivative(derivative):
    x = np.linspace(-6, 6, 120_001)
    steps = abs(np.diff(derivative(x)))
    assert steps.max() < 1.1 * 1e-4  # no derivative changes faster than x
    assert abs(np.diff(fa.relu_grad(x))).max() == 1
