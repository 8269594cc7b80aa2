package run.algo.sdk.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each rule of the architecture finds what was planted against it, and nothing else. */
class ArchitectureRulesTest {

  private static final String FIXTURE = "run.algo.sdk.architecture.fixture";
  private static final Modules PLANTED = Modules.planted(FIXTURE);
  private static final Pattern BREAKER =
      Pattern.compile("^[A-Z][A-Za-z ]* <" + FIXTURE + "\\.([a-z.]+\\.[A-Z]\\w*)");

  @Test
  void theStarFindsEveryModuleThatKnowsASibling() {
    assertThat(breakers(SdkRules.star(PLANTED)))
        .containsExactly(
            "api.ApiOnRetry",
            "kafka.EngineOnStorage",
            "storage.StorageOnInternal",
            "testkit.TestkitOnKafkaModule");
  }

  @Test
  void kafkaIsFoundInSignaturesAndInsideMethods() {
    assertThat(breakers(List.of(SdkRules.noKafkaBesideTheEngine(PLANTED))))
        .containsExactly("api.ApiOnKafka", "retry.RetryOnKafka");
  }

  @Test
  void aReachIntoInternalsIsFound() {
    assertThat(breakers(SdkRules.internalStaysInside(PLANTED)))
        .containsExactly("storage.StorageOnInternal");
  }

  @Test
  void aCycleOfPackagesIsFound() {
    String report = report(List.of(SdkRules.noPackageCycles()));

    assertThat(report)
        .contains("Cycle detected")
        .contains(FIXTURE + ".kafka.one")
        .contains(FIXTURE + ".kafka.two");
  }

  @Test
  void printingIsFoundExceptInATool() {
    assertThat(breakers(List.of(SdkRules.noPrinting(PLANTED))))
        .containsExactly("storage.StoragePrints", "testkit.TestkitPrints");
    assertThat(report(List.of(SdkRules.noPrinting(PLANTED))))
        .contains("StoragePrints.out()")
        .doesNotContain("StoragePrints.err()")
        .contains("StoragePrints.trace()");
  }

  @Test
  void aPackageInTwoModulesIsFound() {
    assertThat(
            Modules.sharedPackages(
                Map.of("a.One", "sdk-api", "a.Two", "sdk-kafka", "a.b.C", "sdk-api", "c.D", "x")))
        .isEqualTo(Map.of("a", Set.of("sdk-api", "sdk-kafka")));
  }

  private static Set<String> breakers(List<ArchRule> rules) {
    Set<String> breakers = new TreeSet<>();
    for (String line : report(rules).lines().toList()) {
      BREAKER
          .matcher(line)
          .results()
          .map((MatchResult found) -> found.group(1))
          .forEach(breakers::add);
    }
    return breakers;
  }

  private static String report(List<ArchRule> rules) {
    StringBuilder report = new StringBuilder();
    for (ArchRule rule : rules) {
      rule.allowEmptyShould(true)
          .evaluate(PLANTED.classes())
          .getFailureReport()
          .getDetails()
          .forEach(detail -> report.append(detail).append('\n'));
    }
    return report.toString();
  }
}
