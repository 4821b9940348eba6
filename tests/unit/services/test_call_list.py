"""The list of people to ring about an absence."""

from __future__ import annotations

import csv
from io import StringIO

from clinic_desk.services import absence, call_list
from clinic_desk.services.commands import EditPatient
from clinic_desk.services.planning_views import PlanWishes
from clinic_desk.services.roster_commands import RequestTimeOff
from tests.fakes.world import TODAY, World, at


def test_everybody_is_on_it_with_every_number(world: World) -> None:
    values = {
        "mobile": "020 7946 0018",
        "phone": "020 7946 0099",
        "language": "de",
        "first_name": "=Ana <b>",
        "alert": "Penicillin",
    }
    world.run(EditPatient(patient_id=world.names["ana"], values=values))
    world.run(EditPatient(patient_id=world.names["jon"], values={"email": "jon@example.org"}))
    world.book("10:00")
    world.book("11:00", patient="jon", doctor="wu", type="call")
    request = str(
        world.run(
            RequestTimeOff(
                doctor_id=world.names["wu"],
                start=at("00:00"),
                end=at("00:00", TODAY.replace(day=25)),
            )
        ).value
    )
    queries = world.store.queries
    plan = absence.plan(queries, request, PlanWishes(), world.clock.now())
    first, second = call_list.call_list(queries, plan)
    assert first.patient == "Lee, =Ana <b>"
    assert first.phones == ("+442079460018", "+442079460099")
    assert first.was == "Tue 24 Nov 10:00, Dr Wu, Main Street"
    assert first.proposed == "Wed 25 Nov 10:00, Dr Wu, Main Street"
    assert (first.language, first.note) == ("de", "Follow-up, 30 min · Penicillin")
    assert (second.phones, second.note) == ((), "Phone call, 15 min · jon@example.org")
    heading = call_list.title(queries.roster(), plan)
    assert heading == "Calls: leave of Dr Wu, Tue 24 Nov"
    text = call_list.as_text(heading, (first, second))
    assert "[ ] Lee, =Ana <b> (de)  +442079460018, +442079460099" in text
    assert "no number on file" in text
    rows = list(csv.reader(StringIO(call_list.as_csv((first, second)))))
    assert len(rows) == 3
    assert rows[0][0] == "Patient"
    assert rows[1][1] == "'+442079460018, +442079460099"
    assert rows[2][0] == "Hall, Jonathan"
