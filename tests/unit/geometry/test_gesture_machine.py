"""Every row of the drag state machine (ux.md 2.3) as a table, without widgets."""

from __future__ import annotations

import pytest

from clinic_desk.ui.geometry.gesture_machine import (
    DRAGGING,
    HOVERING,
    Answer,
    Cancel,
    CancelCause,
    Changed,
    Declined,
    Deed,
    Effect,
    Event,
    Gesture,
    HoldElapsed,
    Lift,
    Means,
    Move,
    Place,
    Press,
    Release,
    Saved,
    Settled,
    State,
    step,
)

PRESS = Press(100, 100, Deed.MOVE)


def run(*events: Event) -> tuple[Gesture, list[Effect]]:
    gesture, effects = Gesture(), list[Effect]()
    for event in events:
        gesture, more = step(gesture, event)
        effects += more
    return gesture, effects


def dragged(over: Place = Place.GRID, deed: Deed = Deed.MOVE) -> tuple[Event, ...]:
    return Press(100, 100, deed), Move(130, 130, over)


@pytest.mark.parametrize(
    ("events", "state", "effects"),
    [
        ((), State.IDLE, []),
        ((PRESS,), State.ARMED, []),
        ((PRESS, Move(104, 104)), State.ARMED, []),
        ((PRESS, Release()), State.IDLE, [Effect.CLICK]),
        ((PRESS, Move(104, 104), Release()), State.IDLE, [Effect.CLICK]),
        ((PRESS, Cancel()), State.IDLE, [Effect.CLEAR]),
        (dragged(), State.OVER_GRID, [Effect.LIFT, Effect.ENTER, Effect.FOLLOW]),
        (dragged(Place.SHELF), State.OVER_SHELF, [Effect.LIFT, Effect.ENTER, Effect.FOLLOW]),
        (
            (*dragged(), Release(Answer.OK)),
            State.COMMITTING,
            [Effect.LIFT, Effect.ENTER, Effect.FOLLOW, Effect.STOP, Effect.COMMIT],
        ),
    ],
)
def test_arming_and_lifting(events: tuple[Event, ...], state: State, effects: list[Effect]) -> None:
    gesture, done = run(*events)
    assert gesture.state is state
    assert done == effects


@pytest.mark.parametrize(
    ("place", "state"),
    [
        (Place.GRID, State.OVER_GRID),
        (Place.SHELF, State.OVER_SHELF),
        (Place.DATES, State.OVER_DATES),
        (Place.NAV, State.OVER_NAV),
        (Place.NOTHING, State.OUTSIDE),
    ],
)
def test_one_state_per_place(place: Place, state: State) -> None:
    gesture, _ = run(*dragged())
    for origin in Place:
        gesture, _ = step(gesture, Move(200, 200, origin))
        entered, effects = step(gesture, Move(210, 210, place))
        assert entered.state is state
        assert effects[-1] is Effect.FOLLOW
        assert (Effect.ENTER in effects) == (origin is not place)


@pytest.mark.parametrize(
    ("place", "answer", "state", "effects"),
    [
        (Place.GRID, Answer.OK, State.COMMITTING, [Effect.STOP, Effect.COMMIT]),
        (Place.GRID, Answer.WARN, State.COMMITTING, [Effect.STOP, Effect.COMMIT]),
        (
            Place.GRID,
            Answer.REFUSE,
            State.REFUSED,
            [Effect.STOP, Effect.EXPLAIN, Effect.RETURN],
        ),
        (Place.SHELF, Answer.OK, State.COMMITTING, [Effect.STOP, Effect.PARK]),
        (Place.DATES, Answer.OK, State.COMMITTING, [Effect.STOP, Effect.DROP_ON_TARGET]),
        (Place.NAV, Answer.OK, State.CANCELLED, [Effect.STOP, Effect.RETURN]),
        (Place.NOTHING, Answer.OK, State.CANCELLED, [Effect.STOP, Effect.RETURN]),
    ],
)
def test_release(place: Place, answer: Answer, state: State, effects: list[Effect]) -> None:
    gesture, _ = run(*dragged(place))
    gesture, done = step(gesture, Release(answer))
    assert gesture.state is state
    assert list(done) == effects


@pytest.mark.parametrize("state", sorted(HOVERING))
@pytest.mark.parametrize("cause", list(CancelCause))
def test_every_hovering_state_can_be_cancelled(state: State, cause: CancelCause) -> None:
    gesture, effects = step(Gesture(state), Cancel(cause))
    assert gesture.state is State.CANCELLED
    assert effects == (Effect.STOP, Effect.RETURN)
    assert step(gesture, Settled()) == (Gesture(), (Effect.CLEAR,))


