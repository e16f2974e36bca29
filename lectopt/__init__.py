"""lectopt: optimization for neural networks, with formulas that are code.

`from lectopt import ...` reaches every public name. Each is loaded at its first use, so that `import lectopt`
needs NumPy and nothing heavier.
"""

import importlib

__version__ = "0.1.0"

_NAMES = {
    "environment": "check_environment",
    "arrays": "dot like log_sum_exp namespace safe_ratio softmax stack_parameters",
    "gradients": "numerical_gradient",
    "objectives": "Objective beale cost_line double_well fix_parameters gaussian_bump himmelblau house_prices "
    "least_squares line_fit logistic_regression minibatches plateau quadratic rosenbrock saddle scattered",
    "data": "Dataset breast_cancer digits split",
    "optimizers": "METHODS RANGES STYLES",
    "optimizers.descent": "gradient_descent",
    "optimizers.momentum": "momentum momentum_ema momentum_trace momentum_velocity nesterov",
    "optimizers.adaptive": "adadelta adagrad adam adam_uncorrected adamax adamw amsgrad lion nadam rmsprop",
    "optimizers.curvature": "conjugate_gradient_fr conjugate_gradient_pr lbfgs newton rprop",
    "optimizers.line_search": "armijo steepest_descent strong_wolfe",
    "optimizers.schedules": "cosine exponential inverse_sqrt inverse_time join manual one_cycle per_epoch power "
    "reduce_on_plateau staircase warm_up",
    "optimizers.wrappers": "clip_norm clip_value exponential_average polyak_average",
    "running": "Sweep diverged iterate run stack_sweeps steps_to sweep",
    "experiments.landscape": "hessian_vector interpolate line_slice plane_slice power_iteration random_direction "
    "stationary_kind top_eigenvalues",
    "display.plots": "plot_contour plot_curve plot_fit plot_images plot_losses plot_map plot_surface show subplots",
    "display.source": "show_source",
    "display.stage": "FitStage FogStage Stage",
    "exercises.check": "check",
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names.split()}
_MODULES = {"gpu": "experiments.gpu"}  # reached whole: gpu.device()

__all__ = sorted(_MODULE_OF)


def __getattr__(name):
    if name in _MODULES:
        value = importlib.import_module(f"lectopt.{_MODULES[name]}")
    elif name in _MODULE_OF:
        value = getattr(importlib.import_module(f"lectopt.{_MODULE_OF[name]}"), name)
    else:
        raise AttributeError(f"module 'lectopt' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__, *_MODULES})
