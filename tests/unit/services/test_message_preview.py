"""The preview of a message: on a real visit, on a made-up one, and in a clinic that has nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_desk.domain.messages import Channel, Purpose
from clinic_desk.services.commands import CancelAppointment
from clinic_desk.services.message_preview import Words, facts_for, look, words
from clinic_desk.services.message_words import built_in
from tests.fakes.world import World, at


def known(world: World) -> Words:
    return words(world.store.queries, world.clock.now())


def test_visits_to_come_can_be_chosen_and_blocks_and_holds_not(world: World) -> None:
    later, soon = world.book("15:00"), world.book("10:00", patient="eve")
    gone = world.book("11:00", patient="tom")
    row = world.row(gone)
    world.run(CancelAppointment(appointment_id=gone, expected_revision=row.revision, reason="ill"))
    assert [cell.id for cell in known(world).visits] == [soon, later]


def test_a_real_visit_is_told_as_it_is(world: World) -> None:
    visit = world.book("10:00")
    view = world.store.queries.appointment(visit)
    found = facts_for(Purpose.REMINDER, Channel.SMS, known(world), world.clock.now(), view)
    assert found.start == at("10:00")
    assert found.code == view.cell.confirmation_code
    assert view.patient is not None
    assert (found.first_name, found.last_name) == (view.patient.first_name, view.patient.last_name)
    told = look(found, "", "{{ patient }} {{ time }}", "en", Channel.SMS)
    assert told.rendered is not None
    assert told.rendered.body == f"{view.patient.first_name} {view.patient.last_name} 10:00"


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("channel", Channel)
def test_a_made_up_visit_shows_every_text_in_any_clinic(
    world: World, purpose: Purpose, channel: Channel
) -> None:
    whole = known(world)
    roster = whole.roster
    bare = replace(whole, roster=replace(roster, locations={}, doctors={}, rooms={}, types={}))
    for one in (whole, bare):
        found = facts_for(purpose, channel, one, world.clock.now())
        for language in ("en", "tr", "de"):
            text = built_in()[purpose, channel, language]
            told = look(found, text.subject, text.body, language, channel)
            assert told.rendered is not None
            assert not told.problems + told.bare
            assert (told.length is not None) == (channel is Channel.SMS)
            assert told.characters == len(told.rendered.body)


def test_what_was_before_a_move_and_the_offer_are_made_up(world: World) -> None:
    now = world.clock.now()
    moved = facts_for(Purpose.MOVED, Channel.SMS, known(world), now)
    assert moved.start is not None
    assert moved.was_start == moved.start - timedelta(days=1)
    assert moved.was_doctor == moved.doctor != ""
    offered = facts_for(Purpose.WAITLIST_OFFER, Channel.SMS, known(world), now)
    assert offered.offer_until == now + timedelta(hours=2)


def test_what_is_called_off_or_was_missed_is_shown_as_it_would_be_then(world: World) -> None:
    one, now = known(world), world.clock.now()
    called_off = facts_for(Purpose.CANCELLED, Channel.EMAIL, one, now, series=True)
    assert called_off.start == facts_for(Purpose.REMINDER, Channel.EMAIL, one, now).start
    assert {visit.was_start for visit in called_off.series} == {None}
    missed = facts_for(Purpose.NO_SHOW, Channel.SMS, one, now)
    assert missed.end is not None
    assert missed.sent_at > missed.end


def test_names_at_the_desks_and_answers_follow_the_clinics_settings(world: World) -> None:
    now, whole = world.clock.now(), known(world)
    assert facts_for(Purpose.REMINDER, Channel.DESKTOP, whole, now).last_name == ""
    assert facts_for(Purpose.REMINDER, Channel.SMS, whole, now).yes == ""
    kept = replace(whole, settings={"messages.desktop.names": True, "messages.sms.kind": "folder"})
    assert facts_for(Purpose.REMINDER, Channel.DESKTOP, kept, now).last_name == "Example"
    assert facts_for(Purpose.REMINDER, Channel.SMS, kept, now).yes == "1"
    assert facts_for(Purpose.REMINDER, Channel.EMAIL, kept, now).yes == ""


def test_languages_that_are_ready_stand_first_and_the_clinics_before_all(world: World) -> None:
    whole = known(world)
    assert [code for code, _ in whole.languages[: whole.ready]] == ["en", "de", "tr"]
    names = [name for _, name in whole.languages[whole.ready :]]
    assert names == sorted(names)
    assert ("fr", "French") in whole.languages