@pytest.mark.parametrize("state", sorted(HOVERING))
def test_a_change_by_someone_else_stops_the_drop(state: State) -> None:
    gesture, effects = step(Gesture(state), Changed("Changed by Maria 10:42"))
    assert gesture.state is State.STALE
    assert gesture.sentence == "Changed by Maria 10:42"
    assert Effect.ENTER in effects
    for place in Place:
        moved, _ = step(gesture, Move(1, 1, place))
        assert moved.state is State.STALE
        released, done = step(moved, Release(Answer.OK))
        assert released.state is State.CANCELLED
        assert Effect.COMMIT not in done


@pytest.mark.parametrize("deed", [Deed.RESIZE_TOP, Deed.RESIZE_BOTTOM, Deed.SWEEP])
@pytest.mark.parametrize("place", [Place.SHELF, Place.DATES, Place.NAV, Place.NOTHING])
def test_only_a_whole_visit_goes_to_shelf_or_date(deed: Deed, place: Place) -> None:
    gesture, _ = run(*dragged(place, deed))
    gesture, effects = step(gesture, Release())
    assert gesture.state is State.CANCELLED
    assert effects == (Effect.STOP, Effect.RETURN)


def test_a_sweep_books() -> None:
    gesture, effects = run(*dragged(deed=Deed.SWEEP), Release(Answer.OK))
    assert gesture.state is State.DONE
    assert effects[-1] is Effect.BOOK


def test_saving_ends_with_a_toast() -> None:
    gesture, effects = run(*dragged(), Release(), Saved())
    assert gesture.state is State.DONE
    assert effects[-1] is Effect.TOAST
    assert step(gesture, Settled())[0] == Gesture()


def test_a_refusal_by_the_desk_returns_the_ghost_and_explains() -> None:
    gesture, effects = run(*dragged(), Release(), Declined("Dr Wu is booked 10:00–10:30."))
    assert gesture.state is State.REFUSED
    assert gesture.sentence == "Dr Wu is booked 10:00–10:30."
    assert effects[-2:] == [Effect.EXPLAIN, Effect.RETURN]


def test_input_stays_live_while_saving() -> None:
    gesture, _ = run(*dragged(), Release(), Press(5, 5, Deed.MOVE))
    assert gesture.state is State.ARMED


def test_a_second_press_does_not_disturb_a_drag() -> None:
    before, _ = run(*dragged())
    assert step(before, Press(1, 1, Deed.SWEEP)) == (before, ())
    assert step(before, Lift(Deed.MOVE, Means.KEYS)) == (before, ())


class TestTouch:
    press = Press(10, 10, Deed.MOVE, touch=True)

    def test_moving_at_once_pans(self) -> None:
        gesture, effects = run(self.press, Move(60, 60))
        assert gesture.state is State.IDLE
        assert effects == [Effect.PAN]

    def test_long_press_then_move_lifts(self) -> None:
        gesture, effects = run(self.press, HoldElapsed(), Move(60, 60))
        assert gesture.state is State.OVER_GRID
        assert gesture.means is Means.TOUCH
        assert effects[0] is Effect.LIFT

    def test_long_press_then_release_opens_the_menu(self) -> None:
        assert run(self.press, HoldElapsed(), Release())[1] == [Effect.MENU]

    def test_a_tap_is_a_click(self) -> None:
        assert run(self.press, Release())[1] == [Effect.CLICK]

    def test_a_mouse_needs_no_long_press(self) -> None:
        armed, _ = run(PRESS, HoldElapsed())
        assert not armed.held


@pytest.mark.parametrize("means", [Means.PICK, Means.KEYS])
def test_lifting_without_a_press(means: Means) -> None:
    gesture, effects = run(Lift(Deed.MOVE, means))
    assert gesture.state is State.OVER_GRID
    assert gesture.means is means
    assert effects == [Effect.LIFT, Effect.ENTER]
    committed, done = step(gesture, Release(Answer.WARN))
    assert committed.state is State.COMMITTING
    assert done == (Effect.STOP, Effect.COMMIT)


@pytest.mark.parametrize("state", list(State))
def test_no_event_ever_raises_and_only_dragging_carries(state: State) -> None:
    events: tuple[Event, ...] = (
        PRESS,
        Lift(Deed.MOVE, Means.KEYS),
        Move(1, 1, Place.SHELF),
        HoldElapsed(),
        Release(),
        Cancel(),
        Changed("x"),
        Saved(),
        Declined("x"),
        Settled(),
    )
    for event in events:
        after, _ = step(Gesture(state), event)
        assert after.carrying == (after.state in DRAGGING)


@pytest.mark.parametrize("state", [State.IDLE, State.DONE, State.REFUSED, State.CANCELLED])
@pytest.mark.parametrize("event", [Move(1, 1), Release(), Saved(), Declined("x"), Changed("x")])
def test_late_news_change_nothing(state: State, event: Event) -> None:
    assert step(Gesture(state), event) == (Gesture(state), ())
