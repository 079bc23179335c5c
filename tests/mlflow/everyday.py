"""What a training script does every day. Nothing is set but the address and the token of the server."""
import filecmp
import math
import os
import tempfile

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()
mlflow.set_experiment("everyday")


def refused(code, work):
    try:
        work()
    except MlflowException as error:
        assert error.error_code == code, error
        return str(error)
    raise AssertionError(f"expected {code}")


with mlflow.start_run(run_name="one", description="a note") as run:
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"depth": 3, "kind": "gbdt"})
    for step in range(5):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metrics({"acc": 0.9, "nan": math.nan, "inf": math.inf}, step=2)
    mlflow.set_tags({"team": "a", "t": "v"})
    folder = tempfile.mkdtemp()
    os.makedirs(f"{folder}/sub")
    with open(f"{folder}/notes ü.txt", "w") as file:
        file.write("hello")
    with open(f"{folder}/sub/x+1.bin", "wb") as file:
        file.write(b"\0" * 100_000)
    open(f"{folder}/empty", "w").close()
    mlflow.log_artifact(f"{folder}/notes ü.txt")
    mlflow.log_artifacts(folder, "folder")
    mlflow.log_text("plain", "readme.txt")
    mlflow.log_dict({"k": [1]}, "conf/settings.json")
    with mlflow.start_run(nested=True, run_name="child"):
        mlflow.log_metric("loss", 0.01)

run_id = run.info.run_id
found = client.get_run(run_id)
assert found.info.status == "FINISHED" and found.info.run_name == "one"
assert found.data.params == {"lr": "0.1", "depth": "3", "kind": "gbdt"}
assert found.data.metrics["loss"] == 0.2 and math.isnan(found.data.metrics["nan"])
assert found.data.tags["mlflow.runName"] == "one" and found.data.tags["team"] == "a"
assert [metric.value for metric in client.get_metric_history(run_id, "loss")] == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
assert sorted(file.path for file in client.list_artifacts(run_id)) == ["conf", "folder", "notes ü.txt", "readme.txt"]
local = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="folder")
assert sorted(os.listdir(local)) == ["empty", "notes ü.txt", "sub"] and os.path.getsize(f"{local}/sub/x+1.bin") == 100_000
assert mlflow.artifacts.load_text(found.info.artifact_uri + "/readme.txt") == "plain"

large = f"{tempfile.mkdtemp()}/large.bin"
with open(large, "wb") as file:
    for block in range(200):
        file.write(bytes([block]) * 1_000_000)
client.log_artifact(run_id, large)
assert client.list_artifacts(run_id)[2].file_size == 200_000_000
back = client.download_artifacts(run_id, "large.bin", tempfile.mkdtemp())
assert filecmp.cmp(large, back, shallow=False)
empty = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="folder/empty")
assert os.path.getsize(empty) == 0
os.remove(large)
os.remove(back)

for number in range(4):
    with mlflow.start_run(run_name=f"try {number}"):
        mlflow.log_param("odd", number % 2)
        mlflow.log_metric("score", number / 4)
        mlflow.set_tag("group", "Tries")


def names(filter_string, order_by=("metrics.score DESC",)):
    runs = mlflow.search_runs(experiment_names=["everyday"], filter_string=filter_string, order_by=list(order_by), output_format="list")
    return [one.info.run_name for one in runs]


assert names("metrics.score >= 0.25 and params.odd = '1'") == ["try 3", "try 1"]
assert names("tags.group LIKE 'Tri%' and metrics.score != 0.5", ["metrics.score"]) == ["try 0", "try 1", "try 3"]
assert names("tags.group ILIKE 'tri%' and attributes.run_name != 'try 0'") == ["try 3", "try 2", "try 1"]
assert names("tags.group LIKE 'tri%'") == []
assert names(f"run_id IN ('{run_id}')") == ["one"]
assert names("params.`depth` = '3' and status = 'FINISHED'") == ["one"]
assert set(names("metrics.loss < 0.5")) == {"one", "child"}
assert "character" in refused("INVALID_PARAMETER_VALUE", lambda: names("metrics.score >"))
page = client.search_runs([found.info.experiment_id], max_results=2, order_by=["start_time"])
rest = client.search_runs([found.info.experiment_id], max_results=50, order_by=["start_time"], page_token=page.token)
assert len(page) == 2 and len(rest) == 4 and rest.token is None

refused("INVALID_PARAMETER_VALUE", lambda: client.log_param(run_id, "lr", "9"))
refused("INVALID_PARAMETER_VALUE", lambda: client.log_metric(run_id, "../x", 1))
client.delete_run(run_id)
refused("INVALID_PARAMETER_VALUE", lambda: client.log_metric(run_id, "m", 1))
client.restore_run(run_id)
client.log_metric(run_id, "m", 1)
client.set_tag(run_id, "mlflow.runName", "renamed")
assert client.get_run(run_id).info.run_name == "renamed"
client.delete_tag(run_id, "t")
assert "t" not in client.get_run(run_id).data.tags

for step in range(50):
    client.log_metric(run_id, "async", step, step=step, synchronous=False)
mlflow.flush_async_logging()
experiment = client.create_experiment("later", tags={"a": "b"})
refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_experiment("later"))
client.rename_experiment(experiment, "renamed")
assert [one.name for one in client.search_experiments(filter_string="tags.a = 'b'")] == ["renamed"]
client.delete_experiment(experiment)
assert client.get_experiment(experiment).lifecycle_stage == "deleted"
client.restore_experiment(experiment)
refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_run("0" * 32))
