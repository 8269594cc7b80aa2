package run.algo.sdk.kafka.internal.execute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.kafka.internal.record.Outcome;

/** Producers that die, and the ones in their place. */
class DirectProducerTest {

  /** A producer as Kafka's own: what it has is failed when it is closed. */
  private final class Mortal extends MockProducer<byte[], byte[]> {
    RuntimeException fatal;

    Mortal() {
      super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      if (fatal != null) {
        var unused =
            super.send(record, callback); // the client finds out when the record is in its buffer
        throw new KafkaException("we are in an error state", fatal);
      }
      return super.send(record, callback);
    }

    /** As the client's thread does: it fails what it has. */
    void die(RuntimeException why) {
      fatal = why;
      boolean any = true;
      while (any) {
        any = errorNext(why);
      }
    }

    @Override
    public void close(Duration timeout) {
      die(new KafkaException("closed forcefully"));
      events.add("closed");
      super.close(timeout);
    }
  }

  private final List<String> events = new ArrayList<>();
  private final List<Mortal> made = new ArrayList<>();
  private RuntimeException stillborn;
  private RuntimeException unmakeable;
  private long time = Long.MAX_VALUE - 5; // it may pass the end of its range
  private final DirectProducer producer =
      DirectProducer.of(this::make, () -> time, () -> events.add("replaced"));
  private final Bench bench = Bench.manual().producer(producer);
  private final RecordProcessor processor = bench.processor();

  private Mortal make() {
    if (unmakeable != null) {
      throw unmakeable;
    }
    events.add("made");
    Mortal next = new Mortal();
    next.fatal = stillborn;
    made.add(next);
    return next;
  }

  private RecordingSettlement run(String value) {
    return run(value, (text, context) -> text);
  }

  private RecordingSettlement run(String value, Algo<String, Object> algo) {
    RecordingSettlement settlement = new RecordingSettlement();
    processor.process(
        bench.route(algo),
        Bench.record("k", value),
        settlement,
        RecordingSettlement.INDEX,
        Bench.NEVER_PENDING);
    return settlement;
  }

  private List<String> taken(int which) {
    return made.get(which).history().stream()
        .map(record -> new String(record.value(), UTF_8))
        .toList();
  }

  private void pass(Duration duration) {
    time += duration.toNanos();
  }

  @Test
  void whatADeadProducerRefusesIsWrittenByTheNext() {
    RecordingSettlement first = run("1");
    made.get(0).die(new UnsupportedVersionException("no longer"));
    first.assertWithoutOutcome(1);
    RecordingSettlement second = run("2");
    second.assertWithoutOutcome(1);
    assertThat(producer.lost())
        .hasValueSatisfying(lost -> assertThat(lost.since()).isEqualTo(time));
    assertThat(producer.lost().orElseThrow().error())
        .isEqualTo(UnsupportedVersionException.class.getName());

    first.retryLast();

    assertThat(second.blockages()).as("told twice of one failure").hasSize(1);
    assertThat(events).containsExactly("made", "closed", "made", "replaced");
    assertThat(producer.lost()).isEmpty();
    made.get(1).completeNext();
    first.assertSettled(Outcome.WRITTEN);
    second.retryLast();
    made.get(1).completeNext();
    second.assertSettled(Outcome.WRITTEN);
    assertThat(taken(1)).containsExactly("1", "2");
    run("3");
    assertThat(taken(1)).as("what is begun now goes there at once").endsWith("3");
  }

  @Test
  void whatWasPendingIsToldBeforeAnotherIsMade() {
    RecordingSettlement pending = run("1");
    made.get(0).fatal = new IllegalStateException("a defect of the client"); // fails nothing yet
    RecordingSettlement refused = run("2");
    pending.assertWithoutOutcome(0);

    refused.retryLast();

    pending.assertWithoutOutcome(1);
    assertThat(events.subList(0, 2)).containsExactly("made", "closed");
  }

