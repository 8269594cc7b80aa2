package run.algo.sdk.benchmarks.process;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is done with each record between reading and writing it. Every arm does it by the same code.
 * Stateless, so safe for use by several threads.
 */
sealed interface Work permits Work.None, Work.Wait, Work.Cpu, FirstSeen, Gate {

  /** Does it once. */
  void run() throws InterruptedException;

  /** Does it once, where no interrupt may be passed on: it ends the run. */
  default void runHere() {
    try {
      run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted at work", e);
    }
  }

  /**
   * Does it once, and holds no thread while it waits.
   *
   * @return completes with the result when it is done
   */
  default <T> CompletionStage<T> begin(T result, ScheduledExecutorService timer)
      throws InterruptedException {
    run();
    return CompletableFuture.completedFuture(result);
  }

  /** Whether a thread stands still meanwhile: more of them do more. */
  default boolean waits() {
    return false;
  }

  /** The text that {@link #parse} makes the same work of, in another process too. */
  String spec();

  /**
   * Reads {@code 0}, {@code cpu:20us}, {@code wait:10ms} or {@code cpu-rounds:1234}. Time of the
   * processor is turned into a number of rounds here, once, so that all processes do the same work
   * however busy the machine is meanwhile.
   */
  static Work parse(String spec) {
    if (spec.equals("0")) {
      return new None();
    }
    if (spec.startsWith("cpu-rounds:")) {
      return new Cpu(Long.parseLong(spec.substring("cpu-rounds:".length())));
    }
    if (spec.startsWith("cpu:")) {
      return Cpu.lasting(duration(spec.substring("cpu:".length())));
    }
    if (spec.startsWith("wait:")) {
      return new Wait(duration(spec.substring("wait:".length())));
    }
    throw new IllegalArgumentException(
        "work is " + spec + ": use 0, cpu:20us or wait:10ms, with us or ms");
  }

  private static Duration duration(String text) {
    Matcher matcher = Pattern.compile("([0-9]{1,9})(us|ms)").matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw new IllegalArgumentException(
          "the duration is " + text + ": use a positive number with us or ms, such as 20us");
    }
    long number = Long.parseLong(matcher.group(1));
    TimeUnit unit = matcher.group(2).equals("us") ? TimeUnit.MICROSECONDS : TimeUnit.MILLISECONDS;
    return Duration.ofNanos(unit.toNanos(number));
  }

  /** Nothing: what is left is the cost of the loop itself. */
  record None() implements Work {
    @Override
    public void run() {}

    @Override
    public String spec() {
      return "0";
    }
  }

  /** Waits, as for an answer over the network. */
  record Wait(Duration time) implements Work {
    @Override
    public void run() throws InterruptedException {
      Thread.sleep(time.toMillis(), time.toNanosPart() % 1_000_000);
    }

    @Override
    public <T> CompletionStage<T> begin(T result, ScheduledExecutorService timer) {
      CompletableFuture<T> stage = new CompletableFuture<>();
      var unused =
          timer.schedule(() -> stage.complete(result), time.toNanos(), TimeUnit.NANOSECONDS);
      return stage;
    }

    @Override
    public boolean waits() {
      return true;
    }

    @Override
    public String spec() {
      return "wait:" + time.toNanos() / 1_000 + "us";
    }
  }

  /** Computes: so many steps, each waiting for the one before. */
  record Cpu(long rounds) implements Work {

    private static final int CALIBRATIONS = 20;
    private static final long CALIBRATION_ROUNDS = 5_000_000;

    /** The work of an undisturbed processor in this time: the best of several tries counts. */
    static Cpu lasting(Duration time) {
      Cpu probe = new Cpu(CALIBRATION_ROUNDS);
      long best = Long.MAX_VALUE;
      for (int i = 0; i < CALIBRATIONS; i++) {
        long begin = System.nanoTime();
        probe.run();
        best = Math.min(best, System.nanoTime() - begin);
      }
      double perNano = (double) CALIBRATION_ROUNDS / Math.max(1, best);
      return new Cpu(Math.max(1, Math.round(time.toNanos() * perNano)));
    }

    @Override
    public void run() {
      long state = rounds;
      for (long i = 0; i < rounds; i++) {
        state ^= state >>> 33;
        state *= 0xFF51AFD7ED558CCDL;
      }
      // Each step is invertible and keeps 0 to itself, which the compiler cannot know.
      if (state == 0) {
        throw new IllegalStateException("a number other than 0 has become 0");
      }
    }

    @Override
    public String spec() {
      return "cpu-rounds:" + rounds;
    }
  }
}
