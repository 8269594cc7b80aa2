package run.algo.sdk.testkit.s3;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * Something that goes wrong with requests to {@link EmbeddedS3}: with all of them, unless it is
 * narrowed by kind, rate or number.
 *
 * <pre>{@code
 * s3.addFault(S3Fault.error(503).on(S3RequestKind.UPLOAD_PART).rate(0.2));
 * s3.addFault(S3Fault.cutResponse(100_000).on(S3RequestKind.GET_OBJECT).times(2));
 * }</pre>
 *
 * <p>Immutable.
 *
 * @since 0.1.0
 */
public final class S3Fault {

  /** What happens. */
  enum Effect {
    ERROR,
    DELAY,
    CUT_REQUEST,
    CUT_RESPONSE
  }

  private final Effect effect;
  private final long amount;
  private final Set<S3RequestKind> kinds;
  private final double rate;
  private final int times;

  private S3Fault(Effect effect, long amount, Set<S3RequestKind> kinds, double rate, int times) {
    this.effect = effect;
    this.amount = amount;
    this.kinds = kinds;
    this.rate = rate;
    this.times = times;
  }

  /**
   * Answers with an error, without doing what was asked for.
   *
   * @param status the HTTP status: 503 is {@code SlowDown}, 500 {@code InternalError}, 403 {@code
   *     AccessDenied}
   * @return the fault, for all requests
   */
  public static S3Fault error(int status) {
    if (status < 300 || status > 599) {
      throw new IllegalArgumentException("the status of an error is 300 to 599, not " + status);
    }
    return every(Effect.ERROR, status);
  }

  /**
   * Answers later.
   *
   * @param latency how much later
   * @return the fault, for all requests
   */
  public static S3Fault delay(Duration latency) {
    return every(Effect.DELAY, latency.toNanos());
  }

  /**
   * Closes the connection in the middle of what the client sends; what was asked for is not done.
   *
   * @param bytes how many bytes of the body still arrive; a body that is no longer is not cut
   * @return the fault, for all requests
   */
  public static S3Fault cutRequest(long bytes) {
    return every(Effect.CUT_REQUEST, bytes);
  }

  /**
   * Does what was asked for, and closes the connection in the middle of the answer.
   *
   * @param bytes how many bytes of the body still go out, or -1 for no answer at all; an answer
   *     that is no longer is not cut
   * @return the fault, for all requests
   */
  public static S3Fault cutResponse(long bytes) {
    return every(Effect.CUT_RESPONSE, bytes);
  }

  private static S3Fault every(Effect effect, long amount) {
    return new S3Fault(effect, amount, EnumSet.allOf(S3RequestKind.class), 1, Integer.MAX_VALUE);
  }

  /**
   * Narrows the fault to kinds of requests.
   *
   * @param first one of them
   * @param more the others
   * @return a fault for these kinds only
   */
  public S3Fault on(S3RequestKind first, S3RequestKind... more) {
    return new S3Fault(effect, amount, EnumSet.of(first, more), rate, times);
  }

  /**
   * Narrows the fault to a part of the requests, drawn by the seed of {@link
   * EmbeddedS3.Builder#seed}.
   *
   * @param part their part, above 0 and up to 1
   * @return a fault for these only
   */
  public S3Fault rate(double part) {
    if (!(part > 0 && part <= 1)) {
      throw new IllegalArgumentException("the rate of a fault is above 0 and up to 1: " + part);
    }
    return new S3Fault(effect, amount, kinds, part, times);
  }

  /**
   * Narrows the fault to a number of requests, after which it is gone.
   *
   * @param number how many, at least 1
   * @return a fault for these only
   */
  public S3Fault times(int number) {
    if (number < 1) {
      throw new IllegalArgumentException("a fault happens at least once, not " + number);
    }
    return new S3Fault(effect, amount, kinds, rate, number);
  }

  Effect effect() {
    return effect;
  }

  long amount() {
    return amount;
  }

  boolean concerns(S3RequestKind kind) {
    return kinds.contains(kind);
  }

  double rate() {
    return rate;
  }

  int times() {
    return times;
  }
}
