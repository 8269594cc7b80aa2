package run.algo.sdk.kafka.internal.execute;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.NonRetriableException;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.spi.FileMismatchException;

/**
 * Tells which failures are worth another try. What is wrong with the record itself, as one that
 * cannot be decoded, is not, whatever the author says; of what the Algo did the author's predicates
 * decide: halt, then dead-letter, then retry.
 *
 * <table>
 *   <caption>What becomes of a failure, from top to bottom</caption>
 *   <tr><th>failure</th><th>verdict</th></tr>
 *   <tr><td>decode, encode, content type, parameters, too large</td><td>dead letter</td></tr>
 *   <tr><td>{@code haltOn} matches</td><td>halt</td></tr>
 *   <tr><td>{@code deadLetterOn} matches, or a {@link NonRetriableException} is the cause</td>
 *       <td>dead letter</td></tr>
 *   <tr><td>storage, and the file is missing ({@link NoSuchFileException}), forbidden ({@link
 *       AccessDeniedException}) or another one ({@link FileMismatchException}), or the {@link
 *       StorageException} is about an {@link IllegalArgumentException}: a bad reference, no storage
 *       configured, too large for the memory</td><td>dead letter</td></tr>
 *   <tr><td>{@code retryOn} matches, as it does by default; so also storage that is down, slow or
 *       full</td><td>retry</td></tr>
 *   <tr><td>any other</td><td>dead letter</td></tr>
 * </table>
 *
 * <p>Thread-safe where the predicates are. Never throws: predicates and exceptions are the author's
 * code.
 */
public final class FailureClasses {

  private static final Logger log = LoggerFactory.getLogger(FailureClasses.class);

  /** More than any chain that means something; also the end of one that runs in a circle. */
  private static final int DEEPEST_CAUSE = 100;

  /** A log of this many predicates' failures says enough, and the set of them stays small. */
  private static final int MOST_LOGGED = 100;

  private final Predicate<? super Throwable> retryOn;
  private final Predicate<? super Throwable> deadLetterOn;
  private final Predicate<? super Throwable> haltOn;

  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  /** What becomes of a failure. */
  public enum Verdict {
    /** It is tried again, as long as the retry strategy has tries left. */
    RETRY,
    /** It has failed for good. */
    DEAD_LETTER,
    /** Its partition halts at it. */
    HALT
  }

  /** Every failure that may pass is retried. */
  public FailureClasses() {
    this(any -> true, none -> false, none -> false);
  }

  /**
   * Classes by the author's predicates.
   *
   * @param retryOn failures of the Algo that are retried
   * @param deadLetterOn those that are not
   * @param haltOn those that halt their partition
   */
  public FailureClasses(
      Predicate<? super Throwable> retryOn,
      Predicate<? super Throwable> deadLetterOn,
      Predicate<? super Throwable> haltOn) {
    this.retryOn = retryOn;
    this.deadLetterOn = deadLetterOn;
    this.haltOn = haltOn;
  }

  /** Judges a failure. */
  Verdict of(Failure failure) {
    FailureReason reason = failure.reason();
    if (!mayPass(reason)) {
      return Verdict.DEAD_LETTER;
    }
    Throwable cause = failure.cause();
    if (matches("haltOn", haltOn, cause)) {
      return Verdict.HALT;
    }
    if (matches("deadLetterOn", deadLetterOn, cause)
        || chainHolds(cause, NonRetriableException.class)
        || (reason == FailureReason.STORAGE && isFinal(cause))) {
      return Verdict.DEAD_LETTER;
    }
    return matches("retryOn", retryOn, cause) ? Verdict.RETRY : Verdict.DEAD_LETTER;
  }

  /** Whether storage says what it will say next time as well. */
  private static boolean isFinal(Throwable cause) {
    return anyInChain(
        cause,
        each ->
            each instanceof NoSuchFileException
                || each instanceof AccessDeniedException
                || each instanceof FileMismatchException
                || (each instanceof StorageException
                    && causeOf(each) instanceof IllegalArgumentException));
  }

  /** Whether a failure of this kind may be gone the next time. */
  private static boolean mayPass(FailureReason reason) {
    return switch (reason) {
      case ALGO, TIMEOUT, STORAGE -> true;
      case DECODE, ENCODE, CONTENT_TYPE, PARAMETERS, TOO_LARGE -> false;
    };
  }

  private boolean matches(String name, Predicate<? super Throwable> predicate, Throwable cause) {
    try {
      return predicate.test(cause);
    } catch (Throwable t) {
      String type = cause.getClass().getName();
      if (logged.size() < MOST_LOGGED && logged.add(name + " " + type)) {
        log.warn(
            "the predicate {} threw at a {}, which counts as not matching (logged once)",
            name,
            type,
            FailureLog.printable(t));
      }
      return false;
    }
  }

  static boolean chainHolds(Throwable top, Class<? extends Throwable> type) {
    return anyInChain(top, type::isInstance);
  }

  private static boolean anyInChain(Throwable top, Predicate<Throwable> wanted) {
    Throwable next = top;
    for (int depth = 0; depth < DEEPEST_CAUSE && next != null; depth++) {
      if (wanted.test(next)) {
        return true;
      }
      next = causeOf(next);
    }
    return false;
  }

  private static @Nullable Throwable causeOf(Throwable throwable) {
    try {
      return throwable.getCause();
    } catch (Throwable t) {
      return null; // an author's method; what it hides cannot be judged
    }
  }
}
