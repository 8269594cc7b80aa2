package run.algo.sdk.kafka.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.ECHO;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.P0;
import static run.algo.sdk.kafka.internal.engine.EngineFixtures.TOPIC;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.parking.InputRecords;
import run.algo.sdk.kafka.internal.parking.KafkaParkingStore;
import run.algo.sdk.kafka.internal.parking.ParkedFormat;
import run.algo.sdk.kafka.internal.parking.ParkingReader;
import run.algo.sdk.kafka.internal.record.SteadyClock;
import run.algo.sdk.retry.StepRetryPolicyProvider;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.ParkingIndex;
import run.algo.sdk.spi.RetryState;

/** When a parked record is executed where clocks do not agree, or step. */
class ParkedFlowClockTest {

  private static final String PARKED = "orders.g.parked";
  private static final Instant WRITTEN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration BACKOFF = Duration.ofMinutes(5);
  private static final Duration HOUR = Duration.ofHours(1);

  private final VirtualTime time = new VirtualTime(WRITTEN);
  private final List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();

  /** A process: its clock was set when it started, and what the system's does then is not seen. */
  private final class Owner {
    final SteadyClock clock;
    final EngineFixtures.IdleDispatcher dispatcher = new EngineFixtures.IdleDispatcher();
    final KafkaParkingStore store;
    final ParkedFlow flow;

    Owner(Instant systemClock) {
      clock = new SteadyClock(systemClock.toEpochMilli(), time::nanos);
      store =
          new KafkaParkingStore(
              new ParkedFormat(TOPIC, "g"),
              PARKED,
              new Reader(),
              () -> Instant.ofEpochMilli(clock.millis()));
      ParkingLot lot =
          new ParkingLot(
              new Reader(),
              time,
              time,
              clock,
              new EnginePlan.Bounds(100, 10, 1 << 20, 1 << 20),
              EngineFixtures.quiet());
      flow =
          new ParkedFlow(
              new ParkedFlow.Place(
                  P0,
                  EngineFixtures.route(new InputCounters("orders"), ECHO),
                  new ParkedInput(
                      true,
                      1_000,
                      () -> new StepRetryPolicyProvider().parkingIndex(true, 100),
                      reader -> store),
                  store,
                  lot,
                  false,
                  false),
              EngineFixtures.signal(() -> {}),
              time,
              dispatcher,
              (partition, d) -> new Halt(partition, d, time));
    }

    /** Parks a record that has failed, and one of its key behind it. */
    void park() {
      flow.open(0);
      time.runAll();
      Instant due = Instant.ofEpochMilli(clock.millis()).plus(BACKOFF);
      assertThat(flow.reserve(key(), 1, due)).isTrue();
      put(1, new ParkedTry(1, new RetryState.After(1, 1), due));
      assertThat(flow.arrive(key(), 2)).isEqualTo(ParkingIndex.Arrival.BEHIND);
      put(2, ParkedTry.BEHIND);
      time.runAll();
    }

    private void put(long offset, ParkedTry next) {
      ConsumerRecord<byte[], byte[]> record =
          new ConsumerRecord<>(TOPIC, 0, offset, key(), "v".getBytes(UTF_8));
      store.put(InputRecords.parked(record, next), sent -> log.add(read(sent, clock.millis())));
      flow.stored(offset, log.size() - 1);
    }

    /** Takes the partition over, whose input is read up to there. */
    void takeOver() {
      flow.open(10);
      time.runAll();
    }

    /** How long it takes from now until the record that has failed is executed. */
    Duration executesAfter() {
      long from = time.nanos();
      while (dispatcher.batches.isEmpty()) {
        assertThat(time.nanos() - from).as("is stuck").isLessThan(HOUR.multipliedBy(3).toNanos());
        time.pass(Duration.ofSeconds(1).toNanos());
        time.runAll();
      }
      assertThat(dispatcher.batches.get(0).offset(0)).isEqualTo(1);
      assertThat(flow.begin(1)).isTrue();
      return Duration.ofNanos(time.nanos() - from);
    }
  }

  private static byte[] key() {
    return "k".getBytes(UTF_8);
  }

  private ConsumerRecord<byte[], byte[]> read(ProducerRecord<byte[], byte[]> sent, long timestamp) {
    return new ConsumerRecord<>(
        PARKED,
        0,
        log.size(),
        timestamp,
        TimestampType.CREATE_TIME,
        ConsumerRecord.NULL_SIZE,
        ConsumerRecord.NULL_SIZE,
        sent.key(),
        sent.value(),
        new RecordHeaders(sent.headers()),
        Optional.empty());
  }

  /** Reads the log of this test. */
  private final class Reader implements ParkingReader {
    @Override
    public void scan(TopicPartition partition, Visitor visitor) {
      log.forEach(visitor::visit);
    }

    @Override
    public void read(TopicPartition partition, long offset, Read read) {
      time.execute(() -> read.found(log.get((int) offset)));
    }
  }

  private static Duration seconds(int count) {
    return Duration.ofSeconds(count);
  }

  private void pass(Duration duration) {
    long until = time.nanos() + duration.toNanos();
    while (time.nanos() < until) {
      time.pass(until - time.nanos());
      time.runAll();
    }
  }

  @Test
  void withinTheProcessItWaitsForItsBackoff() {
    Owner owner = new Owner(WRITTEN);
    owner.park();
    assertThat(owner.executesAfter()).isBetween(BACKOFF, BACKOFF.plus(seconds(2)));
  }

  @Test
  void theNextOwnerWithTheSameClockWaitsForTheRest() {
    new Owner(WRITTEN).park();
    pass(Duration.ofMinutes(3));
    Owner next = new Owner(WRITTEN.plus(Duration.ofMinutes(3)));
    next.takeOver();
    assertThat(next.executesAfter())
        .isBetween(Duration.ofMinutes(2), Duration.ofMinutes(2).plus(seconds(2)));
  }

  /** As after a step of the system clock and a restart, or on a machine whose clock is behind. */
  @ParameterizedTest
  @ValueSource(strings = {"PT1H", "PT24H", "PT10M"})
  void anOwnerWhoseClockIsBehindWaitsForTheBackoffOnceMoreAtMost(Duration behind) {
    new Owner(WRITTEN).park();
    pass(Duration.ofMinutes(3));
    Owner next = new Owner(WRITTEN.plus(Duration.ofMinutes(3)).minus(behind));
    next.takeOver();
    assertThat(next.executesAfter()).isBetween(BACKOFF, BACKOFF.plus(seconds(2)));
  }

  @Test
  void anOwnerWhoseClockIsAheadTakesItForDue() {
    new Owner(WRITTEN).park();
    Owner next = new Owner(WRITTEN.plus(HOUR));
    next.takeOver();
    assertThat(next.executesAfter()).isLessThan(seconds(2));
  }

  /** The writer's clock was ahead when it parked: nobody waits for the difference. */
  @Test
  void whatAClockThatWasAheadHasWrittenWaitsAsItWasMeantTo() {
    new Owner(WRITTEN.plus(HOUR)).park();
    pass(seconds(10));
    Owner next = new Owner(WRITTEN.plus(seconds(10)));
    next.takeOver();
    assertThat(next.executesAfter()).isBetween(BACKOFF, BACKOFF.plus(seconds(2)));
  }
}
