import json
from collections.abc import Iterable

import instructor
from instructor.processing.multimodal import Image
from openai import OpenAI
from pydantic import BaseModel

from common import API_KEY, BASE_URL, IMAGE_URL, MODEL, PLACE, Place, check, run

raw = OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
QUESTION = [{"role": "user", "content": "Where is it warm?"}]


def client(mode: instructor.Mode) -> instructor.Instructor:
    return instructor.from_openai(raw, mode=mode)


def chat() -> None:
    # No response model: the plain answer.
    completion = client(instructor.Mode.TOOLS).chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "hi"}], response_model=None
    )
    check(completion.choices[0].message.content, "You said: hi")


def stream() -> None:
    partial = list(
        client(instructor.Mode.TOOLS).chat.completions.create_partial(model=MODEL, messages=QUESTION, response_model=Place)
    )
    assert len(partial) > 1, partial
    check(partial[-1].model_dump(), PLACE.model_dump())


def structured_output() -> None:
    for mode in (instructor.Mode.TOOLS, instructor.Mode.TOOLS_STRICT, instructor.Mode.JSON_SCHEMA):
        place, completion = client(mode).chat.completions.create_with_completion(
            model=MODEL, messages=QUESTION, response_model=Place, max_retries=0
        )
        check(place.model_dump(), PLACE.model_dump())
        check(completion.usage.total_tokens, 15)


def json_without_a_schema() -> None:
    class City(BaseModel):
        city: str

    city = client(instructor.Mode.JSON).chat.completions.create(
        model=MODEL, messages=QUESTION, response_model=City, max_retries=0
    )
    check(city.model_dump(), {"city": "Paris"})


def several_objects() -> None:
    places = list(
        client(instructor.Mode.TOOLS).chat.completions.create_iterable(model=MODEL, messages=QUESTION, response_model=Place)
    )
    check([place.model_dump() for place in places], [PLACE.model_dump()])


class get_weather(BaseModel):
    """Tells the weather in a city."""

    city: str


def parallel_tools() -> None:
    calls = client(instructor.Mode.PARALLEL_TOOLS).chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "What is the weather in Paris and Oslo?"}],
        response_model=Iterable[get_weather],
    )
    check([call.city for call in calls], ["Paris", "Oslo"])


def tools_in_a_loop() -> None:
    """Instructor has no loop of its own: tools by plain completions, then the answer with other tools than before."""
    schema = {"name": "get_weather", "description": "Tells the weather.", "parameters": get_weather.model_json_schema()}
    tools = [{"type": "function", "function": schema}]
    messages: list[dict] = [{"role": "user", "content": "What is the weather in Oslo?"}]
    plain = client(instructor.Mode.TOOLS).chat.completions
    message = plain.create(model=MODEL, messages=messages, tools=tools, response_model=None).choices[0].message
    (call,) = message.tool_calls
    check(json.loads(call.function.arguments), {"city": "Oslo"})
    messages += [message.to_dict(), {"role": "tool", "tool_call_id": call.id, "content": "sunny in Oslo"}]
    again = plain.create(model=MODEL, messages=messages, tools=tools, response_model=None)
    check(again.choices[0].message.content, "The tools say: sunny in Oslo.")
    place = plain.create(model=MODEL, messages=messages, response_model=Place, max_retries=0)
    check(place.model_dump(), PLACE.model_dump())


def retry_with_what_was_wrong() -> None:
    """An answer that the validator refuses goes back as the tool's result, and is asked for again."""
    attempts = []

    class Checked(Place):
        def model_post_init(self, context: object) -> None:
            attempts.append(self.city)
            if len(attempts) == 1:
                raise ValueError("not that city")

    place = client(instructor.Mode.TOOLS).chat.completions.create(
        model=MODEL, messages=QUESTION, response_model=Checked, max_retries=2
    )
    check(place.city, "Paris")
    check(len(attempts), 2)


def image() -> None:
    place = client(instructor.Mode.TOOLS).chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": ["Where is this?", Image.from_base64(IMAGE_URL)]}],
        response_model=Place,
        max_retries=0,
    )
    check(place.model_dump(), PLACE.model_dump())


run(
    chat,
    stream,
    structured_output,
    json_without_a_schema,
    several_objects,
    parallel_tools,
    tools_in_a_loop,
    retry_with_what_was_wrong,
    image,
)
