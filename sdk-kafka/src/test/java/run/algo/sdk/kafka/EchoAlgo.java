package run.algo.sdk.kafka;

import java.util.concurrent.locks.LockSupport;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;

/** The program of a {@link ChildJvm} that returns what it is given, after a while. */
final class EchoAlgo implements Algo<byte[], byte[]> {

  private final long nanos;

  private EchoAlgo(long nanos) {
    this.nanos = nanos;
  }

  /**
   * Runs.
   *
   * @param arguments microseconds of an execution
   */
  public static void main(String[] arguments) {
    AlgoMain.run(new EchoAlgo(Long.parseLong(arguments[0]) * 1_000));
  }

  @Override
  public byte[] run(byte[] value, AlgoContext context) {
    LockSupport.parkNanos(nanos);
    return value;
  }
}
