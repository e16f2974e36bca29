"""Exercises of notebook 05, adaptive methods: RMSProp in three steps, and four at the end."""

import numpy as np

from ..data import digits, split
from ..objectives import logistic_regression, minibatches, quadratic
from ..optimizers import METHODS
from ..running import run
from .check import NotYet, call, close, exercise, number, numbers

# --- RMSProp, built by the student -------------------------------------------------------------------------------


@exercise(
    "Do it one gradient at a time: v = 0.9 · v + 0.1 · 2², three times, from v = 0.",
    "After the first gradient v is 0.4, after the second 0.76.",
)
def leaky_mean(answer):
    """The average of squares, ρ = 0.9, after three gradients of 2, from 0."""
    value = number(answer)
    if close(value, 12.0, 1e-3):
        raise NotYet("That is Adagrad's sum of squares, 4 + 4 + 4. The average forgets, and weighs the new one by 0.1.")
    if close(value, 4.0, 1e-4):
        raise NotYet("That is where the average is going. It starts at 0, and three steps are not enough to arrive.")
    if close(value, 3.996, 1e-4):
        raise NotYet("ρ and 1 − ρ have changed places: the old average counts 0.9, the new square 0.1.")
    if close(value, 0.542, 2e-3):
        raise NotYet("That is the average of the gradients. RMSProp averages their squares.")
    if close(value, 1.08, 1e-9):
        raise NotYet("Nearly: give three decimals.")
    if close(value, 0.4, 1e-3) or close(value, 0.76, 1e-3):
        raise NotYet("That is v after fewer gradients. Go on until the third.")
    if close(value, 1.2, 1e-3):
        raise NotYet("You add 0.1 · 4 three times. At each step the old average shrinks to 0.9 of itself, too.")
    if not close(value, 1.084, 1e-3):
        raise NotYet("Go step by step: v = 0.9 · v + 0.1 · g², with g = 2, three times from v = 0.")
    return "0.4, 0.76, 1.084: on its way to 4, the true mean square, but far from there."


@exercise(
    "√1.084 is about 1.04.",
    "0.01 · 2 / 1.041",
)
def rms_step(answer):
    """How far θ falls at the third gradient of 2, with lr 0.01 and v = 1.084."""
    value = number(answer)
    step = 0.01 * 2 / 1.084**0.5
    if close(value, -step, 1e-4):
        raise NotYet("The size is right. The question asks by how much θ falls, so give it without the minus.")
    if close(value, 0.01 * 2 / 1.084, 1e-4):
        raise NotYet("You divide by v. Divide by its root, so that the units of g cancel.")
    if close(value, 0.01, 1e-6):
        raise NotYet("That would be the step if √v were 2, the size of g. It is still smaller, so the step is longer.")
    if close(value, 0.02, 1e-6):
        raise NotYet("That is gradient descent's step, lr · g. Divide it by √v.")
    if close(value, 0.01 / 1.084**0.5, 1e-4):
        raise NotYet("The gradient itself is missing in the numerator: lr · g / √v.")
    if not close(value, step, 1e-4):
        raise NotYet("Compute lr · g / √v with lr = 0.01, g = 2 and v = 1.084.")
    return "It is nearly twice lr, since v has not yet reached g²."


def _rmsprop(g, theta, v, lr, rho, eps):
    v = rho * v + (1 - rho) * g * g
    return theta - lr * g / (v**0.5 + eps), v


