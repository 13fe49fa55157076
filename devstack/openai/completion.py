"""The answer of the simulated model: content for the asked format, wrapped as a chat completion."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devstack.openai.judgement import INVENTORS, JUDGES
from devstack.openai.schemas import INVENTED, Instance
from devstack.openai.wishes import read_wishes

CONSTRAINTS = "travelconstraints"
NONSENSE = "Colourless green ideas sleep furiously; the itinerary, however, tastes of Tuesday."
REFUSAL = "I'm sorry, I can't assist with that request."
PLAIN = "This is a simulated model: it answers structured requests and repeats nothing else."
TOKEN = re.compile(r"\w{1,5}|[^\w\s]")
TOKENS_PER_MESSAGE = 4


@dataclass(frozen=True)
class Answer:
    """What the model says, or why it will not."""

    content: str | None
    refusal: str | None = None


def answer(request: Mapping[str, Any], mode: str | None) -> Answer:
    """The content for a checked request; `mode` is the fault in force, if any."""
    if mode == "refusal":
        return Answer(None, REFUSAL)
    if mode == "garbage":
        return Answer(NONSENSE)
    if mode == "mismatch":
        return Answer(json.dumps({"unexpected": [NONSENSE], "mustSee": 7}))
    wanted = request.get("response_format") or {"type": "text"}
    if wanted["type"] == "json_schema":
        instance = _instance(request, wanted["json_schema"], invent=mode == "ungrounded")
        return Answer(json.dumps(instance, ensure_ascii=False, separators=(",", ":")))
    return Answer(json.dumps({"answer": PLAIN}) if wanted["type"] == "json_object" else PLAIN)


def _instance(request: Mapping[str, Any], named: Mapping[str, Any], *, invent: bool) -> dict[str, Any]:
    schema = named["schema"]
    judge = (INVENTORS if invent else JUDGES).get(re.sub(r"[^a-z]", "", named["name"].lower()))
    if judge is not None:
        return Instance(schema).make(judge(_document(request["messages"])))
    if re.sub(r"[^a-z]", "", named["name"].lower()) != CONSTRAINTS:
        return Instance(schema, invent).make()
    with_pace = "pace" in schema.get("properties", {})
    found = read_wishes(_special_requests(request["messages"])).as_answer(with_pace=with_pace)
    if invent:
        found["mustSee"] = [*found["mustSee"], INVENTED]
    return Instance(schema).make(found)


def _special_requests(messages: list[Mapping[str, Any]]) -> str:
    """The traveller's text in the last user message: a field of its JSON, or all of it when it is no JSON."""
    document = _document(messages)
    return str(document.get("specialRequests") or "") if isinstance(document, dict) else str(document)


def _document(messages: list[Mapping[str, Any]]) -> Any:
    """The JSON of the last user message, or its text when it is no JSON."""
    texts = [text_of(message) for message in messages if message.get("role") == "user"]
    last = texts[-1] if texts else ""
    try:
        return json.loads(last)
    except ValueError:
        return last


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a message, whose content is a string or a list of parts."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content if isinstance(part, Mapping))


def count_tokens(text: str) -> int:
    """About what a real tokenizer counts: words in pieces of five characters, marks one by one."""
    return len(TOKEN.findall(text))


def completion(request: Mapping[str, Any], said: Answer, *, created: int, serial: int) -> dict[str, Any]:
    """A `chat.completion` object with usage; cut at `max_completion_tokens` with finish reason `length`."""
    text = said.content if said.content is not None else said.refusal or ""
    spent = count_tokens(text)
    limit = request.get("max_completion_tokens") or request.get("max_tokens") or spent
    if spent > limit:
        text = _cut(text, limit)
    prompt = sum(count_tokens(text_of(message)) + TOKENS_PER_MESSAGE for message in request["messages"])
    prompt += count_tokens(json.dumps(request.get("response_format") or ""))
    refused = said.content is None
    message = {
        "role": "assistant",
        "content": None if refused else text,
        "refusal": text if refused else None,
    }
    return {
        "id": f"chatcmpl-{_digest(request, serial)[:24]}",
        "object": "chat.completion",
        "created": created,
        "model": request["model"],
        "choices": [
            {
                "index": 0,
                "message": message | {"annotations": []},
                "logprobs": None,
                "finish_reason": "length" if spent > limit else "stop",
            }
        ],
        "usage": _usage(prompt, min(spent, limit)),
        "service_tier": "default",
        "system_fingerprint": f"fp_{_digest({'model': request['model']}, 0)[:10]}",
    }


def cut_short(request: Mapping[str, Any], said: Answer) -> dict[str, Any]:
    """The request as if its limit were half the answer's tokens."""
    half = count_tokens(said.content or said.refusal or "") // 2
    return {**request, "max_completion_tokens": max(1, half)}


def _usage(prompt: int, spent: int) -> dict[str, Any]:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": spent,
        "total_tokens": prompt + spent,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _cut(text: str, tokens: int) -> str:
    ends = [match.end() for match in TOKEN.finditer(text)]
    return text[: ends[tokens - 1]] if tokens > 0 else ""


def _digest(request: Mapping[str, Any], serial: int) -> str:
    return hashlib.sha256(f"{serial}:{json.dumps(request, sort_keys=True)}".encode()).hexdigest()
