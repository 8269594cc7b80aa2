package run.algo.sdk.kafka.internal.observe;

import java.util.concurrent.atomic.LongAdder;

/** What has become of transactions, and of producers. Thread-safe. */
public final class TransactionCounters {

  private final LongAdder committed = new LongAdder();
  private final LongAdder aborted = new LongAdder();
  private final LongAdder replaced = new LongAdder();

  /** A transaction was committed. */
  public void committed() {
    committed.increment();
  }

  /** A transaction was aborted; what it was to write is written by another. */
  public void aborted() {
    aborted.increment();
  }

  /** A producer that could not go on is replaced; one without transactions, too. */
  public void replaced() {
    replaced.increment();
  }

  /** {@return transactions committed} */
  public long commits() {
    return committed.sum();
  }

  /** {@return transactions aborted} */
  public long aborts() {
    return aborted.sum();
  }

  /** {@return producers replaced} */
  public long replacements() {
    return replaced.sum();
  }
}
