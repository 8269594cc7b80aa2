package run.algo.sdk.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import run.algo.sdk.ConfigurationProblem;

/** However many independent mistakes an environment has, each is told, and nothing else. */
class AllProblemsTest {

  private record Mistake(String setting, Consumer<Env> plant) {
    static Mistake value(String variable, String value) {
      return new Mistake(variable, env -> env.with(variable, value));
    }
  }

  private static List<Mistake> mistakes() {
    List<Mistake> result = new ArrayList<>();
    result.add(new Mistake("KAFKA_BROKERS", env -> env.without("KAFKA_BROKERS")));
    result.add(new Mistake("ALGO_GROUP_ID", env -> env.without("ALGO_GROUP_ID")));
    result.add(Mistake.value("KAFKA_INPUT_TOPIC_IN", "no topic"));
    result.add(new Mistake("KAFKA_OUTPUT_TOPIC_OUT", env -> env.outputs("out")));
    result.add(new Mistake("KAFKA_INPUT_TOPIC_MORE", env -> env.inputs("more")));
    result.add(Mistake.value("KAFKA_TLS", "perhaps"));
    result.add(Mistake.value("KAFKA_AUTH_TYPE", "kerberos"));
    result.add(Mistake.value("MC_HOST_algorun", "minio"));
    result.add(Mistake.value("STORAGE_BUCKET_NAME", "_"));
    result.add(Mistake.value("STORAGE_REGION", "?"));
    result.add(Mistake.value("INSTANCE_NAME", "\u0007"));
    result.add(Mistake.value("KAFKA_CLIENT_CLIENT_ID", "x"));
    result.add(Mistake.value("KAFKA_CONSUMER_GROUP_ID", "x"));
    result.add(Mistake.value("KAFKA_CONSUMER_MAX_POLL_RECORDS", "x"));
    result.add(Mistake.value("KAFKA_PRODUCER_ACKS", "1"));
    result.add(Mistake.value("KAFKA_PRODUCER_LINGER_MS", "x"));
    result.add(Mistake.value("KAFKA_CLIENT_SASL_JAAS_CONFIG", "x"));
    result.add(Mistake.value("ALGO_RUNNER_CONFIG", "{\"timeoutSeconds\":true}"));
    for (Setting setting : Setting.values()) {
      switch (setting) {
        case GROUP_ID, RUNNER_CONFIG, RUNNER_CONFIG_FILE -> {} // above, or not independent
        case INPUT_DIR -> result.add(Mistake.value(setting.variable(), "a\u0000b"));
        default -> result.add(Mistake.value(setting.variable(), "~ nonsense ~"));
      }
    }
    return result;
  }

  private static Env base() {
    return Env.valid().inputs("in");
  }

  @Test
  void eachMistakeAloneIsTheOnlyProblem() {
    for (Mistake mistake : mistakes()) {
      Env env = base();
      mistake.plant().accept(env);
      assertThat(env.problems())
          .as(mistake.setting())
          .extracting(ConfigurationProblem::setting)
          .containsExactly(mistake.setting());
    }
  }

  @Test
  void allTogetherAreTold() {
    Env env = base();
    mistakes().forEach(mistake -> mistake.plant().accept(env));
    assertThat(env.problems())
        .extracting(ConfigurationProblem::setting)
        .containsExactlyInAnyOrderElementsOf(mistakes().stream().map(Mistake::setting).toList());
  }

  @Test
  void anySubsetIsTold() {
    long seed = Long.getLong("test.seed", 20_260_101L);
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      List<Mistake> planted = new ArrayList<>(mistakes());
      Collections.shuffle(planted, random);
      planted = planted.subList(0, 1 + random.nextInt(planted.size()));
      Env env = base();
      planted.forEach(mistake -> mistake.plant().accept(env));
      assertThat(env.problems())
          .as("seed %d, round %d", seed, round)
          .extracting(ConfigurationProblem::setting)
          .containsExactlyInAnyOrderElementsOf(planted.stream().map(Mistake::setting).toList());
    }
  }
}
