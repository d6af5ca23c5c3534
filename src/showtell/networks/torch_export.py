"""A PyTorch module as the bytes of an ONNX file, which then gives what the module gives."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from showtell.errors import BackboneError
from showtell.networks import runtime
from showtell.networks.runtime import close

if TYPE_CHECKING:
    import torch

OPSET = 17


INPUT = "pictures"


def exported(module: torch.nn.Module, shape: Sequence[int], outputs: Sequence[str], name: str) -> bytes:
    """Return the module, in evaluation, as an ONNX file for any number of inputs of this shape, with named outputs.

    It is left as it was found. Raises BackboneError where PyTorch cannot export it, or where ONNX Runtime does not give
    what PyTorch gives.
    """
    import torch

    file = io.BytesIO()
    device = next((each.device for each in module.parameters()), torch.device("cpu"))
    generator = torch.Generator().manual_seed(0)
    example = torch.rand((2, *shape), generator=generator).to(device)
    with _evaluated(module), warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # that the exporter is the old one, and what a trace cannot follow
        try:
            given = module(example)
            torch.onnx.export(
                module,
                (example,),
                file,
                dynamo=False,  # the new exporter wants onnxscript, and is slower
                opset_version=OPSET,
                input_names=[INPUT],
                output_names=list(outputs),
                dynamic_axes={each: {0: "n"} for each in (INPUT, *outputs)},
            )
        except Exception as error:  # whatever the module makes it raise
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise BackboneError(f"{name}: PyTorch cannot export it to ONNX ({reason})") from error
    given = given if isinstance(given, tuple) else (given,)
    if len(given) != len(outputs) or not all(isinstance(each, torch.Tensor) for each in given):
        raise BackboneError(
            f"{name}: expected a module that gives one tensor, found {type(given[0]).__name__}; wrap it"
        )
    weights = file.getvalue()
    ours = runtime.load(weights, name).run(list(outputs), {INPUT: example.cpu().numpy()})
    for one, other in zip(ours, (each.cpu().numpy() for each in given), strict=True):
        if not close(one, other):
            raise BackboneError(f"{name}: expected ONNX Runtime to give what PyTorch gives, found other numbers")
    return weights


@contextmanager
def _evaluated(module: torch.nn.Module) -> Iterator[None]:
    """Hold the module and all in it in evaluation, and leave them as they were: the exporter makes them all alike."""
    import torch

    before = [(part, part.training) for part in module.modules()]
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)  # one operation for a whole layer, which ONNX does not have
    module.eval()
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        for part, training in before:
            part.training = training
