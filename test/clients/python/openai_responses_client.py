"""Responses by OpenAI's own package, by its Agents SDK, and by pydantic-ai's model for them."""

import asyncio
import base64
import json
import time

from agents import Agent as OpenAIAgent
from agents import OpenAIResponsesModel, Runner, function_tool, set_tracing_disabled
from openai import AsyncOpenAI, OpenAI
from openai.types.responses import FunctionToolParam, ResponseInputParam
from pydantic_ai import Agent, BinaryContent, NativeOutput
from pydantic_ai.models.openai import OpenAIResponsesModel as PydanticResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider

from common import API_KEY, BASE_URL, IMAGE_URL, MODEL, PIXEL, PLACE, Place, check, run

client = OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
asynchronous = AsyncOpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
set_tracing_disabled(True)

# One for all: the connections of a client belong to the loop that opened them.
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)

QUESTION = "What is the weather in Paris and Oslo?"
ANSWER = "The tools say: sunny in Paris, sunny in Oslo."
WEATHER: FunctionToolParam = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "strict": False,
}


def chat() -> None:
    response = client.responses.create(model=MODEL, instructions="Be brief.", input="how are you?")
    check(response.output_text, "You said: how are you?")
    check(response.usage and response.usage.total_tokens, 15)
    assert response._request_id


def stream() -> None:
    with client.responses.stream(model=MODEL, input="count to three") as events:
        deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
        check(events.get_final_response().output_text, "You said: count to three")
    check("".join(deltas), "You said: count to three")
    assert len(deltas) > 2, deltas


def background() -> None:
    response = client.responses.create(model=MODEL, input="how are you?", background=True)
    while response.status in ("queued", "in_progress"):
        time.sleep(0.05)
        response = client.responses.retrieve(response.id)
    check(response.output_text, "You said: how are you?")
    check(client.responses.cancel(response.id).status, "completed")
    text = ""
    seen = 0
    with client.responses.create(model=MODEL, input="count to three", background=True, stream=True) as events:
        for event in events:
            seen = event.sequence_number
            if event.type == "response.created":
                response = event.response
            if event.type == "response.output_text.delta":
                text += event.delta
                break
    for event in client.responses.retrieve(response.id, stream=True, starting_after=seen):
        check(event.sequence_number, seen + 1)
        seen = event.sequence_number
        if event.type == "response.output_text.delta":
            text += event.delta
    check(text, "You said: count to three")
    with client.responses.stream(response_id=response.id) as again:
        for _ in again:
            pass
        check(again.get_final_response().output_text, text)


def tools_in_a_loop() -> None:
    items: ResponseInputParam = [{"role": "user", "content": QUESTION}]
    first = client.responses.create(model=MODEL, input=items, tools=[WEATHER])
    items += first.output  # type: ignore[arg-type]
    for call in first.output:
        assert call.type == "function_call"
        city = json.loads(call.arguments)["city"]
        items.append({"type": "function_call_output", "call_id": call.call_id, "output": f"sunny in {city}"})
    check(client.responses.create(model=MODEL, input=items, tools=[WEATHER]).output_text, ANSWER)


def structured_output() -> None:
    parsed = client.responses.parse(model=MODEL, input="Where is it warm?", text_format=Place)
    check(parsed.output_parsed, PLACE)


def image() -> None:
    response = client.responses.create(
        model=MODEL,
        input=[
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is this?"},
                    {"type": "input_image", "image_url": IMAGE_URL, "detail": "auto"},
                ],
            }
        ],
    )
    check(response.output_text, "That is an image of type image/png.")


@function_tool
def get_weather(city: str) -> str:
    """Tells the weather in a city."""
    return f"sunny in {city}"


def agents() -> None:
    model = OpenAIResponsesModel(model=MODEL, openai_client=asynchronous)
    weather = OpenAIAgent(name="Weather", instructions="Be brief.", model=model, tools=[get_weather])
    check(loop.run_until_complete(Runner.run(weather, QUESTION)).final_output, ANSWER)

    async def streamed() -> str:
        result = Runner.run_streamed(weather, QUESTION)
        async for _ in result.stream_events():
            pass
        return result.final_output

    check(loop.run_until_complete(streamed()), ANSWER)
    structured = OpenAIAgent(name="Place", model=model, output_type=Place)
    check(loop.run_until_complete(Runner.run(structured, "Where is it warm?")).final_output, PLACE)


def pydantic_ai() -> None:
    model = PydanticResponsesModel(MODEL, provider=OpenAIProvider(openai_client=asynchronous))
    agent = Agent(model)

    @agent.tool_plain(name="get_weather")
    def weather_of(city: str) -> str:
        """Tells the weather in a city."""
        return f"sunny in {city}"

    check(agent.run_sync(QUESTION).output, ANSWER)
    check(Agent(model, output_type=NativeOutput(Place)).run_sync("Where is it warm?").output, PLACE)
    seen = Agent(model).run_sync(["What is this?", BinaryContent(base64.b64decode(PIXEL), media_type="image/png")])
    check(seen.output, "That is an image of type image/png.")


run(chat, stream, background, tools_in_a_loop, structured_output, image, agents, pydantic_ai)
