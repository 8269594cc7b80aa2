package run.algo.sdk.kafka.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import run.algo.sdk.kafka.internal.parking.ParkingReader;

/** Reads parked records from what a {@link FakeProducer} was given. */
final class FakeParkingReader implements ParkingReader {

  private final FakeProducer producer;
  private final Executor later;

  FakeParkingReader(FakeProducer producer, Executor later) {
    this.producer = producer;
    this.later = later;
  }

  @Override
  public void scan(TopicPartition partition, Visitor visitor) {
    log(partition).forEach(visitor::visit);
  }

  @Override
  public void read(TopicPartition partition, long offset, Read read) {
    later.execute(
        () -> {
          List<ConsumerRecord<byte[], byte[]>> log = log(partition);
          if (offset < log.size()) {
            read.found(log.get((int) offset));
          } else {
            read.lost();
          }
        });
  }

  private List<ConsumerRecord<byte[], byte[]>> log(TopicPartition partition) {
    List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> sent : producer.history()) {
      if (sent.topic().equals(partition.topic())
          && Integer.valueOf(partition.partition()).equals(sent.partition())) {
        log.add(
            new ConsumerRecord<>(
                sent.topic(),
                partition.partition(),
                log.size(),
                0,
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                sent.key(),
                sent.value(),
                new RecordHeaders(sent.headers()),
                Optional.empty()));
      }
    }
    return log;
  }
}
