import asyncio
import base64

from openai import AsyncOpenAI
from pydantic_ai import Agent, BinaryContent, NativeOutput, ToolOutput
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from common import API_KEY, BASE_URL, MODEL, PIXEL, PLACE, Place, check, run

client = AsyncOpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
model = OpenAIChatModel(MODEL, provider=OpenAIProvider(openai_client=client))

# One for all, run_sync included: the connections of a client belong to the loop that opened them.
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)


def chat() -> None:
    agent = Agent(model, instructions="Be brief.")
    first = agent.run_sync("hi")
    check(first.output, "You said: hi")
    second = agent.run_sync("how are you?", message_history=first.all_messages())
    check(second.output, "You said: how are you?")
    check(second.usage.total_tokens, 15)


def stream() -> None:
    async def deltas() -> list[str]:
        async with Agent(model).run_stream("count to three") as result:
            return [delta async for delta in result.stream_text(delta=True, debounce_by=None)]

    texts = loop.run_until_complete(deltas())
    check("".join(texts), "You said: count to three")
    assert len(texts) > 2, texts


def tools_in_a_loop() -> None:
    asked: list[str] = []
    agent = Agent(model)

    @agent.tool_plain
    def get_weather(city: str) -> str:
        """Tells the weather in a city."""
        asked.append(city)
        return f"sunny in {city}"

    check(agent.run_sync("What is the weather in Paris and Oslo?").output, "The tools say: sunny in Paris, sunny in Oslo.")
    check(sorted(asked), ["Oslo", "Paris"])


def tools_streamed() -> None:
    agent = Agent(model)

    @agent.tool_plain
    def get_weather(city: str) -> str:
        return f"sunny in {city}"

    async def answer() -> str:
        async with agent.run_stream("What is the weather in Oslo?") as result:
            return await result.get_output()

    check(loop.run_until_complete(answer()), "The tools say: sunny in Oslo.")


def structured_output() -> None:
    for output_type in (Place, ToolOutput(Place, strict=True), NativeOutput(Place)):
        check(Agent(model, output_type=output_type).run_sync("Where is it warm?").output, PLACE)


def structured_output_streamed() -> None:
    async def last(output_type: object) -> Place:
        async with Agent(model, output_type=output_type).run_stream("Where is it warm?") as result:
            places = [place async for place in result.stream_output(debounce_by=None)]
            return places[-1]

    check(loop.run_until_complete(last(Place)), PLACE)
    check(loop.run_until_complete(last(NativeOutput(Place))), PLACE)


def structured_output_after_tools() -> None:
    for output_type in (Place, NativeOutput(Place)):
        agent = Agent(model, output_type=output_type)

        @agent.tool_plain
        def get_weather(city: str) -> str:
            return f"sunny in {city}"

        check(agent.run_sync("What is the weather in Paris?").output, PLACE)


def image() -> None:
    picture = BinaryContent(base64.b64decode(PIXEL), media_type="image/png")
    check(Agent(model).run_sync(["What is this?", picture]).output, "That is an image of type image/png.")


run(
    chat,
    stream,
    tools_in_a_loop,
    tools_streamed,
    structured_output,
    structured_output_streamed,
    structured_output_after_tools,
    image,
)
