package run.algo.examples.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.config.Setting;
import tools.jackson.databind.JsonNode;

/** The guide quotes what the code has. Its queries are held against a scrape by DashboardIT. */
class OperationsGuideTest {

  private static final String GUIDE = Project.read(Queries.GUIDE);

  @Test
  void everyLineOfTheLogIsPrintedByTheCode() throws IOException {
    List<String> lines = new ArrayList<>();
    Project.blocks(Queries.GUIDE, "log").forEach(block -> block.lines().forEach(lines::add));
    List<String> sources = sources();

    assertThat(lines).hasSizeGreaterThan(8);
    assertThat(lines)
        .allSatisfy(line -> assertThat(sources).as(line).anyMatch(source -> prints(source, line)));
  }

  /** Java sources of the runner, literals that are added up made one. */
  private static List<String> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Project.path("sdk-kafka/src/main/java"))) {
      List<String> sources = new ArrayList<>();
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        sources.add(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", ""));
      }
      return sources;
    }
  }

  /** Whether a source has all that a line says between its gaps. */
  private static boolean prints(String source, String line) {
    return Arrays.stream(line.split("<…>|; (?=the write|it stays)", -1))
        .map(String::strip)
        .filter(part -> part.length() > 2)
        .allMatch(source::contains);
  }

  @Test
  void everySettingIsOne() {
    List<String> names = Project.found(GUIDE, "\\b((?:ALGO|KAFKA)_[A-Z_]*[A-Z])\\b");
    assertThat(names).isNotEmpty().allMatch(Variables::isKnown);
    assertThat(GUIDE)
        .contains("`ALGO_ABANDONED_LIMIT` (" + Setting.ABANDONED_LIMIT.defaultText() + ")")
        .contains(
            "`ALGO_STUCK_AFTER` ("
                + Setting.STUCK_AFTER.defaultText().replace("m", " minutes")
                + ")");
  }

  @Test
  void everyReasonOfADeadLetterIsExplained() throws ReflectiveOperationException {
    Class<?> type = Class.forName("run.algo.sdk.kafka.internal.record.FailureReason");
    Set<String> explained =
        new TreeSet<>(
            Project.found(
                String.join(
                    "\n", Project.found(GUIDE, "(?m)^\\| ((?:`[a-z-]+`(?:, )?)+) \\| [^|]+\\|$")),
                "`([a-z-]+)`"));
    Set<String> reasons = new TreeSet<>();
    for (Object reason : type.getEnumConstants()) {
      reasons.add((String) type.getMethod("wireName").invoke(reason));
    }
    assertThat(explained).isEqualTo(reasons);
  }

  @Test
  void everyIncidentHasItsFourParts() {
    List<String> incidents =
        Arrays.stream(GUIDE.split("(?m)^## ", -1)).skip(1).map(String::strip).toList();
    assertThat(incidents).hasSize(5);
    for (String incident : incidents) {
      assertThat(Project.found(incident, "(?m)^### (.+)$"))
          .as(incident.lines().findFirst().orElseThrow())
          .containsExactly(
              "Symptom", "What it means", "What to do", "How to see that it has worked");
      assertThat(incident).contains("```promql");
    }
  }

  @Test
  void everyAlertLeadsToAHeadingThatThereIs() {
    Set<String> linked = new TreeSet<>();
    for (JsonNode rule : Project.yaml(Queries.ALERTS).get(0).at("/groups/0/rules")) {
      String[] runbook = rule.at("/annotations/runbook").asString().split("#", 2);
      assertThat(Project.anchors(runbook[0]))
          .as(rule.path("alert").asString())
          .contains(runbook[1]);
      linked.add(runbook[1]);
      assertThat(rule.at("/labels/severity").asString()).isIn("warning", "critical");
    }
    List<String> incidents =
        Project.found(GUIDE, "(?m)^## (.+)$").stream()
            .map(title -> title.toLowerCase(Locale.ROOT).replace(' ', '-'))
            .toList();
    assertThat(linked).as("every incident has an alert").containsAll(incidents);
  }

  @Test
  void linksLeadToFilesAndHeadings() {
    for (String link : Project.found(GUIDE, "\\]\\(([^)]+)\\)")) {
      String[] parts = link.split("#", 2);
      String file = parts[0].isEmpty() ? Queries.GUIDE : "docs/" + parts[0];
      assertThat(Project.path(file)).exists();
      if (parts.length > 1) {
        assertThat(Project.anchors(file)).contains(parts[1]);
      }
    }
  }

  @Test
  void everyAlertThatIsNamedExists() {
    List<String> alerts = Project.found(Project.read(Queries.ALERTS), "(?m)^ *- alert: (\\w+)$");
    assertThat(alerts).doesNotHaveDuplicates();
    for (String document : List.of(Queries.GUIDE, "examples/deploy/README.md")) {
      assertThat(alerts).containsAll(Project.found(Project.read(document), "`(Algo[A-Z]\\w+)`"));
    }
  }
}
