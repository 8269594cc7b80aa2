package run.algo.examples.conformance;

import java.util.List;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;

/** Serves the table by the batch form, each record by itself and in the order of the batch. */
final class ConformanceBatchAlgo implements BatchAlgo<Command, Void> {

  @Override
  public void run(List<BatchRecord<Command, Void>> records) throws Exception {
    for (BatchRecord<Command, Void> record : records) {
      try {
        Table.run(record.value(), record.context());
      } catch (InterruptedException e) {
        throw e; // the runner closes: no record goes on
      } catch (Throwable t) { // fails its record alone
        record.fail(t);
        continue;
      }
      record.complete();
    }
  }
}
