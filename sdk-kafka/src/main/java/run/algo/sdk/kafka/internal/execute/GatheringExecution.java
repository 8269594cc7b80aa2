package run.algo.sdk.kafka.internal.execute;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.GatheredRecord;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.Outcome;

/** One execution on all records of a trace: those that were held, and the one that triggers it. */
final class GatheringExecution extends Execution {

  private final ExecutionScope shared;
  private final Gathered gathered;
  private final List<Execution> held;

  /** Until all are decoded nobody asks. */
  private List<GatheredRecord> items = List.of();

  /** What is missing now will be missing next time. */
  private boolean incomplete;

  GatheringExecution(
      ExecutionScope shared,
      Route route,
      ConsumerRecord<byte[], byte[]> trigger,
      Gathered gathered,
      Settlement settlement,
      int index) {
    super(shared, route, trigger, settlement, index);
    this.shared = shared;
    this.gathered = gathered;
    this.held =
        gathered.held().stream().map(each -> heldExecution(each, settlement, index)).toList();
    held.forEach(each -> each.share(share()));
  }

  private Execution heldExecution(Gathered.Held each, Settlement settlement, int index) {
    return Execution.ofHeld(
        shared, each.route().ofHeld(each.record()), each.record(), settlement, index);
  }

  /** Decodes all records, or refuses them. */
  @Override
  @Nullable Object admit(InputGate gate) throws Exception {
    refuseUnlessWhole();
    Admitted admitted = new Admitted(new ArrayList<>(held.size() + 1));
    for (Execution each : held) {
      admitted.values().add(each.admit(gate));
    }
    if (gathered.triggerOnly()) {
      gate.admit(this); // its parameters are the execution's
    } else {
      admitted.values().add(super.admit(gate));
    }
    return admitted;
  }

  /** What the records were decoded to, in their order. */
  private record Admitted(List<@Nullable Object> values) {}

  @Override
  boolean isInStorage(@Nullable Object admitted) {
    return admitted instanceof Admitted all && all.values().stream().anyMatch(super::isInStorage);
  }

  /**
   * Reads what lies in storage.
   *
   * @return the Algo's input: the trigger's value, or where it has none the last that was held of
   *     the same input
   */
  @Override
  @Nullable Object read(@Nullable Object admitted) throws Exception {
    if (!(admitted instanceof Admitted all)) {
      throw new IllegalStateException("not admitted: " + this);
    }
    @Nullable Object input = null;
    List<GatheredRecord> decoded = new ArrayList<>(all.values().size());
    for (Execution each : held) {
      Object value = each.read(all.values().get(decoded.size()));
      decoded.add(new GatheredItem(each, value));
      if (each.route.input.equals(route.input)) {
        input = value;
      }
    }
    if (!gathered.triggerOnly()) {
      input = super.read(all.values().get(decoded.size()));
      decoded.add(new GatheredItem(this, input));
    }
    items = List.copyOf(decoded);
    return input;
  }

  @Override
  void due(long nanos) {
    super.due(nanos);
    held.forEach(each -> each.due(nanos));
  }

  @Override
  void endFiles() {
    super.endFiles();
    held.forEach(Execution::endFiles);
  }

  /** Each record is settled with its own outcome, and its file counts for its own input. */
  @Override
  void settle(Outcome outcome) {
    held.forEach(each -> each.countFile(outcome));
    super.settle(outcome);
  }

  private void refuseUnlessWhole() {
    switch (gathered.state()) {
      case EXPIRED ->
          throw refusal(
              FailureReason.TIMEOUT,
              new TimeoutException(
                  "the records of trace "
                      + traceId()
                      + " with run=false were held for longer than ALGO_GATHER_TIMEOUT"));
      case TORN ->
          throw refusal(
              FailureReason.TIMEOUT,
              new TimeoutException(
                  "some records of trace "
                      + traceId()
                      + " with run=false have gone to another member with their partition: the"
                      + " inputs need equal partition counts and a range assignment"));
      case WHOLE -> {
        TreeSet<String> missing = new TreeSet<>(shared.requiredInputs());
        held.forEach(each -> missing.remove(each.route.input));
        if (!gathered.triggerOnly()) {
          missing.remove(route.input);
        }
        if (!missing.isEmpty()) {
          throw refusal(
              FailureReason.ALGO,
              new IllegalStateException(
                  "trace " + traceId() + " was triggered without a record of required " + missing));
        }
      }
    }
  }

  private Refusal refusal(FailureReason reason, Exception cause) {
    incomplete = true;
    return new Refusal(reason, 0, cause);
  }

  @Override
  public List<GatheredRecord> gathered() {
    return items;
  }

  @Override
  boolean gathers() {
    return true;
  }

  @Override
  boolean repeatable() {
    return !incomplete && super.repeatable();
  }

  @Override
  List<Execution> records() {
    List<Execution> all = new ArrayList<>(held);
    all.add(this);
    return all;
  }
}