@exercise(
    "The three lines: g = f.grad(theta), then the average v, then return theta - ..., v.",
    "The average: v = rho * v + (1 - rho) * g * g.",
    "The last line: return theta - lr * g / (v**0.5 + eps), v",
)
def rmsprop_by_you(answer):
    """A method my_rmsprop(f, t, theta, v=0, *, lr, rho, eps) -> (theta, v)."""
    rng = np.random.default_rng(5)
    f = quadratic([1.0, 4.0, 20.0])
    lr, rho, eps = 0.1, 0.8, 0.05
    for t, runs in ((1, ()), (7, (4,))):
        theta, v = rng.normal(size=(*runs, 3)), rng.uniform(0.5, 2.0, size=(*runs, 3))
        g = f.grad(theta)

        def step(theta, v, t=t):
            return answer(f, t, theta, v, lr=lr, rho=rho, eps=eps)

        with np.errstate(all="ignore"):
            result = call(step if callable(answer) else answer, theta, v)
        if not isinstance(result, tuple) or len(result) != 2:
            raise NotYet("A method returns its new parameters and its new state: end with `return ..., v`.")
        got = [numbers(part, what) for part, what in zip(result, ("theta", "v"))]
        want = _rmsprop(g, theta, v, lr, rho, eps)
        if got[0].shape != theta.shape or got[1].shape != theta.shape:
            raise NotYet(
                f"theta and v have shape {theta.shape}, but yours came back as {got[0].shape} and {got[1].shape}."
            )
        if close(got, want):
            continue
        if close(got, (want[1], want[0])):
            raise NotYet("You return v first. theta comes first, then the state.")
        if close(got[1], v + g * g):
            raise NotYet("Your v is Adagrad's sum. RMSProp keeps rho of the old average, and takes 1 - rho of g².")
        if close(got[1], (1 - rho) * v + rho * g * g):
            raise NotYet("In your average rho and 1 - rho have changed places.")
        if close(got[1], rho * v + (1 - rho) * g):
            raise NotYet("You average the gradients. RMSProp averages their squares.")
        if close(got[1], v):
            raise NotYet("You return the old v. The average must take the new square in, and be returned.")
        if not close(got[1], want[1]):
            raise NotYet(f"For v = {v.ravel()[0]:.3f} and g = {g.ravel()[0]:.3f} the new v should be "
                         f"{want[1].ravel()[0]:.4f}, but yours is {got[1].ravel()[0]:.4f}.")  # fmt: skip
        steps = theta - got[0]
        if close(steps, want[0] - theta):
            raise NotYet("v is right. The step has the wrong sign: it must go against the gradient.")
        if close(steps, lr * g / (want[1] + eps)):
            raise NotYet("v is right. In the step, divide by its root, not by v itself.")
        if close(steps, lr * g / (want[1] + eps) ** 0.5):
            raise NotYet("v is right. Here ε stands inside the root; the formula above has it outside.")
        if close(steps, lr * g / want[1] ** 0.5):
            raise NotYet("v is right. ε is missing: add eps to the root.")
        if close(steps, lr * g / (v**0.5 + eps)):
            raise NotYet("The step divides by the root of the old v. Update v first.")
        raise NotYet("v is right, but theta is not: it should be theta - lr * g / (√v + eps).")
    return "One run or many at once, it agrees with the reference."


# --- The exercises at the end --------------------------------------------------------------------------------------


@exercise(
    "At t = 1 the corrected moments are exactly g and g².",
    "So the step is lr · g / |g|: only the sign of the slope is left.",
)
def first_adam_step(answer):
    """The two changes of Adam's first step, lr 0.01, slopes 1000 and −0.001."""
    step = None if callable(answer) else numbers(answer, "The step").ravel()
    if step is None or step.shape != (2,):
        raise NotYet("Give two numbers, such as [0.1, 0.2]: the change of each parameter.")
    want = np.array([-0.01, 0.01])
    if close(step, want, 1e-4):
        return "Six powers of ten between the slopes, and none between the steps."
    if close(step, -want, 1e-4):
        raise NotYet("The lengths are right, the signs are not: a step goes against its slope.")
    if close(abs(step), [0.01, 0.01], 1e-4):
        raise NotYet("The lengths are right. The two slopes have opposite signs, so the two changes have, too.")
    if close(step, [-10.0, 1e-5], 1e-8):
        raise NotYet("That is gradient descent, lr · g. Adam divides by the size of the slope.")
    if close(abs(step), [0.01 * 10**0.5, 0.01 * 10**0.5], 1e-3):
        raise NotYet("That is the step without bias correction, 0.1 / √0.001 times lr. Adam corrects both moments.")
    if close(abs(step), [0.01, 1e-8], 1e-6):
        raise NotYet("You divide both slopes by the length of the whole gradient. Adam divides each by its own size.")
    raise NotYet("At t = 1, m̂ = g and v̂ = g². What is lr · m̂ / √v̂ for each slope?")


