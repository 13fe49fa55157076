"""A refined plan made again from its stored transcript: the same document, or a word on why not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from shared import places
from shared.ai import Exchange, Transcript
from shared.schedules import Tools, produce, repository, store
from shared.schedules.replaying import Unreplayable
from shared.schedules.step import Step
from shared.schedules.store import Kept
from tests.integration.planners import Traveller, documents_in, outbox_of, traveller
from tests.integration.services import broken

TEXT = "We love culture, no shopping."
CITY = "Salzburg"
QUESTIONS = ["travel_constraints", "place_scores", "place_remarks"]


@pytest.fixture
def tools(asking: Tools) -> Tools:
    return asking


@dataclass(frozen=True)
class Refined:
    """A plan as it is stored, and the job that made it."""

    who: Traveller
    job_id: UUID
    kept: Kept

    async def replay(self, said: Transcript | None = None) -> Kept:
        """By nobody but the transcript: there is no model any more."""
        tools = replace(self.who.tools, model=None)
        async with tools.db.transaction() as tx:
            job = await repository.find(tx, self.job_id)
        assert job is not None
        step = Step(job=job, holder=uuid4(), lost=Event())
        kept = self.kept if said is None else replace(self.kept, said=said)
        return await produce.replay(step, kept, tools)


async def refined(tools: Tools, *, city: str = CITY) -> Refined:
    who = await traveller(tools, city=city)
    job_id = await who.plan(specialRequests=TEXT)
    kept = await store.read_whole(who.trip, job_id, documents=tools.documents)
    assert kept is not None
    assert kept.plan.status == "final"
    return Refined(who, job_id, kept)


@pytest_asyncio.fixture
async def plan(tools: Tools) -> Refined:
    made = await refined(tools)
    assert [said.question for said in made.kept.said.exchanges] == QUESTIONS
    assert any(item.tips for day in made.kept.plan.days for item in day.items)
    return made


async def test_the_stored_transcript_gives_the_identical_document(plan: Refined) -> None:
    again = await plan.replay()
    assert again.plan.model_dump_json(by_alias=True) == plan.kept.plan.model_dump_json(by_alias=True)
    assert again.said == plan.kept.said
    assert again.inputs == plan.kept.inputs


async def test_a_replay_stores_and_announces_nothing(plan: Refined) -> None:
    tools, before = plan.who.tools, await traces(plan)
    await outbox_of(plan.job_id, tools)
    await plan.replay()
    assert await traces(plan) == before
    assert await outbox_of(plan.job_id, tools) == []


@pytest.mark.parametrize("mode", ["garbage", "refusal"])
async def test_what_a_model_failed_to_say_is_replayed_too(tools: Tools, model_url: str, mode: str) -> None:
    """The primary model fails once: its useless answer is kept, and the fallback's that was used."""
    with broken(model_url, mode, count=1):
        made = await refined(tools)
    assert [said.model for said in made.kept.said.exchanges] == ["large", "small", "large", "large"]
    assert (await made.replay()).plan == made.kept.plan


async def test_a_plan_without_a_transcript_says_so(tools: Tools) -> None:
    made = await refined(replace(tools, model=None))
    assert made.kept.said == Transcript()
    with pytest.raises(Unreplayable, match="no model was asked about this plan"):
        await made.replay()


@pytest.mark.parametrize("question", QUESTIONS)
async def test_another_prompt_is_named_with_the_one_of_today(plan: Refined, question: str) -> None:
    said = altered(plan.kept.said, question, prompt=f"{question}.v0.md")
    wrong = rf"{question} was asked with {question}\.v0\.md, today's prompt is {question}\.v1\.md"
    with pytest.raises(Unreplayable, match=wrong):
        await plan.replay(said)


async def test_a_question_nobody_asks_is_named(plan: Refined) -> None:
    exchanges = plan.kept.said.exchanges
    said = Transcript(exchanges=tuple(e.model_copy(update={"question": "horoscopes"}) for e in exchanges))
    with pytest.raises(Unreplayable, match="horoscopes, which nobody asks"):
        await plan.replay(said)


@pytest.mark.parametrize("question", QUESTIONS)
async def test_altered_data_is_named_by_its_answer(plan: Refined, question: str) -> None:
    [exchange] = [said for said in plan.kept.said.exchanges if said.question == question]
    said = altered(plan.kept.said, question, data=exchange.data.replace("c", "k", 1))
    with pytest.raises(Unreplayable, match=f"{question} with the data that answer {exchange.response_id}"):
        await plan.replay(said)


type Alteration = Callable[[Transcript], Transcript]


def altered(said: Transcript, question: str, **changes: object) -> Transcript:
    """The transcript with one answer changed."""
    return Transcript(
        exchanges=tuple(
            each.model_copy(update=changes) if each.question == question else each for each in said.exchanges
        )
    )


def reworded(said: Transcript, question: str, *, old: str, new: str) -> Transcript:
    def change(each: Exchange) -> Exchange:
        assert old in (each.content or ""), each.content
        return each.model_copy(update={"content": (each.content or "").replace(old, new)})

    return Transcript(
        exchanges=tuple(change(each) if each.question == question else each for each in said.exchanges)
    )


def without(said: Transcript, question: str) -> Transcript:
    return Transcript(exchanges=tuple(each for each in said.exchanges if each.question != question))


@pytest.mark.parametrize(
    "change",
    [
        partial(altered, question="travel_constraints", content="{}"),
        partial(altered, question="travel_constraints", content=None),
        partial(altered, question="place_remarks", content='{"places": []}'),
        partial(reworded, question="travel_constraints", old="shopping", new="culture"),
        partial(without, question="travel_constraints"),
        partial(without, question="place_remarks"),
    ],
)
async def test_altered_answers_give_another_plan_and_that_is_said(plan: Refined, change: Alteration) -> None:
    with pytest.raises(Unreplayable, match=r"another plan than the one|Nobody asks") as refused:
        await plan.replay(change(plan.kept.said))
    assert "altered" in refused.value.detail


async def test_places_that_have_changed_since_are_said(plan: Refined) -> None:
    tools = plan.who.tools
    found = await places.locate(CITY, maps=tools.maps, cache=tools.cache)
    assert found is not None
    region = places.region_of(found.lat, found.lng)
    await tools.documents.drop("places", "culture", partition=region)
    with pytest.raises(Unreplayable, match="places have changed since"):
        await plan.replay()


async def traces(plan: Refined) -> list[object]:
    """All that a job leaves: its row, story, versions and documents."""
    tools = plan.who.tools
    async with tools.db.transaction() as tx:
        rows = [
            await (await tx.execute(sql, (plan.job_id,))).fetchall()
            for sql in (
                "SELECT * FROM schedule_jobs WHERE id = %s",
                "SELECT * FROM schedule_job_events WHERE job_id = %s ORDER BY number",
                "SELECT * FROM schedule_versions WHERE job_id = %s",
                "SELECT * FROM schedule_leftovers WHERE document_id = %s",
            )
        ]
    return [rows, await documents_in(plan.who.trip, tools)]
