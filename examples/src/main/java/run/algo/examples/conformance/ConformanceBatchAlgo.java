package run.algo.examples.conformance;

import java.util.List;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;

/** Serves the table by the batch form, each record by itself and in the order of the batch. */
final class ConformanceBatchAlgo implements BatchAlgo<@Nullable Command, Void> {

  @Override
  public void run(List<BatchRecord<@Nullable Command, Void>> records) throws Exception {
    for (BatchRecord<@Nullable Command, Void> record : records) {
      settle(
          record,
          () -> Table.run(Table.command(record.value(), record.context()), record.context()));
    }
  }

  /** Does what a record asks for, and settles that record alone. */
  static void settle(BatchRecord<?, Void> record, ConformanceAsyncAlgo.Step step)
      throws InterruptedException {
    try {
      step.run();
    } catch (InterruptedException e) {
      throw e; // the runner closes: no record goes on
    } catch (Throwable t) { // fails its record alone
      record.fail(t);
      return;
    }
    record.complete();
  }
}
