package run.algo.sdk.kafka.internal.execute;

import java.util.concurrent.Executor;

/**
 * Keeps the records of an execution until all of them are there, and then gives them to whoever
 * makes the transactions.
 */
final class PreparingSender extends Sender {

  PreparingSender(Executor workers) {
    super(workers);
  }

  @Override
  boolean keepsTogether() {
    return true;
  }

  @Override
  void send(Send send) {
    send.execution.prepare(send);
  }
}
