package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import run.algo.sdk.kafka.internal.execute.Progress;
import run.algo.sdk.kafka.internal.execute.Scope;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.record.Outcome;

/**
 * How many workers come to a partition, on one thread: what a worker does while another is held is
 * done within the execution that holds it.
 */
class CrewTest {

  private static final int SLOTS = 100;
  private static final long QUICK = 1_000;
  private static final long SLOW = 1_000_000;
  private static final long IN_PLACE = 2_000;

  private final Queue<Runnable> workers = new ArrayDeque<>();
  private final Queue<Runnable> timers = new ArrayDeque<>();
  private final PartitionFlow flow = EngineFixtures.idleFlow(new InputCounters("orders"));
  private final Crew.Workers crew =
      Crew.Workers.of(SLOTS, workers::add, this::after, () -> 0)
          .with(new CrewStrength.Limits(2, 20_000, 0));
  private final TreeSet<Long> executed = new TreeSet<>();
  private UnorderedDispatcher dispatcher =
      new UnorderedDispatcher(crew, this::execute, EnginePlan.Share.of(SLOTS));

  private long heldFor = QUICK;
  private LongPredicate hangs = offset -> false;
  private Runnable meanwhile = () -> {};
  private int here;
  private int mostHere;
  private int executions;
  private long next;

  private void after(Duration delay, Runnable task) {
    timers.add(task);
  }

  private Progress execute(RecordBatch batch, int index, Scope scope) {
    long offset = batch.offset(index);
    here++;
    mostHere = Math.max(mostHere, here);
    if (hangs.test(offset)) {
      meanwhile.run();
    }
    here--;
    scope.held(heldFor);
    executed.add(offset);
    executions++;
    batch.settled(index, Outcome.FILTERED, 0);
    return Progress.ENDED;
  }

