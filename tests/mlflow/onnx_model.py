"""A model with an ONNX file, which the server can judge and serve."""
import mlflow
import mlflow.onnx
from mlflow.models import infer_signature
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

rows, labels = load_iris(return_X_y=True, as_frame=True)
rows.columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
rows = rows.astype("float32")
model = LogisticRegression(max_iter=300).fit(rows.to_numpy(), labels)
onnx = to_onnx(model, rows.to_numpy()[:1], options={"zipmap": False}, target_opset=15)
with mlflow.start_run():
    mlflow.onnx.log_model(onnx, name="flowers", signature=infer_signature(rows, labels), registered_model_name="flowers")
print(model.predict(rows.to_numpy()[[0, 60, 120]]).tolist())
