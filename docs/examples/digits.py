"""A network of two layers, trained by hand on scikit-learn's digits, beside its MLPClassifier.

Both have 64 hidden units, batches of 64, Adam with the same constants, and as many epochs.
"""

from itertools import pairwise
from time import perf_counter

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import fastact as fa

HIDDEN, CLASSES, BATCH, EPOCHS, RATE = 64, 10, 64, 30, 2e-3


class Network:
    """silu(x W1 + b1) W2 + b2, with softmax and cross entropy."""

    def __init__(self, inputs: int, rng: np.random.Generator) -> None:
        """Draw the weights."""
        sizes = (inputs, HIDDEN, CLASSES)
        self.parameters = []
        for n, m in pairwise(sizes):
            self.parameters += [rng.normal(0, n**-0.5, (n, m)), np.zeros(m)]
        self.parameters = [p.astype(np.float32) for p in self.parameters]
        self.moments = [(np.zeros_like(p), np.zeros_like(p)) for p in self.parameters]
        self.steps = 0

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Return what softmax makes probabilities of."""
        w1, b1, w2, b2 = self.parameters
        return fa.silu(x @ w1 + b1) @ w2 + b2

    def gradients(self, x: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
        """Return the gradient of the mean cross entropy by each parameter."""
        w1, b1, w2, b2 = self.parameters
        hidden, slope = fa.silu_value_and_grad(x @ w1 + b1)  # in one pass
        gradient = fa.softmax(hidden @ w2 + b2)
        gradient[np.arange(len(x)), labels] -= 1
        gradient /= len(x)
        back = gradient @ w2.T * slope
        return [x.T @ back, back.sum(axis=0), hidden.T @ gradient, gradient.sum(axis=0)]

    def step(self, x: np.ndarray, labels: np.ndarray) -> None:
        """Take a step of Adam."""
        self.steps += 1
        rate = RATE * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        gradients = self.gradients(x, labels)
        for p, g, (mean, square) in zip(self.parameters, gradients, self.moments, strict=True):
            mean += 0.1 * (g - mean)
            square += 0.001 * (g * g - square)
            p -= np.float32(rate) * mean / (np.sqrt(square) + 1e-8)


def figures() -> dict[str, float]:
    """Train both, and return their accuracies on new digits and the seconds that they took."""
    x, labels = load_digits(return_X_y=True)
    x = (x / 16).astype(np.float32)
    x, x_new, labels, labels_new = train_test_split(x, labels, random_state=0)
    rng = np.random.default_rng(0)

    start = perf_counter()
    network = Network(x.shape[1], rng)
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))
        for k in range(0, len(x), BATCH):
            batch = order[k : k + BATCH]
            network.step(x[batch], labels[batch])
    by_hand = perf_counter() - start

    start = perf_counter()
    classifier = MLPClassifier(HIDDEN, batch_size=BATCH, learning_rate_init=RATE, random_state=0)
    for _ in range(EPOCHS):
        classifier.partial_fit(x, labels, classes=np.arange(CLASSES))
    sklearn = perf_counter() - start

    return {
        "by hand, accuracy": (network.scores(x_new).argmax(axis=1) == labels_new).mean(),
        "by hand, seconds": by_hand,
        "MLPClassifier, accuracy": classifier.score(x_new, labels_new),
        "MLPClassifier, seconds": sklearn,
    }


if __name__ == "__main__":
    for name, value in figures().items():
        print(f"{name:24} {value:.3f}")
