"""Links of prompts, inputs that name a dataset version here, and files in parts, as the newest client sends them."""

import json
import os
import tempfile
import urllib.request

import mlflow
import numpy
from mlflow import MlflowClient

client = MlflowClient()
experiment = mlflow.set_experiment("links")
server = os.environ["MLFLOW_TRACKING_URI"]


def api(method, path, body):
    headers = {"authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}"}
    if not isinstance(body, bytes):
        headers["content-type"] = "application/json"
        body = json.dumps(body).encode()
    request = urllib.request.Request(f"{server}/api/v1/projects/default/{path}", body, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


# A prompt is linked to the trace in which it was loaded, to the run, and to a model.
mlflow.genai.register_prompt(name="greet", template="Hello {{ name }}")


@mlflow.trace
def greet(name):
    return mlflow.genai.load_prompt("prompts:/greet/1").format(name=name)


with mlflow.start_run() as run:
    greet("Ada")
    model = mlflow.initialize_logged_model(name="greeter")
    client.link_prompt_version_to_model("greet", "1", model.model_id)
    client.link_prompt_version_to_run(run.info.run_id, "prompts:/greet/1")
mlflow.flush_trace_async_logging()
found = mlflow.search_traces(
    locations=[experiment.experiment_id], filter_string="prompt = 'greet/1'", return_type="list"
)
assert len(found) == 1, found
matching = mlflow.search_traces(
    locations=[experiment.experiment_id], filter_string="name RLIKE '^gr.*t$'", return_type="list"
)
assert len(matching) == 1, matching
assert "greet" in client.get_run(run.info.run_id).data.tags["mlflow.linkedPrompts"]
assert "greet" in client.get_logged_model(model.model_id).tags["mlflow.linkedPrompts"]

# Data that lies here is linked to its version.
blob = api("PUT", "blobs", b"at,delay\n2026-01-01,4\n2026-01-02,9\n")
api("POST", "datasets/flights/versions", {"files": [{"path": "flights.csv", "digest": blob["digest"]}]})
source = f"{server}/api/v1/projects/default/datasets/flights/versions/1/file?path=flights.csv"
with mlflow.start_run() as run:
    data = mlflow.data.from_numpy(numpy.array([4, 9]), source=source, name="flights")
    mlflow.log_input(data, context="training")
(read,) = client.get_run(run.info.run_id).inputs.dataset_inputs
assert len(read.dataset.digest) == 64 and "/versions/1/" in read.dataset.source, read.dataset

# A large file in parts, and one that is cut into no even number of them.
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "true"
os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = str(5 * 2**20)
os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = str(5 * 2**20)
content = os.urandom(12 * 2**20 + 7)
with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as run:
    path = os.path.join(folder, "weights.bin")
    with open(path, "wb") as file:
        file.write(content)
    mlflow.log_artifact(path, "big")
    copy = client.download_artifacts(run.info.run_id, "big/weights.bin", folder + "/")
    with open(copy, "rb") as file:
        assert file.read() == content
print("all is well")
