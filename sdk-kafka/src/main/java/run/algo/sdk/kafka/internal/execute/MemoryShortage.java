package run.algo.sdk.kafka.internal.execute;

import java.io.IOException;

/**
 * Other executions hold the memory that a payload needs. No failure of its record, which is
 * executed again once they may have ended.
 */
final class MemoryShortage extends IOException {

  private static final long serialVersionUID = 1L;

  MemoryShortage(String message) {
    super(message);
  }
}
