package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * The real engine in thousands of seeded simulations ({@link SimWorld}), judged after every step
 * ({@link SimJudge}).
 *
 * <ul>
 *   <li>{@code -Dsim.schedules=100000} runs more of them.
 *   <li>{@code -Dsim.seed=4711} runs that one and prints its steps.
 * </ul>
 *
 * <p>Where to look, from outside in:
 *
 * <ul>
 *   <li>{@link Schedule}: what a seed decides beforehand, such as form, order, at least or exactly
 *       once, a timeout, and how often what goes wrong. {@link SimWorld}: the steps, and the end,
 *       at which everything must have its outcome.
 *   <li>{@link SimMember}: one runner, the real engine between fakes. {@link SimAlgos} is its
 *       author's code, {@link SimFlows} watches each record go and come back, {@link SimDeadlines}
 *       gives it deadlines, {@link SimLanes} the lanes of its transactions.
 *   <li>{@code Model*}: the broker. {@link ModelLog} has the input, {@link ModelGroup} the members
 *       and generations; {@link ModelConsumer}, {@link ModelProducer} and {@link
 *       ModelTransactionalProducer} are clients, and {@link ModelTransactions} coordinates.
 *   <li>{@link SimJudge} knows what must be so in every schedule, {@link SimDeadlines} whose time
 *       was up, {@link SimExactlyOnce} what may be seen of transactions. {@link Sitting} is what
 *       they remember of a partition and its executions.
 *   <li>{@link SimRetries} knows what is tried again, and when.
 *   <li>{@link ModelParking} is where records are parked, {@link ModelParkingReader} reads it;
 *       {@link SimParked} sees what the engine asks about them, {@link SimParking} judges it.
 *   <li>{@link ModelTraces} has records held for others, {@link SimGathers} knows which go
 *       together.
 *   <li>{@link Plant}: bugs that {@link PlantedBugsTest} puts in, to see that they are found.
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
    Map<String, Long> events = new TreeMap<>();
    Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    long notFound = 0;
    for (long seed = 0; seed < schedules; seed++) {
      Schedule schedule = new Schedule(seed);
      SimWorld world = new SimWorld(schedule, Plant.NONE, null);
      assertThat(world.run()).as("replay with -Dsim.seed=%d; %s", seed, schedule).isNull();
      events.merge("abandoned executions come back", (long) world.late, Long::sum);
      events.merge("executions on several records", (long) world.gathers, Long::sum);
      events.merge("executed again", world.retries.retries, Long::sum);
      events.merge("parked, executed again from the store", world.parking.again, Long::sum);
      events.merge("restored", world.parking.restored, Long::sum);
      events.merge("waited in place for its key", world.parking.soon, Long::sum);
      events.merge("dropped", world.parking.dropped, Long::sum);
      events.merge("parked behind others", world.parking.behind, Long::sum);
      events.merge("stored by an earlier owner", world.parking.stored, Long::sum);
      events.merge("no room to be parked", world.parking.full, Long::sum);
      notFound += world.parking.lost;
      events.merge("executed again with another", world.retries.takenAlong, Long::sum);
      events.merge("traces given up", (long) world.givenUp, Long::sum);
      events.merge("commits", (long) world.commits, Long::sum);
      events.merge("aborts", (long) world.aborts, Long::sum);
      events.merge("commits without an answer", (long) world.unanswered, Long::sum);
      events.merge("commits looked up", (long) world.lookups, Long::sum);
      events.merge("commits of an old generation", (long) world.fenced, Long::sum);
      for (Outcome outcome : Outcome.values()) {
        outcomes.merge(outcome, world.outcomes(outcome), Long::sum);
      }
    }
    System.out.println(schedules + " schedules, " + outcomes + ", " + events);
    assertThat(notFound).as("not found where it was parked").isPositive();
    assertThat(events)
        .allSatisfy((event, times) -> assertThat(times).as(event).isGreaterThan(schedules / 100));
    assertThat(outcomes) // that nothing was found says little unless everything has happened
        .allSatisfy(
            (outcome, records) -> {
              if (outcome != Outcome.RETRIED) {
                assertThat(records).as(outcome.name()).isPositive();
              }
            });
  }
}
