from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, SecretStr

from common import API_KEY, BASE_URL, IMAGE_URL, MODEL, PIXEL, PLACE, Place, check, run

model = ChatOpenAI(model=MODEL, api_key=SecretStr(API_KEY), base_url=BASE_URL, max_retries=0, stream_usage=True)


@tool
def get_weather(city: str) -> str:
    """Tells the weather in a city."""
    return f"sunny in {city}"


def chat() -> None:
    answer = model.invoke([SystemMessage("Be brief."), HumanMessage("hi"), AIMessage("hello"), HumanMessage("how are you?")])
    check(answer.content, "You said: how are you?")
    check(answer.usage_metadata and answer.usage_metadata["total_tokens"], 15)
    check(answer.response_metadata["finish_reason"], "stop")


def stream() -> None:
    chunks = list(model.stream("count to three"))
    deltas = [chunk.text for chunk in chunks if chunk.text]
    check("".join(deltas), "You said: count to three")
    assert len(deltas) > 2, deltas
    check([chunk.usage_metadata["total_tokens"] for chunk in chunks if chunk.usage_metadata], [15])


def tools_in_a_loop() -> None:
    with_tools = model.bind_tools([get_weather])
    messages: list[BaseMessage] = [HumanMessage("What is the weather in Paris and Oslo?")]
    answer = with_tools.invoke(messages)
    check([call["args"] for call in answer.tool_calls], [{"city": "Paris"}, {"city": "Oslo"}])
    while answer.tool_calls:
        messages.append(answer)
        messages.extend(get_weather.invoke(call) for call in answer.tool_calls)
        answer = with_tools.invoke(messages)
    check(answer.content, "The tools say: sunny in Paris, sunny in Oslo.")


def tools_streamed() -> None:
    with_tools = model.bind_tools([get_weather])
    question = HumanMessage("What is the weather in Oslo?")
    first, *rest = with_tools.stream([question])
    for chunk in rest:
        first += chunk
    check([(call["name"], call["args"]) for call in first.tool_calls], [("get_weather", {"city": "Oslo"})])
    result = get_weather.invoke(first.tool_calls[0])
    check("".join(chunk.text for chunk in with_tools.stream([question, first, result])), "The tools say: sunny in Oslo.")


def structured_output() -> None:
    check(model.with_structured_output(Place).invoke("Where is it warm?"), PLACE)
    check(model.with_structured_output(Place, method="json_schema", strict=True).invoke("Where is it warm?"), PLACE)
    check(model.with_structured_output(Place, method="function_calling").invoke("Where is it warm?"), PLACE)


def structured_output_streamed() -> None:
    check(list(model.with_structured_output(Place).stream("Where is it warm?"))[-1], PLACE)


def json_without_a_schema() -> None:
    class City(BaseModel):
        city: str

    structured = model.with_structured_output(City, method="json_mode")
    check(structured.invoke("Where is it warm? Answer in JSON."), City(city="Paris"))


def image() -> None:
    text = {"type": "text", "text": "What is this?"}
    for part in (
        {"type": "image_url", "image_url": {"url": IMAGE_URL}},
        {"type": "image", "base64": PIXEL, "mime_type": "image/png"},
    ):
        check(model.invoke([HumanMessage([text, part])]).content, "That is an image of type image/png.")


run(
    chat,
    stream,
    tools_in_a_loop,
    tools_streamed,
    structured_output,
    structured_output_streamed,
    json_without_a_schema,
    image,
)
