package run.algo.sdk.benchmarks.process;

import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a reader of the outputs sees of a process that was killed and of the one that came after it:
 * when the second wrote the first output of a record that had none, and how many outputs were
 * written once more. Whose an output is says the time at which the broker has appended it. Not
 * thread-safe.
 */
final class Takeover {

  private final Verifier verifier;
  private long found;
  private OptionalLong secondBeganMillis = OptionalLong.empty();
  private OptionalLong firstNewNanos = OptionalLong.empty();

  Takeover(Verifier verifier) {
    this.verifier = verifier;
  }

  /** Notes when the second process began: what is appended from then on is its own. */
  void secondBegan(long epochMillis) {
    secondBeganMillis = OptionalLong.of(epochMillis);
  }

  /**
   * Notes one output, in the order of the topic.
   *
   * @param nanos monotonic time at which it was seen
   */
  void take(ConsumerRecord<byte[], byte[]> output, long nanos) {
    if (!verifier.take(output)) {
      return;
    }
    found++;
    if (firstNewNanos.isEmpty()
        && secondBeganMillis.isPresent()
        && output.timestamp() >= secondBeganMillis.getAsLong()) {
      firstNewNanos = OptionalLong.of(nanos);
    }
  }

  /** {@return how many records have an output} */
  long found() {
    return found;
  }

  /**
   * What was found.
   *
   * @param killedNanos monotonic time of the kill
   * @return empty = the second has written nothing new
   */
  Optional<Recovered> recovered(long killedNanos) {
    return firstNewNanos.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Recovered((firstNewNanos.getAsLong() - killedNanos) / 1e9, verifier.duplicates()));
  }

  /**
   * A recovery.
   *
   * @param seconds from the kill to the first new output
   * @param again outputs of records that had one already
   */
  record Recovered(double seconds, long again) {}
}
