package run.algo.examples.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import run.algo.examples.uppercase.Uppercase;
import run.algo.sdk.kafka.AlgoRunner;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.Ordering;
import run.algo.sdk.kafka.config.RetryStrategyKind;
import run.algo.sdk.kafka.config.Setting;
import run.algo.sdk.kafka.internal.observe.ObservePort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The files of examples/deploy name what the code has. */
class DeployFilesTest {

  private static final String FOLDER = "examples/deploy/";
  private static final String DOCKERFILE = Project.read(FOLDER + "Dockerfile");
  private static final int PORT = Integer.parseInt(Setting.METRICS_PORT.defaultText());
  private static final JsonMapper JSON = JsonMapper.shared();

  private final JsonNode configMap = Project.yaml(FOLDER + "deployment.yaml").get(0);
  private final JsonNode deployment = Project.yaml(FOLDER + "deployment.yaml").get(1);
  private final JsonNode pod = deployment.at("/spec/template/spec");
  private final JsonNode container = pod.at("/containers/0");
  private final JsonNode algo = Project.yaml(FOLDER + "algo.yaml").get(0).path("spec");
  private final JsonNode pipeline =
      Project.yaml(FOLDER + "pipelinedeployment.yaml").get(0).path("spec");
  private final String entrypoint = text(algo.at("/versions/0/entrypoint"));

  private static String text(JsonNode node) {
    assertThat(node.isMissingNode()).as("is there").isFalse();
    return node.asString();
  }

  private static List<JsonNode> list(JsonNode array) {
    assertThat(array.isArray()).isTrue();
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  private static JsonNode named(JsonNode array, String name) {
    return list(array).stream()
        .filter(node -> node.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + array));
  }

  @Test
  void everyVariableAndPropertyIsASetting() {
    List<String> unknown = new ArrayList<>();
    for (JsonNode variable : container.path("env")) {
      String name = text(variable.path("name"));
      if (name.matches("(ALGO|KAFKA|STORAGE|MC)_.*|INSTANCE_.*") && !Variables.isKnown(name)) {
        unknown.add(name);
      }
    }
    for (String file : List.of("Dockerfile", "README.md", "deployment.yaml", "algo.yaml")) {
      Project.found(Project.read(FOLDER + file), "\\b((?:ALGO|KAFKA)_[A-Z_]*[A-Z])\\b(?!\\*)")
          .stream()
          .filter(name -> !Variables.isKnown(name) && !name.equals("KAFKA_CONSUMER_PORT"))
          .forEach(unknown::add);
    }
    Variables.properties(entrypoint + " " + DOCKERFILE).stringPropertyNames().stream()
        .filter(name -> name.startsWith("algo.") && !Variables.isProperty(name))
        .forEach(unknown::add);
    assertThat(unknown).isEmpty();
  }

  @Test
  void portsAndProbesAreThoseOfTheMetrics() {
    assertThat(Project.found(DOCKERFILE, "(?m)^EXPOSE (\\d+)$")).containsExactly("" + PORT);
    JsonNode port = named(container.path("ports"), "metrics");
    assertThat(port.path("containerPort").asInt()).isEqualTo(PORT);
    assertThat(text(container.at("/livenessProbe/httpGet/path"))).isEqualTo(ObservePort.HEALTH);
    assertThat(text(container.at("/readinessProbe/httpGet/path"))).isEqualTo("/ready");
    for (String probe : List.of("livenessProbe", "readinessProbe")) {
      assertThat(text(container.path(probe).at("/httpGet/port"))).as(probe).isEqualTo("metrics");
    }
    List<JsonNode> monitors = Project.yaml(FOLDER + "podmonitor.yaml");
    assertThat(list(monitors.get(0).at("/spec/podMetricsEndpoints/0/relabelings")))
        .hasSize(2)
        .allMatch(rule -> text(rule.path("targetLabel")).equals("__address__"))
        .allMatch(rule -> text(rule.path("replacement")).endsWith(":" + PORT));
    assertThat(text(monitors.get(1).at("/spec/podMetricsEndpoints/0/port"))).isEqualTo("metrics");
  }

  @Test
  void theMonitorSelectsThePodsOfTheDeployment() {
    JsonNode labels = deployment.at("/spec/template/metadata/labels");
    JsonNode selector =
        Project.yaml(FOLDER + "podmonitor.yaml").get(1).at("/spec/selector/matchLabels");
    assertThat(selector.isEmpty()).isFalse();
    selector
        .properties()
        .forEach(label -> assertThat(labels.path(label.getKey())).isEqualTo(label.getValue()));
    deployment
        .at("/spec/selector/matchLabels")
        .properties()
        .forEach(label -> assertThat(labels.path(label.getKey())).isEqualTo(label.getValue()));
  }

  /** Path of a file in the container, by the name of its volume. */
  private String mount(String volume) {
    JsonNode mount = named(container.path("volumeMounts"), volume);
    assertThat(mount.has("subPath")).as("Kubernetes never refreshes a subPath").isFalse();
    named(pod.path("volumes"), volume); // is there
    return text(mount.path("mountPath"));
  }

