package run.algo.sdk.kafka.internal.execute;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.files.PayloadMemory;
import run.algo.sdk.kafka.internal.record.Failure;

/**
 * What few executions have, and so is no field of each: made for those that do.
 *
 * <p>Written by whoever works on the execution, but for the failure, which comes from a producer's
 * thread.
 */
final class ExecutionExtras {

  /** When it will be given up, on the monotonic clock. */
  long due;

  /** The same as a time of day; null until it is asked for. */
  volatile @Nullable Instant deadline;

  /** Null where nothing is traced. */
  volatile @Nullable ExecutionSpan span;

  /** What it takes memory with; null for an execution that is alone, until it takes some. */
  PayloadMemory.@Nullable Share share;

  /** The first send that can never succeed. */
  volatile @Nullable Failure sendFailure;
}
