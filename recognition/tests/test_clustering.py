"""Average linkage with constraints, on vectors whose cosines are known."""

import numpy as np
import pytest

from recognition import clustering
from recognition.clustering import Group, find_similar_pairs, merge_groups, unite_sets


def around(centre: int, count: int, *, spread: float = 0.3, seed: int = 0):
    """Unit vectors near the axis `centre` of 64: two of them have a cosine of about 1 / (1 + spread²)."""
    noise = np.random.default_rng([seed, centre]).standard_normal((count, 64))
    found = np.eye(64)[centre] + spread * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def grouped(vectors, *, least=0.5, photos=None, names=None):
    groups = []
    for number, vector in enumerate(vectors):
        photo = frozenset({photos[number]}) if photos else frozenset()
        groups.append(Group(vector, marks=photo, excluded_marks=photo, name=names[number] if names else None))
    found = merge_groups(groups, find_similar_pairs(vectors, vectors, least=least), least=least)
    return sorted(sorted(members) for members in found)


def test_faces_of_one_person_become_one_group_and_others_stay_alone():
    vectors = np.concatenate([around(0, 5), around(1, 4), around(2, 1)])
    assert grouped(vectors) == [[0, 1, 2, 3, 4], [5, 6, 7, 8], [9]]


def test_the_mean_over_all_pairs_decides_and_not_the_best_pair():
    # 0-1 and 2-3 are alike, 1-2 too, but the two pairs together are not: one chain would make them one.
    angles = np.radians([0, 30, 75, 105])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert grouped(vectors, least=0.6) == [[0, 1], [2, 3]]


def test_two_faces_of_one_photo_are_two_people_however_alike():
    vectors = around(0, 3, spread=0.05)
    found = grouped(vectors, photos=["a", "b", "a"])
    assert sorted(map(len, found)) == [1, 2]
    assert [0, 2] not in found


def test_groups_with_different_names_stay_apart_and_a_nameless_one_joins_the_nearer():
    vectors = np.stack([around(0, 1)[0], around(1, 1)[0], around(0, 2, seed=3)[1]])
    assert grouped(vectors, names=["ann", "bob", None]) == [[0, 2], [1]]
    assert grouped(around(0, 2, spread=0.05), names=["ann", "bob"]) == [[0], [1]]


def test_marks_keep_apart_what_a_person_said_is_different():
    ann, other = around(0, 2, spread=0.05)
    groups = [Group(ann, marks=frozenset({"L"}), excluded_marks=frozenset({"R"})), Group(other, marks=frozenset({"R"}))]
    assert merge_groups(groups, [(0, 1)], least=0.5) == [[0], [1]]


def test_a_group_of_many_counts_by_its_number():
    # One face at 0.9 to the first of two groups, whose size weighs in the mean of what is merged.
    big = Group(np.float32(10) * around(0, 1)[0], 10)
    assert big.mean @ around(0, 1)[0] == pytest.approx(1, abs=1e-5)
    joined = big.merged_with(Group(around(1, 1)[0]))
    assert joined.size == 11
    assert joined.mean @ around(0, 1)[0] == pytest.approx((10 + around(1, 1)[0] @ around(0, 1)[0]) / 11, abs=1e-5)


def test_alike_finds_exactly_the_pairs_above_the_threshold():
    left, right = around(0, 7, spread=2, seed=1), around(0, 9, spread=2, seed=2)
    expected = {(int(i), int(j)) for i, j in np.argwhere(left @ right.T >= 0.2)}
    assert 0 < len(expected) < 63
    assert set(find_similar_pairs(left, right, least=0.2)) == expected


def test_alike_of_nothing_is_nothing():
    empty = np.zeros((0, 64), np.float32)
    assert list(find_similar_pairs(empty, around(0, 2), least=0)) == []
    assert list(find_similar_pairs(around(0, 2), empty, least=0)) == []


def test_sorting_into_cells_finds_the_same_people(monkeypatch):
    vectors = np.concatenate([around(person, 10, spread=0.4) for person in range(60)])
    exact = grouped(vectors)
    monkeypatch.setattr(clustering, "MAX_EXACT", 100)
    assert grouped(vectors) == exact
    assert len(exact) == 60


def test_what_people_united_is_one_through_several_decisions():
    assert sorted(map(sorted, unite_sets(6, [[0, 1], [3, 4], [1, 3]]))) == [[0, 1, 3, 4], [2], [5]]


def test_the_neighbours_of_a_vector_are_the_most_alike_others_also_where_some_are_equal():
    rng = np.random.default_rng(3)
    vectors = rng.standard_normal((40, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[1:4] = vectors[0]
    products, found = clustering.find_neighbours(vectors, count=2)
    every = vectors @ vectors.T
    np.fill_diagonal(every, -2)
    assert products == pytest.approx(np.sort(every, axis=1)[:, ::-1][:, :2], abs=1e-5)
    assert not (found == np.arange(40)[:, None]).any()


def test_where_there_are_too_few_others_their_places_stay_empty():
    products, found = clustering.find_neighbours(np.eye(2, dtype=np.float32), count=3)
    assert found.tolist() == [[1, -1, -1], [0, -1, -1]]
    assert (products[:, 1:] <= -1).all()
    assert clustering.find_neighbours(np.zeros((0, 4), np.float32), count=3)[1].shape == (0, 3)