  @Test
  void filesAreMountedWhereTheSdkLooksByDefault() {
    Path config = Path.of(Setting.RUNNER_CONFIG_FILE.defaultText());
    assertThat(Path.of(mount("runner-config"))).isEqualTo(config.getParent());
    assertThat(configMap.path("data").has(config.getFileName().toString())).isTrue();
    assertThat(text(named(pod.path("volumes"), "runner-config").at("/configMap/name")))
        .isEqualTo(text(configMap.at("/metadata/name")));

    String folder = mount("kafka-certificates");
    List<String> files =
        list(named(pod.path("volumes"), "kafka-certificates").at("/projected/sources")).stream()
            .flatMap(source -> list(source.at("/secret/items")).stream())
            .map(item -> folder + "/" + text(item.path("path")))
            .toList();
    assertThat(files)
        .containsExactlyInAnyOrder(
            Variables.defaultOf("KAFKA_TLS_CA_LOCATION"),
            Variables.defaultOf("KAFKA_AUTH_TLS_USER_LOCATION"),
            Variables.defaultOf("KAFKA_AUTH_TLS_KEY_LOCATION"));

    assertThat(mount("input")).isEqualTo(Setting.INPUT_DIR.defaultText());
    assertThat(mount("tmp")).isEqualTo("/tmp");
    for (String volume : List.of("input", "tmp")) {
      assertThat(named(pod.path("volumes"), volume).has("emptyDir")).isTrue();
      assertThat(named(container.path("volumeMounts"), volume).has("readOnly")).isFalse();
    }
  }

  @Test
  void theGraceOutlastsTheDrain() {
    AlgoSettings settings = settingsOfTheDeployment();
    Duration drain = settings.engine().shutdownTimeout();
    long grace = pod.path("terminationGracePeriodSeconds").asLong();
    assertThat(Duration.ofSeconds(grace)).isGreaterThanOrEqualTo(drain.plusSeconds(5));
    // What the operator's pods have, since its resources have no field for it.
    assertThat(Duration.ofSeconds(30))
        .isGreaterThan(settingsOfThePipeline().engine().shutdownTimeout());
    assertThat(Project.read(FOLDER + "README.md"))
        .contains(
            "`ALGO_SHUTDOWN_TIMEOUT` = "
                + Setting.SHUTDOWN_TIMEOUT.defaultText().replace("s", " s"));
  }

