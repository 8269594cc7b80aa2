package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The real engine in thousands of seeded simulations ({@link SimWorld}), judged after every step
 * ({@link SimJudge}).
 *
 * <ul>
 *   <li>{@code -Dsim.schedules=100000} runs more of them.
 *   <li>{@code -Dsim.seed=4711} runs that one and prints its steps.
 * </ul>
 */
class SimulationTest {

  private static final Logger ENGINE =
      (Logger) LoggerFactory.getLogger("run.algo.sdk.kafka.internal");

  private static Level before;

  @BeforeAll
  static void silence() {
    before = ENGINE.getLevel();
    ENGINE.setLevel(Level.OFF); // failures are what it is about
  }

  @AfterAll
  static void speakAgain() {
    ENGINE.setLevel(before);
  }

  @Test
  void everySchedule() {
    Long one = Long.getLong("sim.seed");
    if (one != null) {
      Schedule schedule = new Schedule(one);
      System.out.println(schedule);
      assertThat(new SimWorld(schedule, Plant.NONE, System.out::println).run()).isNull();
      return;
    }
    long schedules = Long.getLong("sim.schedules", 10_000);
    for (long seed = 0; seed < schedules; seed++) {
      Schedule schedule = new Schedule(seed);
      assertThat(new SimWorld(schedule, Plant.NONE, null).run())
          .as("replay with -Dsim.seed=%d; %s", seed, schedule)
          .isNull();
    }
  }
}