  /** Its key's earlier record waits, which it would overtake. */
  @Test
  void whatWasBegunBeforeSendsNothingToTheNewOneUntilItIsTriedAgain() {
    List<RecordingSettlement> earlier = new ArrayList<>();
    RecordingSettlement late =
        run(
            "2",
            (text, context) -> {
              earlier.add(run("1"));
              made.get(0).die(new ClusterAuthorizationException("no"));
              RecordingSettlement other = run("0");
              other.retryLast();
              assertThat(taken(1)).containsExactly("0");
              return text;
            });

    late.assertWithoutOutcome(1);
    assertThat(taken(1)).containsExactly("0");
    earlier.get(0).retryLast();
    late.retryLast();
    assertThat(taken(1)).containsExactly("0", "1", "2");
    assertThat(made).hasSize(2);
  }

  @Test
  void thereIsARestBetweenReplacementsAndNoneLooksAsIfItWorked() {
    RecordingSettlement settlement = run("1");
    stillborn = new UnsupportedVersionException("no longer");
    made.get(0).die(stillborn);
    run("2"); // is refused at once, by which it is known
    long since = time;
    settlement.retryLast();
    assertThat(made).hasSize(2);
    for (int i = 0; i < 20; i++) {
      pass(DirectProducer.REST.dividedBy(4));
      settlement.retryLast();
    }
    assertThat(made).hasSize(2 + 20 / 4);
    assertThat(producer.lost().orElseThrow().since()).isEqualTo(since);

    stillborn = null;
    pass(DirectProducer.REST);
    settlement.retryLast();
    assertThat(producer.lost()).isEmpty();
    Mortal last = made.get(made.size() - 1);
    last.completeNext();
    settlement.assertSettled(Outcome.WRITTEN);

    last.fatal = new UnsupportedVersionException("again");
    run("3");
    assertThat(producer.lost().orElseThrow().since()).as("that one has worked").isEqualTo(time);
  }

  @Test
  void oneThatNothingWasSentToForLongMayHaveWorked() {
    RecordingSettlement settlement = run("1");
    made.get(0).die(new UnsupportedVersionException("no longer"));
    run("2");
    settlement.retryLast();
    pass(DirectProducer.TRIAL);
    made.get(1).fatal = new UnsupportedVersionException("again");
    run("3");
    assertThat(producer.lost().orElseThrow().since()).isEqualTo(time);
  }

  @Test
  void aProducerThatCannotBeMadeIsTriedAgain() {
    RecordingSettlement settlement = run("1");
    made.get(0).die(new UnsupportedVersionException("no longer"));
    run("2");
    unmakeable = new KafkaException("no such certificate");
    settlement.retryLast();
    assertThat(settlement.lastBlockage().cause()).isSameAs(unmakeable);
    assertThat(producer.lost()).isPresent();

    unmakeable = null;
    pass(DirectProducer.REST);
    settlement.retryLast();
    made.get(1).completeNext();
    settlement.assertSettled(Outcome.WRITTEN);
    assertThat(producer.lost()).isEmpty();
  }

  @Test
  void aFencedOneTellsItByTheCallback() {
    RecordingSettlement settlement = run("1");
    made.get(0).errorNext(new ProducerFencedException("by another"));
    assertThat(producer.lost()).isPresent();
    settlement.retryLast();
    assertThat(taken(1)).containsExactly("1");
  }

  @Test
  void whatIsWrongWithARecordOrTheClusterReplacesNothing() {
    for (RuntimeException error :
        List.of(
            new TopicAuthorizationException("t"),
            new TimeoutException("no answer"),
            new ClusterAuthorizationException("not yet"))) {
      RecordingSettlement settlement = run("1");
      made.get(0).errorNext(error);
      settlement.retryLast();
      made.get(0).completeNext();
      settlement.assertSettled(Outcome.WRITTEN);
    }
    assertThat(made).hasSize(1);
    assertThat(producer.lost()).isEmpty();
  }

  @Test
  void aClosedOneIsNotReplaced() {
    RecordingSettlement settlement = run("1");
    producer.close(Duration.ofSeconds(1));
    run("2");
    settlement.retryLast();
    assertThat(made).hasSize(1);
  }
}
