import os
from base64 import b64decode

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.base.llms.types import ChatMessage, ImageBlock, TextBlock
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.tools import FunctionTool
from llama_index.llms.anthropic import Anthropic
from llama_index.llms.openai_like import OpenAILike

import asyncio

from common import API_KEY, BASE_URL, MODEL, PIXEL, PLACE, Place, check, run

like = OpenAILike(model=MODEL, api_base=BASE_URL, api_key=API_KEY, max_retries=0, is_chat_model=True, is_function_calling_model=True)
claude = Anthropic(model="claude-sonnet-4-5", base_url=os.environ["GATEWAY_URL"], api_key=API_KEY, max_retries=0)
both: list[FunctionCallingLLM] = [like, claude]


def completions_by_default() -> None:
    completing = OpenAILike(model=MODEL, api_base=BASE_URL, api_key=API_KEY, max_retries=0)
    check(completing.complete("hi").text, "You said: hi")
    pieces = list(completing.stream_complete("count to three"))
    check("".join(piece.delta or "" for piece in pieces), "You said: count to three")


def chat() -> None:
    for model in both:
        messages = [ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content="hi")]
        check(model.chat(messages).message.content, "You said: hi")
        check(model.complete("hi").text, "You said: hi")


def stream() -> None:
    for model in both:
        deltas = [piece.delta for piece in model.stream_chat([ChatMessage(role="user", content="count to three")]) if piece.delta]
        check("".join(deltas), "You said: count to three")
        assert len(deltas) > 2, deltas


def get_weather(city: str) -> str:
    """Tells the weather in a city."""
    return f"sunny in {city}"


def tools_in_a_loop() -> None:
    for model in both:
        agent = FunctionAgent(tools=[FunctionTool.from_defaults(get_weather)], llm=model, streaming=True)

        async def ask(agent: FunctionAgent = agent) -> str:
            return str(await agent.run("What is the weather in Paris and Oslo?"))

        check(asyncio.run(ask()), "The tools say: sunny in Paris, sunny in Oslo.")


def structured() -> None:
    for model in both:
        answer = model.as_structured_llm(Place).complete("Where is it warm?")
        check(answer.raw, PLACE)


def image() -> None:
    for model in both:
        blocks = [TextBlock(text="What is this?"), ImageBlock(image=b64decode(PIXEL), image_mimetype="image/png")]
        check(model.chat([ChatMessage(role="user", blocks=blocks)]).message.content, "That is an image of type image/png.")


run(completions_by_default, chat, stream, tools_in_a_loop, structured, image)
