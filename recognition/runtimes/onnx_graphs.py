"""Rewrites ONNX files, in memory, for the sizes that they are run in."""

from pathlib import Path

import onnx


def adapted(path: Path, *, size: tuple[int, int] | None = None, open_batch: bool = False) -> bytes | None:
    """Return the model with an input of that height and width; None where the file can be run as it is.

    `open_batch`: any number of pictures. Weights that are listed among the inputs, as in SFace, are constants again:
    else the runtime warns of each and cannot fold them. What was known of other shapes is worked out anew.
    """
    model = onnx.load_model(str(path), load_external_data=False)
    weights = {weight.name for weight in model.graph.initializer}
    inputs = [entry for entry in model.graph.input if entry.name not in weights]
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
    found: bytes = model.SerializeToString()
    return found
