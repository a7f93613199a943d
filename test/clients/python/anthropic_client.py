import os

from anthropic import Anthropic, NotFoundError
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage
from pydantic import SecretStr

from common import API_KEY, MODEL, PIXEL, check, run

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


def counts_models_and_errors() -> None:
    assert client.messages.count_tokens(model=MODEL, messages=[{"role": "user", "content": "hi"}]).input_tokens > 0
    assert MODEL in [model.id for model in client.models.list()]
    try:
        client.messages.create(model="gpt-4", max_tokens=1, messages=[{"role": "user", "content": "hi"}])
        raise AssertionError("no error")
    except NotFoundError as error:
        check(error.body["error"]["type"], "not_found_error")


def langchain() -> None:
    model = ChatAnthropic(model_name=MODEL, base_url=URL, api_key=SecretStr(API_KEY), max_tokens_to_sample=100, max_retries=0)
    answer = model.invoke([HumanMessage("hi")])
    check(answer.text, "You said: hi")
    check(answer.usage_metadata and answer.usage_metadata["total_tokens"], 15)
    chunks = list(model.stream("hi"))
    check("".join(chunk.text for chunk in chunks), "You said: hi")


run(stream, tools_and_a_picture, counts_models_and_errors, langchain)
