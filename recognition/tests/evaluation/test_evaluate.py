"""manage.py evaluate, on pictures of the fake engine's people and, where there are any, of real ones."""

import csv
import json
import shutil
from functools import cache

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from facepass.testing.engines.real import SHARED
from facepass.testing.pictures.fake import picture_of
from recognition.engines import registry
from recognition.engines.fake import FakeEngine
from recognition.evaluation import comparisons
from recognition.liveness import passive

LFW = SHARED / "data" / "lfw"


@pytest.fixture
def fake_engine():
    with registry.use_engine(FakeEngine()):
        yield


@pytest.fixture
def pictures(tmp_path):
    """Ann and Bob, three pictures each, and one that shows nobody."""
    folder = tmp_path / "pairs"
    folder.mkdir()
    for name in ("ann", "bob"):
        for number in range(3):
            (folder / f"{name}{number}.jpg").write_bytes(picture_of([name], size=(400, 300), seed=number))
    (folder / "nobody.jpg").write_bytes(picture_of([], size=(400, 300)))
    return folder


@pytest.fixture
def pairs(pictures):
    rows = [("ann0", "ann1", 1, "day"), ("bob0", "bob2", 1, "night"), ("ann0", "nobody", 1, "night")]
    rows += [(f"ann{i}", f"bob{j}", 0, "day") for i in range(3) for j in range(3)]
    file = pictures.parent / "pairs.csv"
    lines = [f"{a}.jpg,{b}.jpg,{same},{light}" for a, b, same, light in rows]
    file.write_text("\n".join(["a,b,same,light", *lines]))
    return file


def evaluated(tmp_path, *options):
    call_command("evaluate", *options, "--output", str(tmp_path / "out"))
    return json.loads((tmp_path / "out" / "evaluation.json").read_text())["engines"]


@pytest.mark.usefixtures("fake_engine")
def test_pairs_of_a_csv_are_judged_and_a_picture_without_a_face_never_matches(tmp_path, pairs, capsys):
    (found,) = evaluated(tmp_path, "--pairs", str(pairs), "--threshold-range", "0.2,0.8", "--num-points", "4")
    assert (found["genuine"], found["impostor"], found["without_face"]) == (3, 9, 1)
    assert found["tar_at_far"] == []  # nine impostors cannot show a rate of one in ten
    assert [row["threshold"] for row in found["thresholds"]] == [0.2, 0.4, 0.6, 0.8]
    assert found["thresholds"][1] == {"threshold": 0.4, "fmr": 0, "fnmr": pytest.approx(1 / 3, abs=1e-5)}
    assert found["best_accuracy"]["value"] == pytest.approx(11 / 12, abs=1e-5)
    page = (tmp_path / "out" / "evaluation.html").read_text()
    assert "EER" in page
    assert "night" in page
    assert "3 genuine pairs, 9 impostor pairs, 1 without a face" in capsys.readouterr().out


@pytest.mark.usefixtures("fake_engine")
def test_each_value_of_a_label_is_told_apart_at_the_threshold_of_all(tmp_path, pairs):
    (found,) = evaluated(tmp_path, "--pairs", str(pairs))
    light = found["by_label"]["light"]
    assert (light["day"]["pairs"], light["night"]["pairs"]) == (10, 2)
    assert light["day"]["fnmr"]["value"] == 0
    assert light["night"]["fnmr"]["value"] == 0.5
    assert light["night"]["fmr"] is None


