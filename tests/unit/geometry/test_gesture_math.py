"""The arithmetic of dragging, as tables."""

from __future__ import annotations

import pytest

from clinic_desk.ui.geometry.gesture_math import (
    AutoScroll,
    Grip,
    Magnet,
    bounded_resize,
    column_with_hysteresis,
    ease_out,
    far_enough,
    grip_at,
    nearest_slot,
    snap,
    sweep_range,
)


@pytest.mark.parametrize(
    ("y", "height", "top_edge", "expected"),
    [
        (5, 96, False, Grip.MOVE),
        (5, 96, True, Grip.TOP),
        (85, 96, False, Grip.MOVE),
        (86, 96, False, Grip.BOTTOM),
        (95, 96, False, Grip.BOTTOM),
        (33, 40, False, Grip.MOVE),
        (34, 40, False, Grip.BOTTOM),
        (17, 18, False, Grip.BOTTOM),
        (12, 18, False, Grip.BOTTOM),
        (11, 18, False, Grip.MOVE),
        (11, 12, False, Grip.MOVE),
        (2, 18, True, Grip.TOP),
        (3, 18, True, Grip.MOVE),
        (14, 18, True, Grip.MOVE),
        (15, 18, True, Grip.BOTTOM),
    ],
)
def test_edges_give_way_to_the_move_zone(
    y: float, height: float, top_edge: bool, expected: Grip
) -> None:
    assert grip_at(y, height, top_edge=top_edge) is expected


@pytest.mark.parametrize("height", range(1, 200))
@pytest.mark.parametrize("top_edge", [False, True])
def test_twelve_pixels_always_stay_for_moving(height: int, top_edge: bool) -> None:
    moving = sum(grip_at(y / 4, height, top_edge=top_edge) is Grip.MOVE for y in range(height * 4))
    assert moving / 4 >= min(height, 12)


@pytest.mark.parametrize(
    ("raw", "expected"), [(0, 0), (7.4, 0), (7.5, 15), (22.4, 15), (22.5, 30), (599, 600)]
)
def test_nearest_slot(raw: float, expected: float) -> None:
    assert nearest_slot(raw, 15) == expected


def test_magnet_wins_within_six_pixels_only() -> None:
    magnets = (Magnet(610, "after 10:10"), Magnet(640, "shift start"))
    assert snap(613.7, 15, 1.6, magnets).magnet == magnets[0]
    assert snap(613.8, 15, 1.6, magnets).minute == 615
    assert snap(606.3, 15, 1.6, magnets).minute == 610
    assert snap(638, 15, 1.6, magnets).magnet == magnets[1]
    assert snap(625, 15, 1.6, magnets).magnet is None


def test_magnet_reach_shrinks_with_zoom_in() -> None:
    magnet = (Magnet(610),)
    assert snap(613, 5, 1.0, magnet).minute == 610
    assert snap(613, 5, 4.0, magnet).minute == 615


def test_snap_refuses_a_step_of_nothing() -> None:
    with pytest.raises(ValueError, match="positive"):
        snap(10, 0, 1)


@pytest.mark.parametrize(
    ("anchor", "current", "expected"),
    [
        (607, 607, (600, 615)),
        (607, 616, (600, 630)),
        (607, 630, (600, 630)),
        (607, 599, (585, 615)),
        (607, 570, (570, 615)),
        (600, 600, (600, 615)),
        (607, 2000, (600, 1080)),
        (607, 0, (135, 615)),
    ],
)
def test_sweep_takes_whole_slots(
    anchor: float, current: float, expected: tuple[float, float]
) -> None:
    assert sweep_range(anchor, current, 15, least=15, most=480) == expected


@pytest.mark.parametrize(
    ("x", "current", "expected"),
    [
        (50, None, 0),
        (103, 0, 0),
        (107.9, 0, 0),
        (108, 0, 1),
        (97, 1, 1),
        (92, 1, 1),
        (91, 1, 0),
        (250, 0, 2),
        (300, 2, None),
        (-1, 0, None),
        (50, 9, 0),
    ],
)
def test_column_hysteresis(x: float, current: int | None, expected: int | None) -> None:
    assert column_with_hysteresis(x, [0, 100, 200, 300], current) == expected


def test_drag_threshold() -> None:
    assert not far_enough(5, 4)
    assert far_enough(5, 5)
    assert far_enough(-10, 0)


class TestAutoScroll:
    def scroll(self) -> AutoScroll:
        auto = AutoScroll()
        auto.begin(400, 300)
        return auto

    def test_waits_150_ms_then_grows_with_the_square(self) -> None:
        auto = self.scroll()
        auto.moved(400, 576, 800, 600, 1000)
        assert not auto.speed(400, 576, 800, 600, 1149)
        assert auto.speed(400, 576, 800, 600, 1150).y == pytest.approx(225)
        auto.moved(400, 600, 800, 600, 1200)
        assert auto.speed(400, 600, 800, 600, 1200).y == pytest.approx(900)
        assert auto.speed(400, 700, 800, 600, 1200).y == pytest.approx(900)

    def test_upward_and_sideways(self) -> None:
        auto = self.scroll()
        auto.moved(0, 0, 800, 600, 0)
        speed = auto.speed(0, 0, 800, 600, 200)
        assert speed.y == pytest.approx(-900)
        assert speed.x == pytest.approx(-600)

    def test_only_after_moving_toward_the_edge(self) -> None:
        auto = AutoScroll()
        auto.begin(400, 590)
        auto.moved(430, 588, 800, 600, 0)
        assert not auto.speed(430, 588, 800, 600, 1000)
        auto.moved(430, 595, 800, 600, 1000)
        assert auto.speed(430, 595, 800, 600, 1200).y > 0

    def test_leaving_the_zone_starts_the_wait_again(self) -> None:
        auto = self.scroll()
        auto.moved(400, 590, 800, 600, 0)
        auto.moved(400, 300, 800, 600, 100)
        auto.moved(400, 590, 800, 600, 200)
        assert not auto.speed(400, 590, 800, 600, 300)
        assert auto.speed(400, 590, 800, 600, 350)

    def test_resting_time_is_told(self) -> None:
        auto = self.scroll()
        auto.moved(799, 300, 800, 600, 50)
        assert auto.resting("right", 750) == 700
        assert auto.resting("left", 750) == 0


@pytest.mark.parametrize(
    ("grip", "wanted", "wall", "expected"),
    [
        (Grip.BOTTOM, 650, None, (600, 650, False)),
        (Grip.BOTTOM, 605, None, (600, 615, False)),
        (Grip.BOTTOM, 2000, None, (600, 1080, False)),
        (Grip.BOTTOM, 660, 645, (600, 645, True)),
        (Grip.BOTTOM, 640, 645, (600, 640, False)),
        (Grip.TOP, 580, None, (580, 630, False)),
        (Grip.TOP, 625, None, (615, 630, False)),
        (Grip.TOP, 500, 570, (570, 630, True)),
        (Grip.TOP, 100, None, (150, 630, False)),
    ],
)
def test_resize_stops_at_the_wall_and_at_the_least_length(
    grip: Grip, wanted: float, wall: float | None, expected: tuple[float, float, bool]
) -> None:
    assert bounded_resize(grip, 600, 630, wanted, least=15, most=480, wall=wall) == expected


def test_the_ghost_slows_down_as_it_returns() -> None:
    assert ease_out(0) == 0
    assert ease_out(1) == 1
    assert ease_out(2) == 1
    assert ease_out(0.5) > 0.5
