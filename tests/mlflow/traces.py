"""Traces as the decorators of the client make them, in a run and outside one."""
import mlflow
from mlflow import MlflowClient

client = MlflowClient()
experiment = mlflow.set_experiment("traces").experiment_id


@mlflow.trace
def inner(x):
    return x + 1


@mlflow.trace(attributes={"k": 1})
def outer(x):
    mlflow.update_current_trace(tags={"t": "1"}, metadata={"m": "2"})
    return inner(x) * 2


@mlflow.trace
def bad():
    raise RuntimeError("boom")


def search(filter_string=None):
    return mlflow.search_traces(locations=[experiment], filter_string=filter_string, return_type="list")


assert outer(20) == 42
trace_id = mlflow.get_last_active_trace_id()
try:
    bad()
except RuntimeError:
    pass
mlflow.flush_trace_async_logging()
trace = mlflow.get_trace(trace_id)
assert [(span.name, span.inputs, span.outputs) for span in trace.data.spans] == [("outer", {"x": 20}, 42), ("inner", {"x": 20}, 21)]
assert trace.info.tags["t"] == "1" and trace.info.trace_metadata["m"] == "2"
assert len(search()) == 2
(wrong,) = search("trace.status = 'ERROR'")
assert wrong.data.spans[0].events[0].name == "exception"
assert [one.info.trace_id for one in search("tags.t = '1' AND metadata.m = '2'")] == [trace_id]
client.set_trace_tag(trace_id, "later", "yes")
client.delete_trace_tag(trace_id, "later")
good = mlflow.log_feedback(trace_id=trace_id, name="good", value=True, rationale="fine")
mlflow.log_expectation(trace_id=trace_id, name="answer", value=42)
assert {one.name: one.value for one in mlflow.get_trace(trace_id).info.assessments} == {"good": True, "answer": 42}
mlflow.delete_assessment(trace_id=trace_id, assessment_id=good.assessment_id)
with mlflow.start_run() as run:
    outer(3)
mlflow.flush_trace_async_logging()
assert len(search(f"attributes.run_id = '{run.info.run_id}'")) == 1
assert client.delete_traces(experiment, trace_ids=[trace_id]) == 1
