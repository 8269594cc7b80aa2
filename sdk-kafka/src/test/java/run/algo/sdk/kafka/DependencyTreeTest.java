package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What an author's class path takes on with this module: written down by the build, read here. */
class DependencyTreeTest {

  /** Ours, and what each of the named libraries brings with it. */
  private static final Set<String> ALLOWED =
      Set.of(
          "run.algo:sdk-api",
          "org.slf4j:slf4j-api",
          "org.jspecify:jspecify",
          "tools.jackson.core:jackson-core",
          "tools.jackson.core:jackson-databind",
          "com.fasterxml.jackson.core:jackson-annotations",
          // The Kafka clients, and their compression codecs.
          "org.apache.kafka:kafka-clients",
          "com.github.luben:zstd-jni",
          "at.yawk.lz4:lz4-java",
          "org.xerial.snappy:snappy-java",
          // Micrometer's Prometheus registry.
          "io.micrometer:micrometer-commons",
          "io.micrometer:micrometer-core",
          "io.micrometer:micrometer-observation",
          "io.micrometer:micrometer-registry-prometheus",
          "io.prometheus:prometheus-metrics-config",
          "io.prometheus:prometheus-metrics-core",
          "io.prometheus:prometheus-metrics-exposition-formats",
          "io.prometheus:prometheus-metrics-exposition-textformats",
          "io.prometheus:prometheus-metrics-model",
          "io.prometheus:prometheus-metrics-tracer-common",
          "org.hdrhistogram:HdrHistogram");

  /** What an author's process may have, and need not. */
  private static final List<String> OPTIONAL =
      List.of(
          "io.opentelemetry:opentelemetry-api",
          "io.opentelemetry:opentelemetry-common",
          "io.opentelemetry:opentelemetry-context");

  private static final Pattern ARTIFACT =
      Pattern.compile(
          "^\\s*([\\w.-]+:[\\w.-]+):jar:(?:[\\w.-]+:)?[^:\\s]+:(?:compile|runtime)\\b( \\(optional\\))?");

  @Test
  void theRunTimeClassPathHoldsWhatIsNamedAndNoMore() throws IOException {
    Path list =
        Path.of(System.getProperty("project.root"), "sdk-kafka", "target", "dependencies.txt");
    assertThat(list).as("written by maven-dependency-plugin, see pom.xml").exists();
    List<String> artifacts = new ArrayList<>();
    List<String> optional = new ArrayList<>();
    for (String line : Files.readAllLines(list)) {
      Matcher artifact = ARTIFACT.matcher(line);
      if (artifact.find()) {
        (artifact.group(2) == null ? artifacts : optional).add(artifact.group(1));
      }
    }
    assertThat(optional).as("they do not come by themselves").isEqualTo(OPTIONAL);
    assertThat(artifacts)
        .as("run-time dependencies; a new one needs a reason in docs/decisions.md")
        .contains("org.apache.kafka:kafka-clients", "run.algo:sdk-api")
        .isSubsetOf(ALLOWED);
  }
}
