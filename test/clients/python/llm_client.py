import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# Where it looks for models is settled when it is imported.
home = Path(tempfile.mkdtemp(prefix="llm-client-"))
os.environ["LLM_USER_PATH"] = str(home)
os.environ["OPENAI_API_KEY"] = "of-nobody"

from common import API_KEY, BASE_URL, MODEL, PIXEL, PLACE, Place, check, run

common = {"model_name": MODEL, "api_base": BASE_URL, "api_key_name": "gateway"}
chats = {"model_id": "chats", "supports_tools": True, "supports_schema": True, "vision": True, **common}
# JSON is YAML.
(home / "extra-openai-models.yaml").write_text(json.dumps([chats, {"model_id": "completes", "completion": True, **common}]))
(home / "keys.json").write_text(json.dumps({"gateway": API_KEY}))

import llm
from base64 import b64decode


def chat() -> None:
    model = llm.get_model("chats")
    for stream in (True, False):
        response = model.prompt("count to three", system="Be brief.", stream=stream)
        pieces = list(response)
        check("".join(pieces), "You said: count to three")
        assert not stream or len(pieces) > 2, pieces
        check((response.usage().input, response.usage().output), (10, 5))


def conversation() -> None:
    conversation = llm.get_model("chats").conversation()
    check(conversation.prompt("hi").text(), "You said: hi")
    check(conversation.prompt("and now?").text(), "You said: and now?")


def completions() -> None:
    for stream in (True, False):
        check(llm.get_model("completes").prompt("hi", stream=stream).text(), "You said: hi")


def tools_in_a_loop() -> None:
    def get_weather(city: str) -> str:
        """Tells the weather in a city."""
        return f"sunny in {city}"

    for stream in (True, False):
        chain = llm.get_model("chats").chain("What is the weather in Paris and Oslo?", tools=[get_weather], stream=stream)
        check(chain.text(), "The tools say: sunny in Paris, sunny in Oslo.")


def schema() -> None:
    check(Place.model_validate_json(llm.get_model("chats").prompt("Where is it warm?", schema=Place).text()), PLACE)


def image() -> None:
    attachment = llm.Attachment(type="image/png", content=b64decode(PIXEL))
    answer = llm.get_model("chats").prompt("What is this?", attachments=[attachment])
    check(answer.text(), "That is an image of type image/png.")


def command() -> None:
    ran = subprocess.run([sys.executable, "-m", "llm", "-m", "chats", "hi there"], capture_output=True, text=True, check=True)
    check(ran.stdout, "You said: hi there\n")


run(chat, conversation, completions, tools_in_a_loop, schema, image, command)