@exercise(
    "Constant gradients of 1 give m = 1 − beta1ᵗ. What must you divide by to get 1?",
    "m by 1 − beta1ᵗ, v by 1 − beta2ᵗ; in Python beta1**t.",
)
def bias_correction(answer):
    """A function corrected(m, v, t, beta1, beta2) that returns (m̂, v̂)."""
    for t, beta1, beta2 in ((1, 0.9, 0.999), (3, 0.8, 0.95), (40, 0.9, 0.99)):
        m, v = np.array([0.1, -0.3]), np.array([0.002, 0.04])
        result = call(answer, m, v, t, beta1, beta2)
        got = numbers(result, "The two moments")
        if got.shape != (2, 2):
            raise NotYet("Return both moments, m_hat first: `return m_hat, v_hat`.")
        a, b = 1 - beta1**t, 1 - beta2**t
        if close(got, (m / a, v / b)):
            continue
        if close(got, (v / b, m / a)):
            raise NotYet("The two moments have changed places: m_hat comes first.")
        if close(got[0], m / a) and close(got[1], v / a):
            raise NotYet("Your v̂ uses beta1, as a reader of [G]'s misprint may. Each moment has its own decay rate.")
        if close(got[0], m / a) and close(got[1], m / b):
            raise NotYet("Your v̂ is made of m: that is the misprint of [J]'s slide. Correct v itself.")
        if close(got, (m / (1 - beta1), v / (1 - beta2))):
            raise NotYet(f"Right at t = 1 only. At t = {t} the bias is smaller: the power t is missing.")
        if close(got, (m * a, v * b)):
            raise NotYet("The moments are too small at first. Divide, don't multiply.")
        if close(got, (m, v)):
            raise NotYet("These are the uncorrected moments.")
        raise NotYet(f"For t = {t}, m = {m} and v = {v} it should be {(m / a).round(4)} and {(v / b).round(4)}.")
    return "At t = 1 it multiplies m by 10 and v by 1,000; after a few thousand steps it does nothing."


@exercise(
    "At step 1 all is right. Which lines behave differently at t = 1 and at t = 100?",
    "Under a constant slope of 1, m is nearly 1 at t = 100. What does line 4 make of it?",
)
def find_the_bug(answer):
    """The number of the wrong line."""
    value = number(answer, "the line's number")
    if value == 5:
        raise NotYet("Line 5 divides by 1 − beta2ᵗ, as it should. Compare the line above it.")
    if value in (2, 3):
        raise NotYet("This average is right: it keeps beta of the old and takes 1 − beta of the new.")
    if value == 6:
        raise NotYet("This line is right, ε outside the root. Something that it is given is ten times too large.")
    if value == 1:
        raise NotYet("The gradient is right. If it were ten times too large, Adam would divide that away.")
    if value != 4:
        raise NotYet("Give the number of a line, from 1 to 6.")
    return "The power t is missing. 1 − 0.9 = 0.1 is right at t = 1, and makes m̂ ten times too large later."


@exercise(
    "You don't know the order of magnitude. So let each power of ten have its trial.",
    "Five numbers, each ten times the one before.",
)
def five_trials(answer):
    """Five learning rates, one of which must bring Adamax below a validation loss of 0.25 on the digits."""
    lr = None if callable(answer) else numbers(answer, "The learning rates").ravel()
    if lr is None or not 1 <= len(lr) <= 5 or not np.isfinite(lr).all() or lr.min() < 1e-4 or lr.max() > 10:
        raise NotYet("Give a list of at most five learning rates, each from 0.0001 to 10.")
    data = digits()
    train, validation, _ = split(data.X, data.y, (0.6, 0.2, 0.2), rng=np.random.default_rng(0))
    f, valid = logistic_regression(*train), logistic_regression(*validation)
    stream = minibatches(f, 64, np.random.default_rng(0))
    theta = run(METHODS["adamax"], stream, f.start, stream.steps(5), lr=lr[:, None])[-1]
    losses = np.nan_to_num(valid(theta), nan=np.inf)
    best = f"Your best is lr {lr[losses.argmin()]:.3g}, with a validation loss of {losses.min():.3f}."
    decades = len(np.unique(np.floor(np.log10(lr) + 1e-9)))
    if losses.min() >= 0.25 and decades < 3:
        raise NotYet(f"{best} Your trials share {decades} power{'s' * (decades > 1)} of ten out of five. Spread them.")
    if losses.min() >= 0.25:
        raise NotYet(f"{best} Are there powers of ten that you left out?")
    if decades < 3:
        return f"{best} But all of your trials lie close together: for an unknown method, spread them."
    return best
