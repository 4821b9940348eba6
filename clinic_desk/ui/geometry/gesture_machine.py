"""The drag state machine of ux.md 2.3 as pure data: events go in, a new state and effects come out.

It knows neither widgets nor times of day. Three means share it: *drag* (a pressed button or a
finger), *pick* (lifted by a click, placed by the next click) and *keys* (move mode). The
controller turns input into events, and effects into painting and commands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from clinic_desk.ui.geometry.gesture_math import START_DISTANCE, Grip, far_enough


class State(StrEnum):
    IDLE = "idle"
    ARMED = "armed"
    OVER_GRID = "over_grid"
    OVER_SHELF = "over_shelf"
    OVER_DATES = "over_dates"
    OVER_NAV = "over_nav"
    OUTSIDE = "outside"
    STALE = "stale"
    COMMITTING = "committing"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


DRAGGING: frozenset[State] = frozenset(
    {
        State.OVER_GRID,
        State.OVER_SHELF,
        State.OVER_DATES,
        State.OVER_NAV,
        State.OUTSIDE,
        State.STALE,
    }
)
"""States in which something hangs on the pointer or the cursor."""

HOVERING: frozenset[State] = DRAGGING - {State.STALE}


class Means(StrEnum):
    """How the thing is carried."""

    DRAG = "drag"
    TOUCH = "touch"
    PICK = "pick"
    KEYS = "keys"


class Deed(StrEnum):
    """What the gesture does: move or resize an appointment, or sweep empty time."""

    MOVE = "move"
    RESIZE_TOP = "resize_top"
    RESIZE_BOTTOM = "resize_bottom"
    SWEEP = "sweep"


class Place(StrEnum):
    """What lies under the pointer, from the one hit test."""

    GRID = "grid"
    SHELF = "shelf"
    DATES = "dates"
    NAV = "nav"
    NOTHING = "nothing"


_STATE_OF_PLACE: dict[Place, State] = {
    Place.GRID: State.OVER_GRID,
    Place.SHELF: State.OVER_SHELF,
    Place.DATES: State.OVER_DATES,
    Place.NAV: State.OVER_NAV,
    Place.NOTHING: State.OUTSIDE,
}


class Answer(StrEnum):
    """The verdict on the place under the pointer at the moment of release."""

    OK = "ok"
    WARN = "warn"
    REFUSE = "refuse"


# Events


@dataclass(frozen=True, slots=True)
class Press:
    """Left button or finger down on something that may be dragged (``deed``)."""

    x: float
    y: float
    deed: Deed
    touch: bool = False


@dataclass(frozen=True, slots=True)
class Lift:
    """Taken up without a press: Move button, move mode, place mode."""

    deed: Deed
    means: Means


@dataclass(frozen=True, slots=True)
class Move:
    x: float
    y: float
    over: Place = Place.GRID


@dataclass(frozen=True, slots=True)
class HoldElapsed:
    """A finger rested for 500 ms."""


@dataclass(frozen=True, slots=True)
class Release:
    """Button up, or the placing click, or Enter; ``answer`` is the live verdict."""

    answer: Answer = Answer.OK


class CancelCause(StrEnum):
    ESCAPE = "escape"
    RIGHT_BUTTON = "right_button"
    FOCUS_LOST = "focus_lost"
    SCREEN_LOCKED = "screen_locked"
    TOGGLED = "toggled"


@dataclass(frozen=True, slots=True)
class Cancel:
    cause: CancelCause = CancelCause.ESCAPE


@dataclass(frozen=True, slots=True)
class Changed:
    """The carried row was changed by someone else; ``sentence`` says who and when."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Saved:
    """The command was committed."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The command was refused by the desk; ``sentence`` says why."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Settled:
    """The closing animation is over, or another gesture starts."""


Event = Press | Lift | Move | HoldElapsed | Release | Cancel | Changed | Saved | Declined | Settled


class Effect(StrEnum):
    """What the controller has to do, in this order."""

    CLICK = "click"
    MENU = "menu"
    PAN = "pan"
    LIFT = "lift"
    ENTER = "enter"
    FOLLOW = "follow"
    COMMIT = "commit"
    PARK = "park"
    DROP_ON_TARGET = "drop_on_target"
    BOOK = "book"
    RETURN = "return"
    EXPLAIN = "explain"
    TOAST = "toast"
    STOP = "stop"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Gesture:
    """The whole state: immutable, compared by value."""

    state: State = State.IDLE
    means: Means = Means.DRAG
    deed: Deed = Deed.MOVE
    press_x: float = 0.0
    press_y: float = 0.0
    held: bool = False
    sentence: str = ""

    @property
    def carrying(self) -> bool:
        return self.state in DRAGGING


Step = tuple[Gesture, tuple[Effect, ...]]


def step(gesture: Gesture, event: Event, *, distance: float = START_DISTANCE) -> Step:
    """The next state and its effects. An event that means nothing in a state changes nothing."""
    if isinstance(event, Press | Lift):
        return _begin(gesture, event)
    match gesture.state:
        case State.ARMED:
            return _armed(gesture, event, distance)
        case State.COMMITTING:
            return _committing(gesture, event)
        case State.STALE:
            return _stale(gesture, event)
        case State.DONE | State.REFUSED | State.CANCELLED:
            if isinstance(event, Settled):
                return Gesture(), (Effect.CLEAR,)
            return gesture, ()
        case State.IDLE:
            return gesture, ()
        case _:
            return _dragging(gesture, event)


def _begin(gesture: Gesture, event: Press | Lift) -> Step:
    if gesture.carrying or gesture.state is State.ARMED:
        return gesture, ()
    if isinstance(event, Lift):
        lifted = Gesture(State.OVER_GRID, event.means, event.deed)
        return lifted, (Effect.LIFT, Effect.ENTER)
    means = Means.TOUCH if event.touch else Means.DRAG
    return Gesture(State.ARMED, means, event.deed, event.x, event.y), ()


def _armed(gesture: Gesture, event: Event, distance: float) -> Step:
    match event:
        case Move():
            if not far_enough(event.x - gesture.press_x, event.y - gesture.press_y, distance):
                return gesture, ()
            if gesture.means is Means.TOUCH and not gesture.held:
                return Gesture(), (Effect.PAN,)
            lifted = replace(gesture, state=_STATE_OF_PLACE[event.over])
            return lifted, (Effect.LIFT, Effect.ENTER, Effect.FOLLOW)
        case HoldElapsed() if gesture.means is Means.TOUCH:
            return replace(gesture, held=True), ()
        case Release():
            return Gesture(), (Effect.MENU if gesture.held else Effect.CLICK,)
        case Cancel() | Changed():
            return Gesture(), (Effect.CLEAR,)
    return gesture, ()


def _dragging(gesture: Gesture, event: Event) -> Step:
    match event:
        case Move():
            wanted = _STATE_OF_PLACE[event.over]
            if wanted is gesture.state:
                return gesture, (Effect.FOLLOW,)
            return replace(gesture, state=wanted), (Effect.ENTER, Effect.FOLLOW)
        case Release():
            return _release(gesture, event)
        case Cancel():
            return replace(gesture, state=State.CANCELLED), (Effect.STOP, Effect.RETURN)
        case Changed():
            stale = replace(gesture, state=State.STALE, sentence=event.sentence)
            return stale, (Effect.ENTER,)
    return gesture, ()


def _release(gesture: Gesture, event: Release) -> Step:
    over = gesture.state
    if over is State.OUTSIDE or (over is not State.OVER_GRID and gesture.deed is not Deed.MOVE):
        return replace(gesture, state=State.CANCELLED), (Effect.STOP, Effect.RETURN)
    if gesture.deed is Deed.SWEEP:
        return replace(gesture, state=State.DONE), (Effect.STOP, Effect.BOOK)
    match over:
        case State.OVER_GRID if event.answer is Answer.REFUSE:
            refused = replace(gesture, state=State.REFUSED)
            return refused, (Effect.STOP, Effect.EXPLAIN, Effect.RETURN)
        case State.OVER_GRID:
            return replace(gesture, state=State.COMMITTING), (Effect.STOP, Effect.COMMIT)
        case State.OVER_SHELF:
            return replace(gesture, state=State.COMMITTING), (Effect.STOP, Effect.PARK)
        case State.OVER_DATES:
            return replace(gesture, state=State.COMMITTING), (Effect.STOP, Effect.DROP_ON_TARGET)
    return replace(gesture, state=State.CANCELLED), (Effect.STOP, Effect.RETURN)


def _stale(gesture: Gesture, event: Event) -> Step:
    match event:
        case Move():
            return gesture, (Effect.FOLLOW,)
        case Release() | Cancel():
            cancelled = replace(gesture, state=State.CANCELLED)
            return cancelled, (Effect.STOP, Effect.RETURN)
        case Changed():
            return replace(gesture, sentence=event.sentence), ()
    return gesture, ()


def _committing(gesture: Gesture, event: Event) -> Step:
    match event:
        case Saved():
            return replace(gesture, state=State.DONE), (Effect.TOAST,)
        case Declined():
            refused = replace(gesture, state=State.REFUSED, sentence=event.sentence)
            return refused, (Effect.EXPLAIN, Effect.RETURN)
        case Cancel():
            # A person who is asked "only this or the following?" may still step back.
            return replace(gesture, state=State.CANCELLED), (Effect.RETURN,)
    return gesture, ()


def grip_deed(grip: Grip) -> Deed:
    return {
        Grip.MOVE: Deed.MOVE,
        Grip.TOP: Deed.RESIZE_TOP,
        Grip.BOTTOM: Deed.RESIZE_BOTTOM,
    }[grip]