  private void bring(int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      records.add(EngineFixtures.record(EngineFixtures.P0, next++));
    }
    dispatcher.dispatch(EngineFixtures.batch(flow, records));
  }

  private void work() {
    for (Runnable worker = workers.poll(); worker != null; worker = workers.poll()) {
      worker.run();
    }
  }

  private void look() {
    for (int count = timers.size(); count > 0; count--) {
      timers.remove().run();
    }
    work();
  }

  /** Executes some, so that it is known how long a worker is held. */
  private void getUsedTo(long nanos) {
    heldFor = nanos;
    bring(200);
    work();
    assertThat(executed).hasSize((int) next);
    mostHere = 0;
  }

  /** All workers called while one is held have one more record held by them. */
  private void eachHoldsOne() {
    hangs = offset -> true;
    meanwhile = this::work;
    bring(SLOTS + 50);
    work();
  }

  @Test
  void quickWorkHasNoMoreWorkersThanProcessors() {
    getUsedTo(QUICK);
    eachHoldsOne();
    assertThat(mostHere).isEqualTo(2);
    assertThat(executed).hasSize((int) next);
  }

  @Test
  void workThatTakesItsTimeHasAsManyAsItMayHave() {
    getUsedTo(SLOW);
    eachHoldsOne();
    assertThat(mostHere).isEqualTo(SLOTS);
    assertThat(executed).hasSize((int) next);
  }

  @Test
  void whileNobodyKnowsItHasAsManyAsItMayHave() {
    eachHoldsOne();
    assertThat(mostHere).isEqualTo(SLOTS);
  }

  @Test
  void thoseThatAreHeldAmongQuickOnesAreSteppedOver() {
    getUsedTo(QUICK);
    long begin = next;
    hangs = offset -> offset < begin + 5;
    List<Integer> done = new ArrayList<>();
    meanwhile =
        () -> {
          work();
          for (int looks = 0; looks < 20 && executed.size() < next - 5; looks++) {
            look();
            done.add(executed.size());
          }
        };
    bring(400);
    work();
    assertThat(done).contains((int) next - 5); // all others, while five were held
    assertThat(mostHere).isBetween(6, 10);
    assertThat(executed).hasSize((int) next);
  }

  @Test
  void theLookoutGoesOnLookingWhereNobodyCalls() {
    getUsedTo(QUICK);
    hangs = offset -> true;
    List<Integer> heldAtOnce = new ArrayList<>();
    meanwhile =
        () -> {
          if (here < 30) {
            heldAtOnce.add(here);
            work();
            for (int looks = 0; looks < 3; looks++) {
              look();
            }
          }
        };
    bring(100);
    work();
    assertThat(heldAtOnce).contains(29);
    assertThat(executed).hasSize((int) next);
  }

  @Test
  void aCrowdLeavesOnceWorkIsQuick() {
    getUsedTo(SLOW);
    hangs = offset -> offset % 300 == 0; // the crowd comes while one is held
    meanwhile = this::work;
    heldFor = QUICK;
    bring(3_000);
    work();
    mostHere = 0;
    meanwhile = () -> {};
    hangs = offset -> false;
    eachHoldsOne();
    assertThat(mostHere).isEqualTo(2);
    assertThat(executed).hasSize((int) next);
  }

  @Test
  void nobodyLooksWhereNothingWaits() {
    getUsedTo(QUICK);
    for (int looks = 0; looks < 5; looks++) {
      look();
    }
    assertThat(timers).isEmpty();
  }

  @Test
  void aPartitionThatNoLongerStandsGetsByWithFewAgain() {
    CrewStrength strength = new CrewStrength(crew.slots(), new CrewStrength.Limits(0, 20_000, 0));
    strength.held(QUICK);
    strength.look(1); // nothing ended
    strength.look(2);
    assertThat(strength.wants(2)).isTrue();
    assertThat(strength.wants(3)).isFalse();
    assertThat(strength.isTooMany(3)).isFalse();
    crew.slots().request(() -> {});
    assertThat(strength.isTooMany(4)).isTrue();
    for (int looks = 0; looks < 1_001; looks++) {
      strength.ended();
      strength.look(3);
    }
    assertThat(strength.wants(1)).isFalse();
    assertThat(strength.isTooMany(2)).isTrue();
  }

  /** The same workers with a poll thread that goes on with what is given to it. */
  private Crew.Workers with(Predicate<PollThreads.Visit> poll) {
    return new Crew.Workers(
        crew.slots(),
        workers::add,
        this::after,
        () -> 0,
        crew.lookout(),
        new CrewStrength.Limits(2, 20_000, IN_PLACE),
        poll);
  }

  private void crew(Predicate<PollThreads.Visit> poll, int share) {
    dispatcher = new UnorderedDispatcher(with(poll), this::execute, EnginePlan.Share.of(share));
  }

  @Test
  void aWorkerGivesAVisitThatHasBecomeQuickToThePollThread() {
    Queue<PollThreads.Visit> given = new ArrayDeque<>();
    crew(given::add, 1);
    bring(50);
    assertThat(workers).hasSize(1);
    work();
    assertThat(executed).as("one, by which it is known how long they take").hasSize(1);
    assertThat(given).hasSize(1);
    assertThat(crew.slots().taken()).as("its slot is the visit's").isEqualTo(1);
    bring(50);
    assertThat(workers).as("its place is the visit's").isEmpty();

    PollThreads.Visit visit = given.remove();
    assertThat(visit.isQuick()).isTrue();
    visit.run();
    assertThat(executed).as("one more, and given away again").hasSize(2);
    assertThat(crew.slots().taken()).isEqualTo(1);
    while (!given.isEmpty()) {
      given.remove().run();
    }
    assertThat(executions).as("each once").isEqualTo(100);
    assertThat(executed).hasSize(100);
    assertThat(crew.slots().taken()).isZero();
    assertThat(workers).isEmpty();
    assertThat(mostHere).isEqualTo(1);

    bring(1);
    work();
    given.remove().run();
    assertThat(executed).as("a worker can come again").hasSize(101);
    assertThat(given).isEmpty();
    assertThat(crew.slots().taken()).isZero();
  }

  @Test
  void workersThatAreManyGiveAwayEachItsOwn() {
    Queue<PollThreads.Visit> given = new ArrayDeque<>();
    heldFor = SLOW;
    crew(visit -> heldFor == QUICK && given.add(visit), SLOTS);
    meanwhile = this::work;
    hangs = offset -> offset == 99; // all that are not there yet come
    bring(3_000);
    heldFor = SLOW;
    work();
    assertThat(given).isEmpty();
    hangs = offset -> false;
    heldFor = QUICK;
    bring(1_000);
    for (int rounds = 0; rounds < 100 && executed.size() < next; rounds++) {
      work();
      assertThat(crew.slots().taken()).isEqualTo(given.size());
      for (int visits = given.size(); visits > 0; visits--) {
        given.remove().run();
      }
    }
    work();
    while (!given.isEmpty()) {
      given.remove().run();
    }
    assertThat(executions).as("each once").isEqualTo((int) next);
    assertThat(executed).hasSize((int) next);
    assertThat(crew.slots().taken()).isZero();
  }

  @Test
  void whereThePollThreadDoesNotTakeItTheWorkerGoesOn() {
    AtomicInteger asked = new AtomicInteger();
    crew(visit -> asked.incrementAndGet() < 0, 1);
    bring(50);
    Runnable worker = workers.remove();
    worker.run();
    assertThat(asked).as("after each but for the last look").hasValueGreaterThanOrEqualTo(49);
    assertThat(executions).isEqualTo(50);
    assertThat(executed).hasSize(50);
    assertThat(crew.slots().taken()).isZero();
    assertThat(workers).isEmpty();
  }

  @Test
  void whatIsNotQuickIsNotGivenAway() {
    List<PollThreads.Visit> asked = new ArrayList<>();
    heldFor = IN_PLACE + 1;
    crew(asked::add, 1);
    bring(50);
    work();
    assertThat(asked).isEmpty();
    assertThat(executed).hasSize(50);
  }

  @Test
  void whereThePollThreadExecutesNothingItIsNotAsked() {
    List<PollThreads.Visit> asked = new ArrayList<>();
    dispatcher =
        new UnorderedDispatcher(
            with(asked::add).with(new CrewStrength.Limits(4, 20_000, 0)),
            this::execute,
            EnginePlan.Share.of(1));
    bring(50);
    work();
    assertThat(asked).isEmpty();
    assertThat(executed).hasSize(50);
  }
}
