"""A model file is rewritten for the sizes that it is run in, and only where that is needed and changes nothing."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from recognition.runtimes import onnx_graphs, selftest, selftest_results
from recognition.runtimes.inference_sessions import OnnxSession
from recognition.runtimes.network import Network
from recognition.runtimes.selftest_results import FAITHFUL, ROUGHLY, Verdict


def network(path, *, last="GlobalAveragePool", listed=False):
    """A convolution over one picture of 24x24. `last`: what becomes of its maps. `listed`: weights are inputs too."""
    kernel = numpy_helper.from_array(
        np.random.default_rng(0).standard_normal((4, 3, 3, 3)).astype(np.float32), "kernel"
    )
    axes = numpy_helper.from_array(np.array([0], np.int64), "axes")
    shape = numpy_helper.from_array(np.array([1, -1], np.int64), "shape")
    ends = {
        "GlobalAveragePool": [helper.make_node("GlobalAveragePool", ["maps"], ["out"])],
        "written in stone": [helper.make_node("Reshape", ["maps", "shape"], ["out"])],
        "mixed": [
            helper.make_node("ReduceMean", ["maps", "axes"], ["mean"], keepdims=1),
            helper.make_node("Add", ["maps", "mean"], ["out"]),
        ],
    }
    nodes = [helper.make_node("Conv", ["in", "kernel"], ["maps"]), *ends[last]]
    inputs = [helper.make_tensor_value_info("in", TensorProto.FLOAT, [1, 3, 24, 24])]
    if listed:
        inputs.append(helper.make_tensor_value_info("kernel", TensorProto.FLOAT, [4, 3, 3, 3]))
    found = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "small", inputs, [found], [kernel, axes, shape])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8), path)
    return path


@pytest.fixture
def model(tmp_path):
    return network(tmp_path / "small.onnx")


def pictures(count=1, side=24):
    return np.random.default_rng(1).random((count, 3, side, side), np.float32)


def test_a_file_that_can_be_run_as_it_is_is_left_alone(model):
    assert onnx_graphs.adapt_model(model) is None


def test_weights_that_are_listed_as_inputs_are_constants_again(tmp_path, model):
    listed = network(tmp_path / "listed.onnx", listed=True)
    adapted = onnx.load_model_from_string(onnx_graphs.adapt_model(listed))
    assert [entry.name for entry in adapted.graph.input] == ["in"]
    assert np.array_equal(Network(listed).run(pictures())[0], Network(model).run(pictures())[0])


def test_a_network_is_opened_for_the_size_that_is_asked_for(model):
    opened = Network(model, size=(32, 48))
    assert opened.shape == (1, 3, 32, 48)
    assert opened.run(np.zeros((1, 3, 32, 48), np.float32))[0].shape == (1, 4, 1, 1)


@pytest.mark.parametrize("count", [1, 2, 5, 8, 19])
def test_a_batch_that_a_file_fixes_at_one_is_opened(model, count):
    opened = Network(model, open_batch=True)
    assert opened.shape == (None, 3, 24, 24)
    together = opened.run(pictures(count))[0]
    alone = np.concatenate([Network(model).run(one[None])[0] for one in pictures(count)])
    assert together.shape == alone.shape == (count, 4, 1, 1)
    assert np.abs(together - alone).max() < 1e-5


@pytest.mark.parametrize("last", ["written in stone", "mixed"])
def test_a_batch_stays_closed_where_several_pictures_come_out_otherwise_than_each(tmp_path, last):
    path = network(tmp_path / "closed.onnx", last=last)
    opened = Network(path, open_batch=True)
    assert opened.shape == (1, 3, 24, 24)
    alone = np.concatenate([Network(path).run(one[None])[0] for one in pictures(3)])
    assert np.abs(opened.run(pictures(3))[0] - alone).max() < 1e-5


@pytest.fixture
def tried(settings, tmp_path, monkeypatch):
    """OpenVINO is tried, and measured with the cosine that is given."""
    pytest.importorskip("openvino")
    settings.HOME = tmp_path
    settings.ENV = settings.ENV.model_copy(update={"inference_runtime": "auto", "inference_device": "cpu"})

    def make(cosine):
        found = Verdict("small.onnx", "bf16", speedup=2.0, cosine=cosine)
        monkeypatch.setattr(selftest, "_measure", lambda *_model, **_options: found)

    return make


@pytest.mark.parametrize(
    ("cosine", "least", "runtime"),
    [
        (0.998, FAITHFUL, "onnxruntime"),
        (0.998, ROUGHLY, "openvino"),
        (0.994, ROUGHLY, "onnxruntime"),
        (0.9995, FAITHFUL, "openvino"),
    ],
)
def test_each_network_says_how_alike_its_outputs_must_be(tried, model, cosine, least, runtime):
    tried(cosine)
    opened = Network(model, least=least)
    opened.run(pictures())
    assert isinstance(opened._session, OnnxSession) is (runtime == "onnxruntime")
    (kept,) = selftest_results.list_verdicts()
    assert (kept.least, kept.runtime, kept.faithful) == (least, runtime, runtime == "openvino")


def test_a_verdict_of_before_there_were_two_bars_is_read_with_the_strict_one(tried, model, tmp_path):
    tried(1.0)
    selftest_results.store_verdict(model, Verdict("small.onnx", "bf16", speedup=2.0, cosine=0.998))
    file = tmp_path / "models" / "runtimes.json"
    file.write_text(file.read_text().replace(f',\n   "least": {FAITHFUL}', ""))
    assert "least" not in file.read_text()
    assert selftest_results.find_verdict(model).least == FAITHFUL


@pytest.mark.parametrize("highest", [1, 255])
def test_the_self_tests_pictures_are_in_the_range_that_the_network_takes(
    settings, tmp_path, model, monkeypatch, highest
):
    """A network for bytes sees next to nothing in values of -1 to 1."""
    pytest.importorskip("openvino")
    settings.HOME = tmp_path
    settings.ENV = settings.ENV.model_copy(update={"inference_runtime": "auto", "inference_device": "cpu"})
    seen = []
    monkeypatch.setattr(
        selftest, "_run_to_rows", lambda session, given: seen.append(given) or [np.ones((len(given), 1))]
    )
    Network(model, highest=highest).run(pictures())
    low, high = {1: (-1, 1), 255: (0, 255)}[highest]
    span = high - low
    assert low <= seen[0].min() < low + 0.2 * span
    assert high - 0.2 * span < seen[0].max() <= high
