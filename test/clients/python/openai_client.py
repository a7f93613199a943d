import json

import openai
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

from common import API_KEY, BASE_URL, IMAGE_URL, MODEL, PLACE, Place, check, run

client = OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)

WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tells the weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def chat() -> None:
    completion = client.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "hello"},
            {"role": "user", "content": "how are you?"},
        ],
    )
    check(completion.choices[0].message.content, "You said: how are you?")
    check(completion.choices[0].finish_reason, "stop")
    check(completion.usage and completion.usage.total_tokens, 15)
    assert completion._request_id


def stream() -> None:
    chunks = list(
        client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": "count to three"}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    deltas = [choice.delta.content for chunk in chunks for choice in chunk.choices if choice.delta.content]
    check("".join(deltas), "You said: count to three")
    assert len(deltas) > 2, deltas
    check([choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason], ["stop"])
    check(chunks[-1].choices, [])
    check(chunks[-1].usage and chunks[-1].usage.total_tokens, 15)


def tools_in_a_loop() -> None:
    messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": "What is the weather in Paris and Oslo?"}]
    rounds = 0
    while True:
        choice = client.chat.completions.create(model=MODEL, messages=messages, tools=[WEATHER]).choices[0]
        if choice.finish_reason != "tool_calls":
            break
        rounds += 1
        messages.append(choice.message.to_dict())
        for call in choice.message.tool_calls or []:
            check(call.function.name, "get_weather")
            city = json.loads(call.function.arguments)["city"]
            messages.append({"role": "tool", "tool_call_id": call.id, "content": f"sunny in {city}"})
    check(choice.message.content, "The tools say: sunny in Paris, sunny in Oslo.")
    check(rounds, 1)


def tools_streamed() -> None:
    with client.chat.completions.stream(
        model=MODEL, messages=[{"role": "user", "content": "What is the weather in Oslo?"}], tools=[WEATHER]
    ) as events:
        pieces = [event.arguments_delta for event in events if event.type == "tool_calls.function.arguments.delta"]
        message = events.get_final_completion().choices[0].message
    assert message.tool_calls
    check(json.loads(message.tool_calls[0].function.arguments), {"city": "Oslo"})
    check("".join(pieces), message.tool_calls[0].function.arguments)


def structured_output() -> None:
    completion = client.chat.completions.parse(
        model=MODEL, messages=[{"role": "user", "content": "Where is it warm?"}], response_format=Place
    )
    check(completion.choices[0].message.parsed, PLACE)


def structured_output_streamed() -> None:
    with client.chat.completions.stream(
        model=MODEL, messages=[{"role": "user", "content": "Where is it warm?"}], response_format=Place
    ) as events:
        for _ in events:
            pass
        check(events.get_final_completion().choices[0].message.parsed, PLACE)


def strict_tool() -> None:
    completion = client.chat.completions.parse(
        model=MODEL,
        messages=[{"role": "user", "content": "Where is it warm?"}],
        tools=[openai.pydantic_function_tool(Place)],
        tool_choice={"type": "function", "function": {"name": "Place"}},
    )
    calls = completion.choices[0].message.tool_calls
    assert calls
    check(calls[0].function.parsed_arguments, PLACE)


def image() -> None:
    completion = client.chat.completions.create(
        model=MODEL,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": IMAGE_URL, "detail": "low"}},
                ],
            }
        ],
    )
    check(completion.choices[0].message.content, "That is an image of type image/png.")


def error() -> None:
    try:
        client.chat.completions.create(model=MODEL, messages=[])
    except openai.BadRequestError as problem:
        check(problem.param, "messages")
    else:
        raise AssertionError("no error")


def conversation() -> None:
    first = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "My name is Alice"}])
    conversation_id = first.conversation_id  # type: ignore[attr-defined]
    second = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "What is my name?"}],
        extra_body={"conversation_id": conversation_id},
    )
    check(second.conversation_id, conversation_id)  # type: ignore[attr-defined]
    typed = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Sure?"}], metadata={"conversation_id": conversation_id}
    )
    check(typed.conversation_id, conversation_id)  # type: ignore[attr-defined]
    items = list(client.conversations.items.list(conversation_id, order="asc", limit=4))
    check([item.type for item in items], ["message"] * 6)
    check(client.conversations.retrieve(conversation_id).object, "conversation")
    check(client.conversations.update(conversation_id, metadata={"topic": "tests"}).metadata, {"topic": "tests"})
    check(client.conversations.delete(conversation_id).deleted, True)


run(
    conversation, chat, stream, tools_in_a_loop, tools_streamed, structured_output, structured_output_streamed, strict_tool, image, error
)
