package run.algo.examples.conformance;

import org.jspecify.annotations.Nullable;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;

/** Serves the table by the plain form: a record holds its thread until it is done. */
final class ConformanceAlgo implements Algo<@Nullable Command, Void> {

  @Override
  public @Nullable Void run(@Nullable Command command, AlgoContext context) throws Exception {
    Table.run(Table.command(command, context), context);
    return null;
  }
}
