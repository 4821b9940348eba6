"""The plans of a doctor's hours: which weeks they hold in, and from when to when.

A *plan* is what holds in the same weeks with the same validity: all layers that differ in
priority alone, named by the layer with priority 0. Pure functions; "layers" are those of
``hours_editing.painted``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.hours_editing import Layer, Week, layer_order, tidy
from clinic_desk.services.wording import day_text

Layers = Mapping[Layer, Week]


def plan_of(layer: Layer) -> Layer:
    return replace(layer, priority=0)


def plans(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    return tuple(sorted({plan_of(layer) for layer in layers}, key=layer_order))


def plan_words(plan: Layer, today: date) -> str:
    """ "Every week", "Every 2 weeks (this week), from Mon 1 Feb 2027"."""
    parts = [plan.words(today)]
    if plan.valid_from is not None:
        parts.append(f"from {day_text(plan.valid_from)} {plan.valid_from.year}")
    if plan.valid_until is not None:
        parts.append(f"until {day_text(plan.valid_until)} {plan.valid_until.year}")
    return ", ".join(parts)


def layers_of(layers: Iterable[Layer], plan: Layer) -> list[Layer]:
    """Those of the plan, the one that wins first."""
    return sorted((one for one in layers if plan_of(one) == plan), key=lambda one: -one.priority)


def put_plan(layers: Layers, plan: Layer, source: Layers, source_plan: Layer) -> dict[Layer, Week]:
    """The plan's hours at all sites replaced by those of another plan."""
    result = {one: week for one, week in layers.items() if plan_of(one) != plan}
    for layer in layers_of(source, source_plan):
        result[replace(plan, priority=layer.priority)] = source[layer]
    return result


def previous_plan(layers: Layers, plan: Layer) -> Layer | None:
    """The one of the same rhythm that ended last before this one begins."""
    if plan.valid_from is None:
        return None
    before = [
        one
        for one in plans(layers)
        if (one.every_weeks, one.anchor) == (plan.every_weeks, plan.anchor)
        and one.valid_until is not None
        and one.valid_until < plan.valid_from
    ]
    return max(before, key=lambda one: one.valid_until or date.min, default=None)


def rename_plan(layers: Layers, plan: Layer, fresh: Layer) -> dict[Layer, Week]:
    """Other weeks or another validity for all the plan's hours. Raises ``Refusal`` when there is
    such a plan already, or its last day comes before its first."""
    if fresh.valid_from and fresh.valid_until and fresh.valid_until < fresh.valid_from:
        raise Refusal(
            "bad_validity",
            "The last day of these hours comes before their first.",
            field="valid_until",
        )
    if fresh != plan and fresh in plans(one for one in layers if not layers[one].empty):
        raise Refusal(
            "same_plan",
            "There are hours for just these weeks already; choose them in the list above.",
            field="valid_from" if fresh.valid_from != plan.valid_from else "every_weeks",
        )
    return {
        (replace(fresh, priority=one.priority) if plan_of(one) == plan else one): week
        for one, week in layers.items()
    }


def split_plan(layers: Layers, plan: Layer, first: date) -> tuple[dict[Layer, Week], Layer]:
    """A new version from ``first`` on, at first the same hours; what there was ends the day
    before. Raises ``Refusal`` like ``rename_plan``."""
    ended = replace(plan, valid_until=first - timedelta(days=1))
    fresh = replace(plan, valid_from=first)
    result = rename_plan(layers, plan, ended)
    rename_plan(layers, plan, fresh)  # refuses what cannot be
    return put_plan(result, fresh, layers, plan), fresh


def full(layers: Layers) -> dict[Layer, Week]:
    """Without layers in which nothing is painted: what two states are compared by."""
    return {
        one: Week(tuple(tidy(day) for day in w.days)) for one, w in layers.items() if not w.empty
    }
