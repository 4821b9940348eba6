"""The rotation, on every kind of folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clinic_desk.services.backup_ports import AUTO, EXIT, MANUAL, BackupCopy, CopyState, Kept
from clinic_desk.store.backup_plan import AHEAD, SUFFIX, doomed, kind_of, order, parsed, stem_of

NOW = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)
WHYS = (AUTO, EXIT, MANUAL, "before-0006", "before-restore")


def copy(
    minutes_ago: int, why: str = AUTO, state: CopyState = CopyState.GOOD, number: int = 0
) -> BackupCopy:
    at = NOW - timedelta(minutes=minutes_ago)
    name = f"{stem_of('clinic', at, why)}{f'-{number}' if number else ''}{SUFFIX}"
    return BackupCopy(path=name, name=name, made_at=at, why=why, size=1, state=state)


copies = st.lists(
    st.builds(
        copy,
        st.integers(-80 * 24 * 60, 90 * 24 * 60),
        st.sampled_from(WHYS),
        st.sampled_from(CopyState),
        st.integers(0, 3),
    ),
    max_size=60,
    unique_by=lambda one: one.path,
)
rules = st.builds(Kept, *(st.integers(0, 30) for _ in range(5)))


def test_names_are_read_back() -> None:
    for why in WHYS:
        for number in ("", "-2", "-11"):
            name = f"{stem_of('my clinic-1', NOW, why)}{number}{SUFFIX}"
            assert parsed(name) == (NOW.replace(microsecond=0), why)
    for name in ("clinic.db", "notes.clinicdesk", "clinic-20261399T101500Z-auto.clinicdesk",
                 "clinic-20261124T101500Z-auto.clinicdesk.7.part"):  # fmt: skip
        assert parsed(name) is None


@given(copies, rules)
def test_the_newest_good_one_and_the_newest_sound_one_always_stay(
    found: list[BackupCopy], kept: Kept
) -> None:
    gone = {one.path for one in doomed(found, kept, NOW)}
    present = [one for one in found if one.made_at <= NOW + AHEAD]
    for states in ({CopyState.GOOD}, {CopyState.GOOD, CopyState.UNCHECKED}):
        fit = [one for one in present if one.state in states]
        if fit:
            newest = max(one.made_at for one in fit)
            assert any(one.path not in gone for one in fit if one.made_at == newest)


@given(copies, rules)
def test_what_was_thinned_once_is_not_thinned_again(found: list[BackupCopy], kept: Kept) -> None:
    gone = {one.path for one in doomed(found, kept, NOW)}
    left = [one for one in found if one.path not in gone]
    assert doomed(left, kept, NOW) == ()


@given(copies, rules)
def test_no_more_stay_than_the_rules_say(found: list[BackupCopy], kept: Kept) -> None:
    gone = {one.path for one in doomed(found, kept, NOW)}
    left = [
        one
        for one in found
        if one.path not in gone and one.made_at <= NOW + AHEAD and one.state is not CopyState.BAD
    ]
    most = {AUTO: kept.hourly + kept.daily + kept.weekly, MANUAL: kept.manual,
            "before": kept.before}  # fmt: skip
    for kind, number in most.items():
        assert sum(kind_of(one.why) == kind for one in left) <= number + 2


@given(copies, rules, st.integers(-400, 400))
def test_a_clock_that_jumps_takes_no_more_away_than_the_rules(
    found: list[BackupCopy], kept: Kept, days: int
) -> None:
    """The periods are counted, not measured: a year later the same copies stay."""
    past = [one for one in found if one.made_at <= NOW]
    later = NOW + timedelta(days=abs(days))
    assert doomed(past, kept, NOW) == doomed(past, kept, later)


def test_hours_days_and_weeks() -> None:
    hourly = [copy(60 * n) for n in range(24 * 40)]
    gone = {one.path for one in doomed(hourly, Kept(hourly=5, daily=3, weekly=2), NOW)}
    left = sorted(n for n in range(24 * 40) if hourly[n].path not in gone)
    # five hours; the last of yesterday; the last of the day before, which ended the week before
    assert left == [0, 1, 2, 3, 4, 11, 35]


def test_a_copy_dated_in_the_future_stays_and_does_not_count() -> None:
    ahead = copy(-60 * 24 * 365)
    here = [copy(60 * n) for n in range(3)]
    assert doomed([ahead, *here], Kept(1, 0, 0, 0, 0), NOW) == (here[2], here[1])


def test_a_damaged_copy_goes_once_there_is_a_sound_one_after_it() -> None:
    bad = copy(120, state=CopyState.BAD)
    assert doomed([bad], Kept(), NOW) == ()
    assert doomed([bad, copy(60)], Kept(), NOW) == (bad,)
    assert doomed([bad, copy(180)], Kept(), NOW) == ()


def test_files_of_others_are_left_alone() -> None:
    stranger = replace(copy(10**6), why="holiday-pictures")
    assert doomed([stranger, copy(1), copy(2)], Kept(1, 1, 1, 1, 1), NOW) == (copy(2),)


def test_of_two_in_one_second_the_later_is_the_newer() -> None:
    first, second, tenth = copy(5), copy(5, number=2), copy(5, number=10)
    upgrade = copy(5, "before-0006")
    assert sorted([tenth, second, first], key=order) == [first, second, tenth]
    assert order(upgrade)[1] == 1
    assert order(copy(5, "before-0006", number=2))[1] == 2
    assert doomed([tenth, second, first], Kept(1, 0, 0, 0, 0), NOW) == (first, second)


def test_a_copy_made_after_the_clock_was_put_back_stays() -> None:
    """It holds the newest, whatever its date says."""
    before = [replace(copy(minutes), events=100 - minutes) for minutes in (0, 10, 20)]
    made = replace(copy(45), events=120)
    kept = Kept(1, 0, 0, 0, 0)
    assert made not in doomed([*before, made], kept, NOW)
    assert made not in doomed([*before, replace(made, events=0)], kept, NOW, made.name)


@given(copies, rules, st.integers(0, 59))
def test_what_was_just_made_stays(found: list[BackupCopy], kept: Kept, which: int) -> None:
    fit = [one for one in found if one.state is not CopyState.BAD]
    if fit:
        made = fit[which % len(fit)]
        assert made.path not in {one.path for one in doomed(found, kept, NOW, made.name)}
