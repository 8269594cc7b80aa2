package run.algo.sdk.kafka.internal.execute;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.InterruptException;
import run.algo.sdk.StorageException;

/** Tells what goes wrong because its thread was interrupted. */
final class Interrupts {

  private Interrupts() {}

  /**
   * Whether an interrupt is behind it. Of what an Algo has wrapped only storage counts: its
   * exceptions alone may tell.
   */
  static boolean caused(Throwable t) {
    return t instanceof InterruptedException
        || t instanceof InterruptException
        || Thread.currentThread().isInterrupted()
        || (!(t instanceof TimeoutException)
            && FailureClasses.chainHolds(t, StorageException.class)
            && isOfStorage(t));
  }

  private static boolean isOfStorage(Throwable t) {
    return FailureClasses.chainHolds(t, ClosedByInterruptException.class)
        || (FailureClasses.chainHolds(t, InterruptedIOException.class)
            && !FailureClasses.chainHolds(t, SocketTimeoutException.class)); // is one, of its kind
  }
}
