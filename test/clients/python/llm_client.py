import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Where it looks for models is settled when it is imported.
home = Path(tempfile.mkdtemp(prefix="llm-client-"))
os.environ["LLM_USER_PATH"] = str(home)
os.environ["OPENAI_API_KEY"] = "of-nobody"

from common import API_KEY, BASE_URL, MODEL, PIXEL, PLACE, Place, check, run

page = (Path(__file__).parents[3] / "docs/applications.md").read_text()
shown = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)[1].replace("http://127.0.0.1:8080/v1", BASE_URL).replace("model_name: sonnet", f"model_name: {MODEL}")
completes = {"model_id": "completes", "completion": True, "model_name": MODEL, "api_base": BASE_URL, "api_key_name": "claude"}
# JSON is YAML.
(home / "extra-openai-models.yaml").write_text(f"{shown}- {json.dumps(completes)}\n")
(home / "keys.json").write_text(json.dumps({"claude": API_KEY}))

import llm
from base64 import b64decode


def chat() -> None:
    model = llm.get_model("claude")
    for stream in (True, False):
        response = model.prompt("count to three", system="Be brief.", stream=stream)
        pieces = list(response)
        check("".join(pieces), "You said: count to three")
        assert not stream or len(pieces) > 2, pieces
        check((response.usage().input, response.usage().output), (10, 5))


def conversation() -> None:
    conversation = llm.get_model("claude").conversation()
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
        chain = llm.get_model("claude").chain("What is the weather in Paris and Oslo?", tools=[get_weather], stream=stream)
        check(chain.text(), "The tools say: sunny in Paris, sunny in Oslo.")


def schema() -> None:
    check(Place.model_validate_json(llm.get_model("claude").prompt("Where is it warm?", schema=Place).text()), PLACE)


def image() -> None:
    attachment = llm.Attachment(type="image/png", content=b64decode(PIXEL))
    answer = llm.get_model("claude").prompt("What is this?", attachments=[attachment])
    check(answer.text(), "That is an image of type image/png.")


def command() -> None:
    ran = subprocess.run([sys.executable, "-m", "llm", "-m", "claude", "hi there"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    check(ran.stdout, "You said: hi there\n")


run(chat, conversation, completions, tools_in_a_loop, schema, image, command)
