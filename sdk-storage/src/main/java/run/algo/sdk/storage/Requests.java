package run.algo.sdk.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import run.algo.sdk.spi.FileStoreSettings.Credentials;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Makes requests: tries again what may pass, and tells of what does not in the exceptions of the
 * port. The client's own retries are off: they know an attempt count, not a deadline. Thread-safe.
 *
 * <p>No text that leaves here holds the credentials; an exception of the client, which may have
 * them in some text of its own, is only passed on as a cause when it has not.
 */
final class Requests {

  private static final Duration FIRST_DELAY = Duration.ofMillis(50);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);

  /** What a request gets at least, however late it is. */
  private static final Duration LEAST = Duration.ofSeconds(10);

  private static final Set<String> PASSING =
      Set.of(
          "InternalError",
          "OperationAborted",
          "RequestTimeout",
          "ServiceUnavailable",
          "SlowDown",
          "SlowDownRead",
          "SlowDownWrite");

  private static final Set<String> MISSING = Set.of("NoSuchKey", "NoSuchBucket", "NotFound");

  private final RequestLimits limits;
  private final List<String> secrets;
  private volatile boolean closed;

  Requests(RequestLimits limits, Optional<Credentials> credentials) {
    this.limits = limits;
    secrets =
        credentials.map(login -> List.of(login.secretKey(), login.accessKey())).orElse(List.of());
  }

  /**
   * Makes a request until it is answered or cannot be.
   *
   * @param request makes it once
   */
  <T> T call(Deadline deadline, Supplier<T> request) throws SdkException, InterruptedIOException {
    return call(deadline, () -> false, request);
  }

  /** The same, until it is no longer wanted. */
  <T> T call(Deadline deadline, BooleanSupplier unwanted, Supplier<T> request)
      throws SdkException, InterruptedIOException {
    for (int failures = 1; ; failures++) {
      Duration left = deadline.left();
      try {
        return limits.within(left.compareTo(LEAST) > 0 ? left : LEAST, request);
      } catch (RejectedExecutionException | IllegalStateException e) {
        if (!closed) {
          throw e;
        }
        // So says a client that is closed, one part of it or another.
        throw SdkClientException.create("the file store is closed", e);
      } catch (SdkException e) {
        if (closed || !mayPass(e) || unwanted.getAsBoolean() || !pause(deadline, failures)) {
          throw e;
        }
      }
    }
  }

  /** Nothing is tried again from now on. */
  void close() {
    closed = true;
  }

  /** Waits before another try; returns whether there is time for one. */
  boolean pause(Deadline deadline, int failures) throws InterruptedIOException {
    long most =
        Math.min(LONGEST_DELAY.toNanos(), FIRST_DELAY.toNanos() << Math.min(failures - 1, 20));
    // Half of it at random: those who failed together do not come back together.
    long delay = most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
    if (closed || deadline.left().toNanos() <= delay) {
      return false;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(delay);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting to try a request again");
    }
  }

  /** Whether another try may do better. */
  static boolean mayPass(SdkException e) {
    if (e instanceof AbortedException) {
      return false;
    }
    if (e instanceof SdkServiceException service) {
      int status = service.statusCode();
      return (status >= 500 && status != 501)
          || status == 429
          || status == 408
          || service.isThrottlingException()
          || PASSING.contains(code(e));
    }
    return e instanceof SdkClientException && (e.retryable() || hasCause(e, IOException.class));
  }

  static String code(SdkException e) {
    return e instanceof S3Exception s3
            && s3.awsErrorDetails() != null
            && s3.awsErrorDetails().errorCode() != null
        ? s3.awsErrorDetails().errorCode()
        : "";
  }

  static int status(SdkException e) {
    return e instanceof SdkServiceException service ? service.statusCode() : 0;
  }

  /** Whether an object or its bucket is not there. A HEAD has no body that would say which. */
  static boolean missing(SdkException e) {
    return status(e) == 404 && (code(e).isEmpty() || MISSING.contains(code(e)));
  }

  /** What a failed request for a file is told as. */
  IOException translate(String doing, String file, SdkException e) {
    if (missing(e)) {
      return withCause(new NoSuchFileException(file, null, mask(doing + ": no such file")), e);
    }
    return translateWrite(doing, file, e);
  }

  /** The same where the file need not be there. */
  IOException translateWrite(String doing, String file, SdkException e) {
    if (e instanceof AbortedException) {
      Thread.currentThread().interrupt();
      return withCause(new InterruptedIOException(doing + " " + mask(file) + ": interrupted"), e);
    }
    String why = mask(String.valueOf(e.getMessage()));
    if (status(e) == 403 || status(e) == 401) {
      return withCause(new AccessDeniedException(file, null, doing + " is forbidden: " + why), e);
    }
    return withCause(new IOException(doing + " " + mask(file) + " failed: " + why), e);
  }

  private <E extends IOException> E withCause(E exception, Throwable cause) {
    if (isClean(cause, Collections.newSetFromMap(new IdentityHashMap<>()))) {
      exception.initCause(cause);
    }
    return exception;
  }

  private boolean isClean(Throwable thrown, Set<Throwable> seen) {
    if (!seen.add(thrown)) {
      return true;
    }
    String text = String.valueOf(thrown);
    boolean clean = secrets.stream().noneMatch(text::contains);
    if (thrown.getCause() != null) {
      clean &= isClean(thrown.getCause(), seen);
    }
    for (Throwable suppressed : thrown.getSuppressed()) {
      clean &= isClean(suppressed, seen);
    }
    return clean;
  }

  String mask(String text) {
    String masked = text;
    for (String secret : secrets) {
      if (!secret.isEmpty()) {
        masked = masked.replace(secret, "***");
      }
    }
    return masked;
  }

  private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
    Throwable cause = thrown.getCause();
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (type.isInstance(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
