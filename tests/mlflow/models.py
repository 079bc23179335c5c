"""Autologging, a model with its signature, the registry, and loading by alias."""
import mlflow
import mlflow.sklearn
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

client = MlflowClient()
is_new = int(mlflow.__version__.split(".")[0]) >= 3
rows, labels = load_iris(return_X_y=True, as_frame=True)
mlflow.set_experiment("models")
model = LogisticRegression(max_iter=300).fit(rows, labels)
expected = model.predict(rows).tolist()

with mlflow.start_run() as run:
    named = {"name": "iris"} if is_new else {"artifact_path": "iris"}
    signature = infer_signature(rows, model.predict(rows))
    mlflow.sklearn.log_model(model, **named, signature=signature, input_example=rows.head(2), registered_model_name="iris")
    mlflow.log_input(mlflow.data.from_pandas(rows.assign(y=labels), name="toy", targets="y"), context="training")

client.set_registered_model_alias("iris", "challenger", "1")
version = client.get_model_version_by_alias("iris", "challenger")
assert version.version == "1" and version.run_id == run.info.run_id and version.aliases == ["challenger"]
loaded = mlflow.pyfunc.load_model("models:/iris@challenger")
assert loaded.predict(rows).tolist() == expected
assert loaded.metadata.get_input_schema().input_names() == list(rows.columns)
assert mlflow.sklearn.load_model("models:/iris/1").predict(rows).tolist() == expected
(read,) = client.get_run(run.info.run_id).inputs.dataset_inputs
assert read.dataset.name == "toy" and [tag.value for tag in read.tags] == ["training"]

mlflow.sklearn.autolog()
with mlflow.start_run(run_name="auto") as auto:
    LogisticRegression(max_iter=50).fit(rows, labels)
mlflow.sklearn.autolog(disable=True)
logged = client.get_run(auto.info.run_id).data
assert "training_accuracy_score" in logged.metrics and logged.params["max_iter"] == "50"

client.create_registered_model("reg-a", tags={"team": "x"}, description="first")
client.create_model_version("reg-a", "s3://bucket/model", tags={"q": "1"}, description="v one")
client.create_model_version("reg-a", "s3://bucket/model2")
client.update_registered_model("reg-a", "changed")
client.update_model_version("reg-a", "1", "changed too")
client.set_model_version_tag("reg-a", "1", "t", "v")
assert client.get_model_version("reg-a", "1").tags == {"q": "1", "t": "v"}
assert client.get_model_version_download_uri("reg-a", "1") == "s3://bucket/model"
assert [one.name for one in client.search_registered_models("name LIKE 'reg-%' and tags.team = 'x'")] == ["reg-a"]
assert [one.version for one in client.search_model_versions("name = 'reg-a'", order_by=["version_number DESC"])] == ["2", "1"]
client.transition_model_version_stage("reg-a", "1", "Production")
assert {one.version: one.current_stage for one in client.get_latest_versions("reg-a")} == {"1": "Production", "2": "None"}
client.rename_registered_model("reg-a", "reg-b")
client.delete_model_version("reg-b", "1")
try:
    client.get_model_version("reg-b", "1")
    raise AssertionError("it is still there")
except MlflowException as error:
    assert error.error_code == "RESOURCE_DOES_NOT_EXIST"
client.delete_registered_model("reg-b")

if is_new:
    mlflow.genai.register_prompt(name="greet", template="Hello {{name}}", commit_message="one")
    mlflow.genai.register_prompt(name="greet", template="Hi {{name}}")
    mlflow.genai.set_prompt_alias("greet", "prod", 2)
    assert mlflow.genai.load_prompt("prompts:/greet@prod").template == "Hi {{name}}"
    assert "greet" not in [one.name for one in client.search_registered_models()]
    (only,) = mlflow.search_logged_models(
        experiment_ids=[run.info.experiment_id], filter_string="name = 'iris'", output_format="list"
    )
    assert only.source_run_id == run.info.run_id
