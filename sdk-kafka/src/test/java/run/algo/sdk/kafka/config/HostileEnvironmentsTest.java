package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.ConfigurationProblem;

/**
 * Whatever the environment: a configuration or a list of problems, never another exception, never a
 * secret.
 */
class HostileEnvironmentsTest {

  private static final int ROUNDS = 1_000;

  @Test
  void anyEnvironmentGivesAConfigurationOrProblemsAndNoSecret() {
    long seed = Long.getLong("test.seed", 78L);
    LoggerFactory.getLogger(getClass()).info("seed {}; another by -Dtest.seed", seed);
    HostileEnvironments environments = new HostileEnvironments(seed);
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      HostileEnvironments.Generated generated = environments.next();
      List<String> texts = new ArrayList<>();
      texts.add(generated.source().toString());
      try {
        AlgoSettings settings = AlgoSettings.load(generated.source());
        accepted++;
        judge(settings, texts);
        if (!generated.pasted()) {
          // A part has no way to know that a good value of its own is somebody's secret.
          addParts(settings, texts);
        }
      } catch (AlgoConfigurationException e) {
        judge(e, texts);
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed " + seed + ", round " + round + " threw " + e, e);
      }
      for (String text : texts) {
        for (String secret : generated.secrets()) {
          assertThat(text.contains(secret))
              .as("seed %d, round %d: a secret in: %s", seed, round, text)
              .isFalse();
        }
      }
    }
    // Both outcomes must be frequent, else the generator tests nothing.
    assertThat(accepted).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
  }

  private static void judge(AlgoSettings settings, List<String> texts) {
    assertThat(settings.inputs()).isNotEmpty();
    assertThat(settings.inputs()).allSatisfy(input -> assertThat(input.topics()).isNotEmpty());
    assertThat(settings.warnings()).allSatisfy(HostileEnvironmentsTest::assertPrintable);
    settings
        .effective()
        .forEach(
            (name, value) -> {
              assertPrintable(name);
              assertPrintable(value);
            });
    texts.add(settings.toString());
    texts.add(settings.effective().toString());
    texts.addAll(settings.warnings());
  }

  private static void addParts(AlgoSettings settings, List<String> texts) {
    texts.add(settings.kafka().toString());
    texts.add(settings.engine().toString());
    texts.add(settings.storage().toString());
    texts.add(settings.http().toString());
    texts.add(settings.runnerConfig().toString());
    texts.add(settings.parameters().toString());
    texts.add(settings.effective().toString());
    texts.addAll(settings.warnings());
    texts.add(
        ClientProperties.consumer(settings).toString().replaceAll("interceptor.token=[^,}]*", ""));
    texts.add(withoutPlugIns(ClientProperties.producer(settings)));
    texts.add(ClientProperties.admin(settings).toString());
  }

  /**
   * A client's map holds what the user gave to plug-ins; only Kafka's own passwords are masked
   * there.
   */
  private static String withoutPlugIns(Map<String, Object> properties) {
    Map<String, Object> result = new TreeMap<>(properties);
    result.remove("interceptor.token");
    return result.toString();
  }

  private static void judge(AlgoConfigurationException e, List<String> texts) {
    assertThat(e.problems()).isNotEmpty();
    assertThat(e.getCause()).isNull();
    assertThat(e.getMessage().lines()).hasSameSizeAs(e.problems());
    for (ConfigurationProblem problem : e.problems()) {
      assertPrintable(problem.line());
      assertThat(problem.value()).hasSizeLessThanOrEqualTo(120);
      assertThat(problem.setting()).isNotEmpty();
      assertThat(problem.message()).isNotBlank();
      assertThat(problem.remedy()).isNotBlank();
      assertThat(problem.line()).hasSizeLessThanOrEqualTo(1_300);
    }
    texts.add(e.toString());
    texts.add(e.problems().toString());
  }

  private static void assertPrintable(String text) {
    assertThat(text.codePoints())
        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)
        .noneMatch(c -> c == 0x2028 || c == 0x202e);
  }
}
