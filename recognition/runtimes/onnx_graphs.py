"""Rewrite ONNX models, in memory, for the sizes that they are run in."""

from pathlib import Path

import onnx


def adapt_model(path: Path, *, size: tuple[int, int] | None = None, open_batch: bool = False) -> bytes | None:
    """Return the model with an input of that height and width; None where the file can be run as it is.

    `open_batch`: let the input hold any number of pictures. Weights that a file lists among its inputs, as SFace does,
    become constants: otherwise the runtime warns of each and cannot fold them. The shapes of inner values and outputs
    are removed, because they held for the old size; the runtime infers them again.
    """
    model = onnx.load_model(str(path), load_external_data=False)
    weights = {weight.name for weight in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in weights]
    if not size and not open_batch and len(inputs) == len(model.graph.input):
        return None
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    axes = model.graph.input[0].type.tensor_type.shape.dim
    if open_batch:
        axes[0].dim_param = "pictures"
    for axis, length in zip(axes[2:4], size or (), strict=False):
        axis.dim_value = length
    del model.graph.value_info[:]
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    adapted: bytes = model.SerializeToString()
    return adapted
