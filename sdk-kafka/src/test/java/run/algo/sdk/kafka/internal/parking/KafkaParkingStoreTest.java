package run.algo.sdk.kafka.internal.parking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static run.algo.sdk.kafka.internal.parking.ParkedRecords.TOPIC;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.ParkedId;
import run.algo.sdk.spi.ParkedRecord;
import run.algo.sdk.spi.ParkedTry;
import run.algo.sdk.spi.ParkingStore;
import run.algo.sdk.spi.RetryState;

/** The store over a log that the test is. */
class KafkaParkingStoreTest {

  private static final ParkedTry FAILED =
      new ParkedTry(1, new RetryState.After(1, 1), Instant.ofEpochMilli(1_700_000_000_000L));

  private final Map<TopicPartition, TreeMap<Long, ConsumerRecord<byte[], byte[]>>> log =
      new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
  private final ParkedFormat format = new ParkedFormat("Orders", "g");
  private final KafkaParkingStore store =
      new KafkaParkingStore(format, TOPIC, new LogReader(), InstantSource.system());
  private @Nullable KafkaException failure;

  private final class LogReader implements ParkingReader {
    @Override
    public void scan(TopicPartition partition, Visitor visitor) {
      if (failure != null) {
        throw failure;
      }
      log.getOrDefault(partition, new TreeMap<>()).values().forEach(visitor::visit);
    }

    @Override
    public void read(TopicPartition partition, long offset, Read read) {
      ConsumerRecord<byte[], byte[]> record =
          log.getOrDefault(partition, new TreeMap<>()).get(offset);
      if (read.isWanted()) {
        if (record == null) {
          read.lost();
        } else {
          read.found(record);
        }
      }
    }
  }

  /** What a load has told. */
  private static final class Told implements ParkingStore.Load {
    private final List<ParkedRecord> loaded = new ArrayList<>();
    private int lost;
    private boolean wanted = true;

    @Override
    public boolean isWanted() {
      return wanted;
    }

    @Override
    public void loaded(ParkedRecord record) {
      loaded.add(record);
    }

    @Override
    public void lost() {
      lost++;
    }
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    TreeMap<Long, ConsumerRecord<byte[], byte[]>> partition =
        log.computeIfAbsent(
            new TopicPartition(record.topic(), record.partition()), any -> new TreeMap<>());
    long offset = partition.isEmpty() ? 0 : partition.lastKey() + 1;
    partition.put(offset, ParkedRecords.read(record, offset));
  }

  private static ParkedRecord parked(int partition, long offset, ParkedTry next) {
    return new ParkedRecord(
        new ParkedId(partition, offset),
        12,
        "k".getBytes(UTF_8),
        ("v" + offset).getBytes(UTF_8),
        run.algo.sdk.RecordHeaders.of(),
        next);
  }

  private List<String> restored(int partition) throws InterruptedException {
    List<String> told = new ArrayList<>();
    store.restore(
        partition,
        new ParkingStore.Visitor() {
          @Override
          public void stored(ParkedId id, byte @Nullable [] key, long place, ParkedTry next) {
            told.add(place + ": " + id + " " + new String(key, UTF_8) + " " + next.executions());
          }

          @Override
          public void removed(ParkedId id, long place) {
            told.add(place + ": -" + id);
          }
        });
    return told;
  }

  private Told load(ParkedId id, long place) {
    Told told = new Told();
    store.load(id, place, told);
    return told;
  }

  @Test
  void tellsWhatWasWrittenInItsOrder() throws Exception {
    store.put(parked(0, 5, FAILED), this::send);
    store.put(parked(1, 5, FAILED), this::send);
    store.put(parked(0, 6, ParkedTry.BEHIND), this::send);
    store.put(parked(0, 5, new ParkedTry(2, FAILED.state(), FAILED.due())), this::send);
    store.remove(new ParkedId(0, 6), this::send);
    assertThat(restored(0)).containsExactly("0: 0/5 k 1", "1: 0/6 k 0", "2: 0/5 k 2", "3: -0/6");
    assertThat(restored(1)).containsExactly("0: 1/5 k 1");
    assertThat(restored(2)).isEmpty();
  }

  @Test
  void leavesOutWhatIsNotOurs() throws Exception {
    send(new ProducerRecord<>(TOPIC, 0, null, "x".getBytes(UTF_8)));
    send(new ProducerRecord<>(TOPIC, 0, "a/b".getBytes(UTF_8), null));
    send(new ProducerRecord<>(TOPIC, 0, "1/7".getBytes(UTF_8), null));
    send(new ParkedFormat("Orders", "other").record(TOPIC, parked(0, 1, FAILED)));
    store.put(parked(0, 2, FAILED), this::send);
    assertThat(restored(0)).containsExactly("4: 0/2 k 1");
  }

  @Test
  void whatCannotBeReadIsAnError() {
    failure = new KafkaException("no brokers");
    assertThatThrownBy(() -> restored(0)).isSameAs(failure);
  }

  @Test
  void bringsARecordFromItsPlace() {
    ParkedRecord record = parked(0, 5, FAILED);
    store.put(parked(0, 4, FAILED), this::send);
    store.put(record, this::send);
    Told told = load(record.id(), 1);
    assertThat(told.loaded).containsExactly(record);
    assertThat(told.lost).isZero();
  }

  @Test
  void whatIsNotAtItsPlaceIsLost() {
    store.put(parked(0, 4, FAILED), this::send);
    store.remove(new ParkedId(0, 4), this::send);
    send(
        new ProducerRecord<>(
            TOPIC, 0, null, "0/4".getBytes(UTF_8), new byte[1], new RecordHeaders()));
    assertThat(load(new ParkedId(0, 5), 0).lost).as("another's").isEqualTo(1);
    assertThat(load(new ParkedId(0, 4), 1).lost).as("a tombstone").isEqualTo(1);
    assertThat(load(new ParkedId(0, 4), 2).lost).as("garbage").isEqualTo(1);
    assertThat(load(new ParkedId(0, 4), 3).lost).as("nothing").isEqualTo(1);
    assertThat(load(new ParkedId(0, 4), 0).lost).isZero();
  }

  @Test
  void whatNobodyWaitsForIsNotBrought() {
    store.put(parked(0, 4, FAILED), this::send);
    Told told = new Told();
    told.wanted = false;
    store.load(new ParkedId(0, 4), 0, told);
    assertThat(told.loaded).isEmpty();
    assertThat(told.lost).isZero();
  }
}
