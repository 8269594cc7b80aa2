package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import run.algo.sdk.kafka.internal.record.Outcome;
import run.algo.sdk.kafka.internal.record.Tries;

/** The partition's end of a record's way; refuses whatever the engine could not bear. */
final class RecordingSettlement implements Settlement {

  static final int INDEX = 7;

  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<Blockage> blockages = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final List<Tries> agains = new ArrayList<>();
  private final List<Duration> waits = new ArrayList<>();
  private int blocked;
  private int failures;
  private long emitted;
  private PreparedSends prepared;

  @Override
  public synchronized Tries tries(int index) {
    check(index == INDEX, "asked for the tries of index " + index);
    return agains.isEmpty() ? null : agains.get(agains.size() - 1);
  }

  /** It knows of no record, so any may have all of them. */
  @Override
  public int headers(int index) {
    return -1;
  }

  @Override
  public Header traceId(int index) {
    return null;
  }

  @Override
  public Parking parking() {
    return null;
  }

  @Override
  public boolean isParked() {
    return false;
  }

  @Override
  public void underWay(int index, UnderWay execution) {
    check(index == INDEX, "under way at index " + index);
  }

  @Override
  public void dropped(int index) {
    throw new AssertionError("nothing is parked");
  }

  @Override
  public synchronized void again(int index, Tries tries, Duration wait) {
    check(index == INDEX, "again at index " + index);
    check(outcomes.isEmpty(), "again after " + outcomes);
    agains.add(tries);
    waits.add(wait);
  }

  @Override
  public synchronized void failed(int index) {
    check(index == INDEX, "failed at index " + index);
    check(outcomes.isEmpty(), "failed after " + outcomes);
    failures++;
  }

  /** How many executions have failed that were to be followed by another. */
  synchronized int failures() {
    return failures;
  }

  /** How long it waited before each further execution. */
  synchronized List<Duration> waits() {
    return List.copyOf(waits);
  }

  @Override
  public synchronized void emitted(int index, long bytes) {
    check(index == INDEX, "emitted at index " + index);
    check(emitted == 0, "emitted again");
    check(bytes > 0, "emitted " + bytes + " bytes");
    check(outcomes.isEmpty(), "emitted after " + outcomes);
    emitted = bytes;
  }

  @Override
  public synchronized void prepared(int index, PreparedSends sends) {
    check(index == INDEX, "prepared at index " + index);
    check(outcomes.isEmpty(), "prepared after " + outcomes);
    prepared = sends;
  }

  /** What waits for a transaction. */
  synchronized PreparedSends takePrepared() {
    PreparedSends sends = prepared;
    assertThat(sends).as("prepared").isNotNull();
    prepared = null;
    return sends;
  }

  synchronized boolean isPrepared() {
    return prepared != null;
  }

  @Override
  public synchronized void settled(int index, Outcome outcome, long emittedBytes) {
    check(index == INDEX, "settled at index " + index);
    check(emittedBytes == emitted, "settled with " + emittedBytes + " bytes of " + emitted);
    check(outcomes.isEmpty(), "settled again, " + outcome);
    check(blocked == 0, "settled " + outcome + " while blocked");
    outcomes.add(outcome);
  }

  @Override
  public synchronized void blocked(int index, Blockage blockage) {
    check(index == INDEX, "blocked at index " + index);
    check(outcomes.isEmpty(), "blocked after " + outcomes);
    if (blockage.again()) {
      check(blocked > 0, "blocked again without being blocked");
    } else {
      blocked++;
    }
    blockages.add(blockage);
  }

  @Override
  public synchronized void unblocked(int index) {
    check(index == INDEX, "unblocked at index " + index);
    check(blocked > 0, "unblocked more often than blocked");
    blocked--;
  }

  private void check(boolean right, String violation) {
    if (!right) {
      violations.add(violation);
    }
  }

  synchronized void assertSettled(Outcome outcome) {
    assertThat(violations).isEmpty();
    assertThat(outcomes).containsExactly(outcome);
    assertThat(blocked).isZero();
  }

  synchronized void assertWithoutOutcome(int sendsInTheWay) {
    assertThat(violations).isEmpty();
    assertThat(outcomes).isEmpty();
    assertThat(blocked).isEqualTo(sendsInTheWay);
  }

  /** Bytes that the record's outputs were said to take. */
  synchronized long emitted() {
    return emitted;
  }

  synchronized List<Blockage> blockages() {
    return List.copyOf(blockages);
  }

  synchronized Blockage lastBlockage() {
    assertThat(blockages).isNotEmpty();
    return blockages.get(blockages.size() - 1);
  }

  /** What the engine does after its backoff. */
  void retryLast() {
    lastBlockage().retry().orElseThrow().run();
  }
}
