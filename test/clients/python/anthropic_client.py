import asyncio
import os

from anthropic import Anthropic, AsyncAnthropic, NotFoundError, beta_tool
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_core.tools import tool
from pydantic import SecretStr

from common import API_KEY, MODEL, PIXEL, PLACE, Place, check, run

URL = os.environ["GATEWAY_URL"]
client = Anthropic(base_url=URL, api_key=API_KEY, max_retries=0)
WEATHER = {
    "name": "get_weather",
    "description": "Tells the weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def stream() -> None:
    with client.messages.stream(model=MODEL, max_tokens=100, messages=[{"role": "user", "content": "count to three"}]) as events:
        deltas = list(events.text_stream)
        message = events.get_final_message()
    check("".join(deltas), "You said: count to three")
    assert len(deltas) > 2, deltas
    check((message.stop_reason, message.usage.input_tokens, message.usage.output_tokens), ("end_turn", 10, 5))


def tools_and_a_picture() -> None:
    messages: list = [{"role": "user", "content": "What is the weather in Paris?"}]
    first = client.messages.create(model=MODEL, max_tokens=100, messages=messages, tools=[WEATHER])
    call = next(block for block in first.content if block.type == "tool_use")
    check(call.input, {"city": "Paris"})
    messages.append({"role": "assistant", "content": first.content})
    messages.append({"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}]})
    second = client.messages.create(model=MODEL, max_tokens=100, messages=messages, tools=[WEATHER])
    check([block.text for block in second.content], ["The tools say: sunny."])
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    picture = client.messages.create(
        model=MODEL, max_tokens=100, messages=[{"role": "user", "content": [{"type": "image", "source": source}]}]
    )
    check(picture.content[0].text, "That is an image of type image/png.")


def streamed_tools() -> None:
    question: list = [{"role": "user", "content": "What is the weather in Paris and Oslo?"}]
    with client.messages.stream(model=MODEL, max_tokens=100, messages=question, tools=[WEATHER]) as events:
        inputs = [event.snapshot for event in events if event.type == "input_json"]
        message = events.get_final_message()
    check([block.input for block in message.content if block.type == "tool_use"], [{"city": "Paris"}, {"city": "Oslo"}])
    check((inputs[-1], message.stop_reason), ({"city": "Oslo"}, "tool_use"))


def tool_runner() -> None:
    @beta_tool
    def get_weather(city: str) -> str:
        """Tells the weather in a city."""
        return f"sunny in {city}"

    question: list = [{"role": "user", "content": "What is the weather in Paris and Oslo?"}]
    runner = client.beta.messages.tool_runner(model=MODEL, max_tokens=100, messages=question, tools=[get_weather])
    check(runner.until_done().content[0].text, "The tools say: sunny in Paris, sunny in Oslo.")


def parsed() -> None:
    question: list = [{"role": "user", "content": "Where is it warm?"}]
    check(client.messages.parse(model=MODEL, max_tokens=100, messages=question, output_format=Place).parsed_output, PLACE)
    check(client.beta.messages.parse(model=MODEL, max_tokens=100, messages=question, output_format=Place).parsed_output, PLACE)


def pictures() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    content = [block for index in range(8) for block in (image, {"type": "text", "text": f"Picture {index}."})]
    answer = client.messages.create(model=MODEL, max_tokens=100, messages=[{"role": "user", "content": content}])
    check(answer.content[0].text, "That is an image of type image/png.")


def beta() -> None:
    answer = client.beta.messages.create(
        model=MODEL, max_tokens=100, messages=[{"role": "user", "content": "hi"}], betas=["files-api-2025-04-14"]
    )
    check((answer.content[0].text, answer.stop_reason), ("You said: hi", "end_turn"))
    question: list = [{"role": "user", "content": "hi"}]
    check(client.beta.messages.count_tokens(model=MODEL, messages=question).input_tokens, 10)


def asynchronous() -> None:
    async def ask() -> list[str]:
        async with AsyncAnthropic(base_url=URL, api_key=API_KEY, max_retries=0) as other:
            async with other.messages.stream(
                model=MODEL, max_tokens=100, messages=[{"role": "user", "content": "count to three"}]
            ) as events:
                return [text async for text in events.text_stream]

    check("".join(asyncio.run(ask())), "You said: count to three")


def counts_models_and_errors() -> None:
    count = client.messages.with_raw_response.count_tokens(model=MODEL, messages=[{"role": "user", "content": "hi"}])
    check((count.parse().input_tokens, count.headers["x-token-count"]), (10, "counted"))
    assert MODEL in [model.id for model in client.models.list()]
    try:
        client.messages.create(model="gpt-4", max_tokens=1, messages=[{"role": "user", "content": "hi"}])
        raise AssertionError("no error")
    except NotFoundError as error:
        check(error.body["error"]["type"], "not_found_error")


model = ChatAnthropic(model_name=MODEL, base_url=URL, api_key=SecretStr(API_KEY), max_tokens_to_sample=100, max_retries=0)


def langchain() -> None:
    answer = model.invoke([HumanMessage("hi")])
    check(answer.text, "You said: hi")
    check(answer.usage_metadata and answer.usage_metadata["total_tokens"], 15)
    chunks = list(model.stream("hi"))
    check("".join(chunk.text for chunk in chunks), "You said: hi")
    check(model.get_num_tokens_from_messages([HumanMessage("hi")]), 10)


@tool
def get_weather(city: str) -> str:
    """Tells the weather in a city."""
    return f"sunny in {city}"


def langchain_tools() -> None:
    with_tools = model.bind_tools([get_weather])
    messages: list[BaseMessage] = [SystemMessage("Be brief."), HumanMessage("What is the weather in Paris and Oslo?")]
    first, *rest = with_tools.stream(messages)
    for chunk in rest:
        first += chunk
    check([call["args"] for call in first.tool_calls], [{"city": "Paris"}, {"city": "Oslo"}])
    messages.append(first)
    messages.extend(get_weather.invoke(call) for call in first.tool_calls)
    check(with_tools.invoke(messages).text, "The tools say: sunny in Paris, sunny in Oslo.")


def langchain_structured() -> None:
    check(model.with_structured_output(Place).invoke("Where is it warm?"), PLACE)
    check(model.with_structured_output(Place, method="json_schema").invoke("Where is it warm?"), PLACE)


def langchain_pictures() -> None:
    picture = {"type": "image", "base64": PIXEL, "mime_type": "image/png"}
    questions = [[HumanMessage([{"type": "text", "text": f"What is picture {index}?"}, picture])] for index in range(3)]
    check([answer.text for answer in model.batch(questions)], ["That is an image of type image/png."] * 3)


run(
    stream,
    tools_and_a_picture,
    streamed_tools,
    tool_runner,
    parsed,
    pictures,
    beta,
    asynchronous,
    counts_models_and_errors,
    langchain,
    langchain_tools,
    langchain_structured,
    langchain_pictures,
)
