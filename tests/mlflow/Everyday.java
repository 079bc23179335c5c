import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mlflow.api.proto.ModelRegistry.ModelVersion;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.FileInfo;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.ActiveRun;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowClientException;
import org.mlflow.tracking.MlflowContext;
import org.mlflow.tracking.RunsPage;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/** What a program in Java does every day. Nothing is set but the address and the token of the server. */
public final class Everyday {
  private static int calls = 0;

  private static void check(boolean holds, Object found) {
    calls++;
    if (!holds) throw new AssertionError(String.valueOf(found));
  }

  private static void refused(String code, Runnable work) {
    try {
      work.run();
    } catch (MlflowClientException error) {
      check(String.valueOf(error).contains(code) || String.valueOf(error.getMessage()).contains(code), error);
      return;
    }
    throw new AssertionError("expected " + code);
  }

  private static List<String> names(MlflowClient client, String experiment, String filter) {
    List<Run> runs = client.searchRuns(List.of(experiment), filter, ViewType.ACTIVE_ONLY, 100, List.of("metrics.score DESC")).getItems();
    return runs.stream().map((run) -> run.getInfo().getRunName()).collect(Collectors.toList());
  }

  public static void main(String[] args) throws Exception {
    String address = System.getenv("MLFLOW_TRACKING_URI");
    MlflowClient client = new MlflowClient(new BasicMlflowHostCreds(address, System.getenv("MLFLOW_TRACKING_TOKEN")));

    String experiment = client.createExperiment("java");
    client.setExperimentTag(experiment, "team", "a");
    Experiment found = client.getExperiment(experiment);
    check(found.getName().equals("java") && found.getTags(0).getValue().equals("a"), found);
    check(client.getExperimentByName("java").get().getExperimentId().equals(experiment), "by name");
    check(client.getExperimentByName("none").isEmpty(), "none");
    client.renameExperiment(experiment, "java-2");
    check(client.searchExperiments("name LIKE 'java%'").getItems().size() == 1, "search");
    refused("RESOURCE_ALREADY_EXISTS", () -> client.createExperiment("java-2"));

    CreateRun asked = CreateRun.newBuilder().setExperimentId(experiment).setUserId("ada").setStartTime(1_760_000_000_000L).build();
    String run = client.createRun(asked).getRunId();
    client.logParam(run, "depth", "3");
    for (int step = 0; step < 5; step++) client.logMetric(run, "loss", 1.0 / (step + 1), 1_760_000_000_000L + step, step);
    client.setTag(run, "kind", "first");
    List<Metric> metrics =
        IntStream.range(0, 900)
            .mapToObj((n) -> Metric.newBuilder().setKey("m" + n % 9).setValue(n).setStep(n).setTimestamp(n).build())
            .collect(Collectors.toList());
    Param param = Param.newBuilder().setKey("lr").setValue("0.1").build();
    RunTag tag = RunTag.newBuilder().setKey("gone").setValue("x").build();
    client.logBatch(run, metrics, List.of(param), List.of(tag));
    client.deleteTag(run, "gone");
    client.logMetric(run, "nan", Double.NaN);
    client.logMetric(run, "inf", Double.POSITIVE_INFINITY);
    client.setTerminated(run, RunStatus.FINISHED);
    Run read = client.getRun(run);
    check(read.getInfo().getStatus() == RunStatus.FINISHED && read.getInfo().getUserId().equals("ada"), read.getInfo());
    check(read.getData().getParamsCount() == 2 && read.getData().getMetricsCount() == 12, read.getData());
    check(read.getData().getTagsList().stream().noneMatch((one) -> one.getKey().equals("gone")), "deleted tag");
    check(client.getMetricHistory(run, "loss").get(4).getValue() == 0.2, "history");
    check(client.getMetricHistory(run, "m0").size() == 100, "history of a batch");
    refused("INVALID_PARAMETER_VALUE", () -> client.logParam(run, "lr", "9"));
    refused("INVALID_PARAMETER_VALUE", () -> client.logMetric(run, "../x", 1));
    refused("RESOURCE_DOES_NOT_EXIST", () -> client.getRun("0".repeat(32)));

    for (int n = 0; n < 4; n++) {
      String one = client.createRun(experiment).getRunId();
      client.setTag(one, "mlflow.runName", "try " + n);
      client.logParam(one, "odd", String.valueOf(n % 2));
      client.logMetric(one, "score", n / 4.0);
      client.setTerminated(one);
    }
    check(names(client, experiment, "metrics.score >= 0.25 and params.odd = '1'").equals(List.of("try 3", "try 1")), "filter");
    RunsPage page = client.searchRuns(List.of(experiment), "", ViewType.ACTIVE_ONLY, 2, List.of("start_time"));
    check(page.getItems().size() == 2 && page.hasNextPage() && page.getNextPage().getItems().iterator().hasNext(), "pages");
    refused("INVALID_PARAMETER_VALUE", () -> names(client, experiment, "metrics.score >"));
    client.deleteRun(run);
    refused("INVALID_PARAMETER_VALUE", () -> client.setTag(run, "k", "v"));
    client.restoreRun(run);
    client.setTag(run, "k", "v");

    MlflowContext context = new MlflowContext(client).setExperimentName("java-2");
    ActiveRun active = context.startRun("child", run);
    active.logParams(Map.of("a", "1", "b", "2"));
    active.logMetrics(Map.of("x", 1.5), 1);
    active.setTags(Map.of("t", "v"));
    active.endRun();
    check(client.getRun(active.getId()).getInfo().getRunName().equals("child"), "a run of the context");

    if (System.getenv("MLFLOW_PYTHON_EXECUTABLE") != null) artifacts(client, run);

    client.sendPost("registered-models/create", "{\"name\": \"java-model\"}");
    for (int n = 1; n <= 2; n++) client.sendPost("model-versions/create", "{\"name\": \"java-model\", \"source\": \"s3://bucket/" + n + "\", \"run_id\": \"" + run + "\"}");
    client.sendPost("model-versions/transition-stage", "{\"name\": \"java-model\", \"version\": \"1\", \"stage\": \"Staging\"}");
    check(client.getRegisteredModel("java-model").getLatestVersionsCount() == 2, "registered model");
    ModelVersion version = client.getModelVersion("java-model", "1");
    check(version.getRunId().equals(run) && version.getCurrentStage().equals("Staging"), version);
    check(client.getLatestVersions("java-model", List.of("Staging")).get(0).getVersion().equals("1"), "by stage");
    check(client.getModelVersionDownloadUri("java-model", "2").equals("s3://bucket/2"), "address");
    check(client.searchModelVersions("name = 'java-model'").getItems().iterator().hasNext(), "versions");

    client.deleteExperiment(experiment);
    check(client.getExperiment(experiment).getLifecycleStage().equals("deleted"), "deleted");
    client.restoreExperiment(experiment);
    client.close();
    System.out.println(calls + " checks");
  }

  /** The client in Java sends files by the one in Python. */
  private static void artifacts(MlflowClient client, String run) throws Exception {
    Path folder = Files.createTempDirectory("everyday");
    Files.writeString(folder.resolve("notes ü.txt"), "hello");
    Files.createDirectory(folder.resolve("sub"));
    Files.write(folder.resolve("sub/empty"), new byte[0]);
    client.logArtifact(run, folder.resolve("notes ü.txt").toFile());
    client.logArtifacts(run, folder.toFile(), "all");
    List<String> paths = client.listArtifacts(run).stream().map(FileInfo::getPath).sorted().collect(Collectors.toList());
    check(paths.equals(List.of("all", "notes ü.txt")), paths);
    check(client.listArtifacts(run, "all").size() == 2, "a folder");
    File file = client.downloadArtifacts(run, "notes ü.txt");
    check(Files.readString(file.toPath()).equals("hello"), file);
  }
}