@pytest.mark.usefixtures("fake_engine")
def test_a_folder_of_pairs_and_of_living_and_printed_faces(tmp_path, pictures, monkeypatch):
    for kind, a, b in (("genuine", "ann0", "ann1"), ("impostor", "ann0", "bob0")):
        (tmp_path / "data" / kind).mkdir(parents=True)
        shutil.copy(pictures / f"{a}.jpg", tmp_path / "data" / kind / "1_a.jpg")
        shutil.copy(pictures / f"{b}.jpg", tmp_path / "data" / kind / "1_b.jpg")
    for kind, count in (("live", 2), ("spoof", 1)):
        (tmp_path / "data" / "liveness" / kind).mkdir(parents=True)
        for number in range(count):
            shutil.copy(pictures / f"ann{number}.jpg", tmp_path / "data" / "liveness" / kind)
    shutil.copy(pictures / "nobody.jpg", tmp_path / "data" / "liveness" / "live")
    monkeypatch.setattr(passive, "check_liveness", lambda picture, face: None)
    (found,) = evaluated(tmp_path, "--data-dir", str(tmp_path / "data"))
    assert found["eer"]["value"] == 0
    assert found["liveness"]["apcer"]["value"] == 1
    assert found["liveness"]["bpcer"]["value"] == pytest.approx(1 / 3, abs=1e-5)  # the picture that shows nobody
    (tmp_path / "data" / "genuine" / "1_b.jpg").unlink()
    with pytest.raises(CommandError, match="no partner"):
        call_command("evaluate", "--data-dir", str(tmp_path / "data"))


@pytest.mark.slow
def test_made_up_scores_have_the_error_rate_that_they_were_made_with(tmp_path):
    (found,) = evaluated(tmp_path, "--synthetic")
    assert found["eer"]["low"] < 0.02275 < found["eer"]["high"]


@pytest.mark.slow
def test_the_plots_are_pictures(tmp_path):
    pytest.importorskip("matplotlib")
    evaluated(tmp_path, "--synthetic", "--generate-plots")
    for name in ("roc", "det", "scores", "thresholds"):
        assert (tmp_path / "out" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "</svg>" in (tmp_path / "out" / f"{name}.svg").read_text()


@pytest.mark.usefixtures("fake_engine")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a,b\n", "columns"),
        ("a,b,same\nann0.jpg,ann1.jpg,yes\n", "0 or 1"),
        ("a,b,same\nann0.jpg,gone.jpg,1\n", "no file"),
        ("a,b,same\nann0.jpg,ann1.jpg,1\n", "of two people"),
        ("a,b,same\n", "of two people"),
    ],
)
def test_data_that_say_nothing_are_refused(pairs, text, why):
    pairs.write_text(text)
    with pytest.raises(CommandError, match=why):
        call_command("evaluate", "--pairs", str(pairs))


@pytest.mark.parametrize(
    "options",
    [["--threshold-range", "0.9,0.1"], ["--threshold-range", "a"], ["--num-points", "1"], ["--generate-plots"]],
)
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(CommandError):
        call_command("evaluate", "--synthetic", *options)


@pytest.mark.skipif(not LFW.is_dir(), reason="no pictures to test with")
def test_rates_on_real_pairs_equal_an_independent_computation(tmp_path, insightface_engine, monkeypatch):
    """40 pairs of each kind; the rates counted with loops over cosines that nothing of the evaluation has touched."""
    rows = list(csv.DictReader((LFW / "pairs.csv").open()))
    some = [row for same in "10" for row in [r for r in rows if r["same"] == same][:40]]
    file = tmp_path / "some.csv"
    file.write_text("a,b,same\n" + "".join(f"{r['a']},{r['b']},{r['same']}\n" for r in some))
    pairs = comparisons.read_pairs_csv(file, pictures=LFW / "pairs")
    # Both ask for the same pictures.
    monkeypatch.setattr(comparisons, "_describe_file", cache(comparisons._describe_file))
    known = {path: comparisons._describe_file(insightface_engine, path) for pair in pairs for path in (pair.a, pair.b)}
    cosines = np.array([known[pair.a] @ known[pair.b] for pair in pairs])
    same = np.array([pair.same for pair in pairs])
    monkeypatch.setattr("recognition.engines.registry.get_engine", lambda: insightface_engine)
    (found,) = evaluated(tmp_path, "--pairs", str(file), "--pictures", str(LFW / "pairs"))
    allowed = int(0.1 * (~same).sum())
    least = sorted(cosines[~same], reverse=True)[allowed]
    assert found["tar_at_far"][0]["value"] == pytest.approx(np.mean(cosines[same] > least))
    accuracy = max(np.mean((cosines >= t) == same) for t in [*cosines, 2])
    assert found["best_accuracy"]["value"] == pytest.approx(accuracy)
