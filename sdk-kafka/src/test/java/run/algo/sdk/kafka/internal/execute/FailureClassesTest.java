package run.algo.sdk.kafka.internal.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import run.algo.sdk.NonRetriableException;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.execute.FailureClasses.Verdict;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.spi.FileMismatchException;

class FailureClassesTest {

  private static final Predicate<Throwable> NONE = FailureClassesTest::none;
  private static final Predicate<Throwable> ALL = FailureClassesTest::all;
  private static final Predicate<Throwable> IO = IOException.class::isInstance;
  private static final Predicate<Throwable> NO_FILE = FileNotFoundException.class::isInstance;
  private static final Predicate<Throwable> BROKEN = FailureClassesTest::broken;

  private static final Set<FailureReason> THAT_MAY_PASS =
      EnumSet.of(FailureReason.ALGO, FailureReason.TIMEOUT, FailureReason.STORAGE);

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(FailureClasses.class);

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(log);
  }

  /** By reason, what was thrown, the three predicates, and the verdict. */
  static Stream<Arguments> table() {
    Throwable any = new IllegalStateException("x");
    Throwable never = new NonRetriableException("x");
    Throwable io = new IOException("x");
    Throwable noFile = new FileNotFoundException("x");
    Throwable late = new TimeoutException("x");
    Throwable mismatch = new FileMismatchException("x");
    FailureReason algo = FailureReason.ALGO;
    FailureReason timeout = FailureReason.TIMEOUT;
    FailureReason storage = FailureReason.STORAGE;
    return Stream.of(
        // by default: retryOn all, deadLetterOn none, haltOn none
        arguments(algo, any, ALL, NONE, NONE, Verdict.RETRY),
        arguments(timeout, late, ALL, NONE, NONE, Verdict.RETRY),
        arguments(storage, io, ALL, NONE, NONE, Verdict.RETRY),
        arguments(algo, new StackOverflowError(), ALL, NONE, NONE, Verdict.RETRY),
        // the record can never succeed
        arguments(algo, never, ALL, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(timeout, never, ALL, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(storage, never, ALL, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(algo, new IOException(never), ALL, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(algo, wrapped(never, 99), ALL, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(algo, wrapped(never, 100), ALL, NONE, NONE, Verdict.RETRY), // too deep to be seen
        arguments(algo, suppressing(never), ALL, NONE, NONE, Verdict.RETRY), // not the reason
        arguments(algo, new Never(), ALL, NONE, NONE, Verdict.DEAD_LETTER),
        // a file that is not the one meant
        arguments(storage, mismatch, ALL, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(
            storage,
            new UncheckedIOException((IOException) mismatch),
            ALL,
            NONE,
            NONE,
            Verdict.DEAD_LETTER),
        arguments(algo, mismatch, ALL, NONE, NONE, Verdict.RETRY), // a store of the Algo's own
        // a file that is not there, or not for us, or a reference to none
        arguments(
            storage, told(new NoSuchFileException("x")), ALL, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(
            storage, told(new AccessDeniedException("x")), ALL, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(storage, told(mismatch), ALL, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(
            storage, told(new IllegalArgumentException("x")), ALL, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(
            storage,
            new RuntimeException(told(new IllegalArgumentException("x"))),
            ALL,
            NONE,
            NONE,
            Verdict.DEAD_LETTER),
        arguments(storage, told(new NoSuchFileException("x")), ALL, NONE, ALL, Verdict.HALT),
        // of storage that may do better, also where an author's own fault is around it
        arguments(storage, told(io), ALL, NONE, NONE, Verdict.RETRY),
        arguments(storage, told(any), ALL, NONE, NONE, Verdict.RETRY),
        arguments(
            storage,
            told(new IOException(new IllegalArgumentException("x"))),
            ALL,
            NONE,
            NONE,
            Verdict.RETRY),
        arguments(storage, new IllegalArgumentException(told(io)), ALL, NONE, NONE, Verdict.RETRY),
        arguments(algo, new NoSuchFileException("x"), ALL, NONE, NONE, Verdict.RETRY),
        // retryOn
        arguments(algo, io, IO, NONE, NONE, Verdict.RETRY),
        arguments(algo, noFile, IO, NONE, NONE, Verdict.RETRY),
        arguments(algo, any, IO, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(algo, new RuntimeException(io), IO, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(timeout, late, IO, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(storage, any, IO, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(algo, never, ALL, NONE, NONE, Verdict.DEAD_LETTER),
        // deadLetterOn beats retryOn
        arguments(algo, noFile, IO, NO_FILE, NONE, Verdict.DEAD_LETTER),
        arguments(algo, io, IO, NO_FILE, NONE, Verdict.RETRY),
        arguments(timeout, late, ALL, ALL, NONE, Verdict.DEAD_LETTER),
        // haltOn beats both, and what can never succeed
        arguments(algo, noFile, IO, IO, NO_FILE, Verdict.HALT),
        arguments(algo, io, IO, NO_FILE, ALL, Verdict.HALT),
        arguments(algo, never, ALL, NONE, ALL, Verdict.HALT),
        arguments(timeout, late, NONE, NONE, ALL, Verdict.HALT),
        arguments(storage, mismatch, NONE, ALL, ALL, Verdict.HALT),
        // predicates that throw do not match
        arguments(algo, any, BROKEN, NONE, NONE, Verdict.DEAD_LETTER),
        arguments(algo, any, ALL, BROKEN, NONE, Verdict.RETRY),
        arguments(algo, any, ALL, NONE, BROKEN, Verdict.RETRY),
        arguments(algo, any, ALL, ALL, BROKEN, Verdict.DEAD_LETTER),
        arguments(algo, any, BROKEN, BROKEN, BROKEN, Verdict.DEAD_LETTER),
        // exceptions that misbehave
        arguments(algo, circle(), ALL, NONE, NONE, Verdict.RETRY),
        arguments(algo, new Selfish(), ALL, NONE, NONE, Verdict.RETRY),
        arguments(algo, new Unaskable(), ALL, NONE, NONE, Verdict.RETRY),
        arguments(algo, new IOException(new Unaskable()), IO, NONE, NONE, Verdict.RETRY));
  }

  @ParameterizedTest
  @MethodSource("table")
  void eachFailureHasItsVerdict(
      FailureReason reason,
      Throwable cause,
      Predicate<Throwable> retryOn,
      Predicate<Throwable> deadLetterOn,
      Predicate<Throwable> haltOn,
      Verdict verdict) {
    FailureClasses classes = new FailureClasses(retryOn, deadLetterOn, haltOn);
    assertThat(classes.of(new Failure(reason, cause, 1))).isEqualTo(verdict);
    assertThat(classes.of(new Failure(reason, cause, 7))).isEqualTo(verdict);
  }

  @ParameterizedTest
  @EnumSource(FailureReason.class)
  void whatIsWrongWithTheRecordIsNotForThePredicates(FailureReason reason) {
    Failure failure = new Failure(reason, new IOException("x"), 0);
    boolean mayPass = THAT_MAY_PASS.contains(reason);
    assertThat(new FailureClasses(ALL, NONE, NONE).of(failure))
        .isEqualTo(mayPass ? Verdict.RETRY : Verdict.DEAD_LETTER);
    assertThat(new FailureClasses(ALL, NONE, ALL).of(failure))
        .isEqualTo(mayPass ? Verdict.HALT : Verdict.DEAD_LETTER);
    new FailureClasses(BROKEN, BROKEN, BROKEN).of(failure);
    assertThat(log.list).hasSize(mayPass ? 3 : 0);
  }

  @Test
  void aPredicateThatThrowsIsLoggedOnceForEachClassItWasAskedAbout() {
    FailureClasses classes = new FailureClasses(ALL, BROKEN, NONE);
    for (int i = 0; i < 3; i++) {
      classes.of(new Failure(FailureReason.ALGO, new IOException("x"), 1));
      classes.of(new Failure(FailureReason.TIMEOUT, new TimeoutException("x"), 1));
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "the predicate deadLetterOn threw at a java.io.IOException, which counts as not"
                + " matching (logged once)",
            "the predicate deadLetterOn threw at a java.util.concurrent.TimeoutException, which"
                + " counts as not matching (logged once)");
    assertThat(log.list.get(0).getThrowableProxy().getMessage())
        .isEqualTo("the predicate's own fault");
  }

  private static Throwable told(Throwable cause) {
    return new StorageException("x", cause);
  }

  private static boolean none(Throwable failure) {
    return false;
  }

  private static boolean all(Throwable failure) {
    return true;
  }

  private static boolean broken(Throwable failure) {
    throw new AssertionError("the predicate's own fault");
  }

  private static Throwable wrapped(Throwable innermost, int times) {
    return IntStream.range(0, times)
        .boxed()
        .reduce(innermost, (cause, i) -> new Exception("level " + i, cause), (a, b) -> b);
  }

  private static Throwable suppressing(Throwable suppressed) {
    Throwable top = new IOException("x");
    top.addSuppressed(suppressed);
    return top;
  }

  private static Throwable circle() {
    Exception one = new Exception("one");
    Exception two = new Exception("two", one);
    one.initCause(two);
    return one;
  }

  private static final class Never extends NonRetriableException {
    private static final long serialVersionUID = 1L;

    Never() {
      super("an author's own");
    }
  }

  private static final class Selfish extends Exception {
    private static final long serialVersionUID = 1L;

    @Override
    public synchronized Throwable getCause() {
      return this;
    }
  }

  private static final class Unaskable extends Exception {
    private static final long serialVersionUID = 1L;

    @Override
    public synchronized Throwable getCause() {
      throw new UnsupportedOperationException("not to be asked");
    }
  }
}