  @Test
  void nothingRunsAsRoot() {
    List<String> users = Project.found(DOCKERFILE, "(?m)^USER (\\d+):\\d+$");
    assertThat(users).hasSize(1);
    assertThat(Integer.parseInt(users.get(0))).isPositive();
    JsonNode security = pod.path("securityContext");
    assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
    assertThat(security.path("runAsUser").asString()).isEqualTo(users.get(0));
    assertThat(security.path("fsGroup").asInt()).isPositive();
    assertThat(text(security.at("/seccompProfile/type"))).isEqualTo("RuntimeDefault");
    JsonNode own = container.path("securityContext");
    assertThat(own.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(own.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(text(own.at("/capabilities/drop/0"))).isEqualTo("ALL");
  }

  @Test
  void bothEntryPointsStartAClassThatIsThere() throws ReflectiveOperationException {
    String json = Project.found(DOCKERFILE, "(?m)^ENTRYPOINT (\\[.*\\])$").get(0);
    List<String> image = list(JSON.readTree(json)).stream().map(JsonNode::asString).toList();
    List<String> operator = List.of(entrypoint.split(" ", -1));
    for (List<String> command : List.of(image, operator)) {
      assertThat(command.get(0)).isEqualTo("java");
      assertThat(command).doesNotContain("");
      String main = command.get(command.size() - 1);
      assertThat(Class.forName(main).getMethod("main", String[].class)).isNotNull();
      String path = command.get(command.indexOf("-cp") + 1);
      assertThat(path).endsWith("/*");
      assertThat(Project.found(DOCKERFILE, "(?m)^COPY \\S+ (\\S+)$"))
          .isNotEmpty()
          .allMatch(folder -> folder.equals(path.substring(0, path.length() - 1)));
    }
    assertThat(image.get(image.size() - 1)).isEqualTo(Uppercase.class.getName());
  }

  @Test
  void theBuildOfTheImageFillsTheFoldersThatAreCopied() {
    String pom = Project.read("examples/pom.xml");
    for (String folder : Project.found(DOCKERFILE, "(?m)^COPY (\\S+)/ ")) {
      assertThat(pom).contains("${project.build.directory}/image/" + folder + "<");
    }
    assertThat(Project.read(FOLDER + "README.md"))
        .contains("-Pimage", "-f examples/deploy/Dockerfile examples/target/image");
  }

  /** The settings that a pod of the Deployment starts with, but for its certificates. */
  private AlgoSettings settingsOfTheDeployment() {
    Map<String, String> environment = new HashMap<>();
    for (JsonNode variable : container.path("env")) {
      if (variable.has("value")) {
        environment.put(text(variable.path("name")), text(variable.path("value")));
      }
    }
    assertThat(environment)
        .containsEntry("KAFKA_TLS", "true")
        .containsEntry("KAFKA_AUTH_TYPE", "tls");
    environment.keySet().removeAll(List.of("KAFKA_TLS", "KAFKA_AUTH_TYPE"));
    environment.put("INSTANCE_NAME", "uppercase-1");
    environment.put("ALGO_RUNNER_CONFIG", text(configMap.at("/data/algo-runner-config.json")));
    return settings(environment, new Properties());
  }

  private static AlgoSettings settings(Map<String, String> environment, Properties properties) {
    try (AlgoRunner runner =
        AlgoRunner.builder(new Uppercase())
            .environment(environment)
            .properties(properties)
            .build()) {
      return runner.settings();
    }
  }

  @Test
  void theDeploymentStarts() {
    AlgoSettings settings = settingsOfTheDeployment();

    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.groupId()).isEqualTo("algorun-acme-shouting-acme-uppercase-1");
    assertThat(Project.read(FOLDER + "deployment.yaml")).contains(settings.groupId());
    assertThat(settings.inputs().get(0).topics()).containsExactly("shouting.text");
    assertThat(settings.outputs().get(0).topic()).isEqualTo("shouting.loud");
    assertThat(settings.engine().ordering()).isEqualTo(Ordering.KEY);
    assertThat(settings.engine().timeout()).contains(Duration.ofSeconds(60));
    assertThat(settings.inputs().get(0).retries().get("shouting.text").strategy())
        .isEqualTo(RetryStrategyKind.SIMPLE);
    assertThat(settings.http().port()).hasValue(PORT);
  }

  /** What the operator makes of its two resources for the pods of the Algo. */
  private AlgoSettings settingsOfThePipeline() {
    JsonNode deployed = pipeline.at("/algos/0");
    String source = "Endpoint|" + text(pipeline.at("/endpoint/paths/0/topic/outputName"));
    ObjectNode config = JSON.createObjectNode();
    for (String field :
        List.of("deploymentOwner", "deploymentName", "pipelineOwner", "pipelineName")) {
      config.set(field, pipeline.path(field));
    }
    for (String field : List.of("owner", "name", "inputs", "outputs")) {
      config.set(field, algo.path(field));
    }
    for (String field :
        List.of("version", "index", "retryEnabled", "retryStrategy", "timeoutSeconds")) {
      config.set(field, deployed.path(field));
    }
    config.set("pipes", pipeline.path("pipes"));
    ObjectNode topics = config.putObject("topics");
    topics.set(source, pipeline.at("/endpoint/paths/0/topic"));
    topics.set(text(pipeline.at("/pipes/1/sourceName")) + "|loud", deployed.at("/topics/0"));
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BROKERS", text(pipeline.path("kafkaBrokers")));
    environment.put("INSTANCE_NAME", "uppercase-1");
    environment.put("MC_PATH", "/bin/mc");
    environment.put("ALGO_RUNNER_CONFIG", config.toString());
    return settings(environment, Variables.properties(entrypoint));
  }

  @Test
  void thePipelineOfTheOperatorStarts() {
    AlgoSettings settings = settingsOfThePipeline();

    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.groupId()).isEqualTo("algorun-acme-shouting-acme-uppercase-1");
    assertThat(settings.inputs().get(0).topics())
        .containsExactly("algorun.acme.shouting.endpoint.0.text");
    assertThat(settings.outputs().get(0).topic())
        .isEqualTo("algorun.acme.shouting.uppercase.1.loud");
    assertThat(settings.engine().ordering()).isEqualTo(Ordering.KEY);
    assertThat(settings.engine().timeout()).contains(Duration.ofSeconds(60));
  }

  @Test
  void theTwoResourcesFitTogether() {
    JsonNode deployed = pipeline.at("/algos/0");
    assertThat(text(deployed.at("/algoRef/name")))
        .isEqualTo(text(Project.yaml(FOLDER + "algo.yaml").get(0).at("/metadata/name")));
    assertThat(text(deployed.path("version"))).isEqualTo(text(algo.at("/versions/0/versionTag")));
    assertThat(text(algo.path("executor"))).isEqualTo("Delegated");
    for (String direction : List.of("input", "output")) {
      assertThat(list(algo.path(direction + "s")))
          .allMatch(end -> text(end.path(direction + "DeliveryType")).equals("KafkaTopic"));
    }
    // A probe that is given loses its request.
    assertThat(deployed.has("livenessProbe") || deployed.has("readinessProbe")).isFalse();
    for (JsonNode resource :
        List.of(
            Project.yaml(FOLDER + "algo.yaml").get(0),
            Project.yaml(FOLDER + "pipelinedeployment.yaml").get(0))) {
      assertThat(text(resource.path("apiVersion"))).isEqualTo("algo.run/v1beta1");
    }
  }

  @Test
  void linksOfTheReadmeLeadToFiles() {
    assertThat(Project.found(Project.read(FOLDER + "README.md"), "\\]\\(([^)#]+)\\)"))
        .isNotEmpty()
        .allMatch(link -> Project.path(FOLDER).resolve(link).normalize().toFile().exists());
  }
}
