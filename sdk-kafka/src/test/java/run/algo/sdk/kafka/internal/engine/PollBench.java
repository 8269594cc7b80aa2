package run.algo.sdk.kafka.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Poll threads whose turns, looks and time are driven by the test's hand; the threads are real
 * ones. Whatever happens is told, with the thread that it happens on.
 */
final class PollBench implements PollThreads.Loop, PollThreads.Left {

  /** What has happened. */
  record Told(String what, Thread by) {}

  /** What a turn does. */
  interface Turn {
    void run() throws InterruptedException;
  }

  final List<Told> told = new CopyOnWriteArrayList<>();
  final BlockingQueue<Runnable> toWorkers = new LinkedBlockingQueue<>();
  final Queue<Runnable> timers = new ConcurrentLinkedQueue<>();
  final List<Thread> left = new CopyOnWriteArrayList<>();
  final List<Thread> done = new CopyOnWriteArrayList<>();
  final AtomicInteger wakes = new AtomicInteger();

  /** It overflows within a test. */
  final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 50_000_000);

  /** What follows after visits, beside that they are told. */
  volatile Runnable afterVisits = () -> {};

  /** Whether threads cannot be started. */
  volatile boolean exhausted;

  final PollThreads poll =
      new PollThreads(
          toWorkers::add,
          new PollThreads.Means(this::thread, this::after, now::get, this, this::afterVisits));

  private final BlockingQueue<Turn> turns = new LinkedBlockingQueue<>();
  private volatile boolean goesOn = true;
  private volatile @Nullable Throwable thrown;

  private final Thread runner =
      new Thread(
          () -> {
            try {
              poll.run(this);
            } catch (Throwable t) {
              thrown = t;
            }
            tell("returned");
          },
          "runner");

  private Thread thread(Runnable task) {
    boolean fails = exhausted;
    return new Thread(task) {
      @Override
      public synchronized void start() {
        if (fails) {
          throw new OutOfMemoryError("unable to create native thread");
        }
        super.start();
      }
    };
  }

  private void after(Duration delay, Runnable task) {
    assertThat(delay).isEqualTo(PollThreads.LOOK);
    timers.add(task);
  }

  private void afterVisits() {
    tell("after");
    afterVisits.run();
  }

  @Override
  public void own() {
    tell("owns");
  }

  @Override
  public boolean turn() {
    try {
      turns.take().run();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted within a turn", e);
    }
    return goesOn;
  }

  @Override
  public void wake() {
    wakes.incrementAndGet();
    turns.add(() -> {});
  }

  @Override
  public void left(Thread thread) {
    left.add(thread);
    tell("left");
  }

  @Override
  public void done(Thread thread) {
    done.add(thread); // before it is told, which tests wait for
    tell("done");
  }

  void tell(String what) {
    told.add(new Told(what, Thread.currentThread()));
  }

  /** What was told, but for the threads' own affairs. */
  List<String> story() {
    return told.stream()
        .map(Told::what)
        .filter(what -> !List.of("owns", "left", "done", "returned").contains(what))
        .toList();
  }

  /** The thread that something was told by, once it is. */
  Thread by(String what) {
    soon().until(() -> told.stream().anyMatch(each -> each.what().equals(what)));
    return told.stream()
        .filter(each -> each.what().equals(what))
        .map(Told::by)
        .findFirst()
        .orElseThrow();
  }

  /** There will be such a turn. */
  void turn(Turn turn) {
    turns.add(turn);
  }

  /** There will be a turn that collects these. */
  void turnOf(Runnable... tasks) {
    turn(() -> collect(tasks));
  }

  /** Within a turn: these come of it. */
  void collect(Runnable... tasks) {
    poll.collect();
    for (Runnable task : tasks) {
      poll.execute(task);
    }
  }

  /** Such a turn has been, and the next one has begun. */
  void turned(Turn turn) {
    CountDownLatch next = new CountDownLatch(1);
    turn(turn);
    turn(next::countDown);
    awaitLatch(next);
  }

  /** Within a turn: whether there is to be another. */
  void goesOn(boolean now) {
    goesOn = now;
  }

  /** The loop begins, on other threads than the test's. */
  void begin() {
    runner.start();
    by("owns");
  }

  /** As {@link #begin} where it cannot begin by itself. */
  void beginInVain() {
    runner.start();
  }

  /** The loop has its last turn. */
  void end() {
    turn(() -> goesOn(false));
    awaitEnd();
    assertThat(thrown).isNull();
  }

  /** All turns have been, on this thread's behalf. */
  void runToEnd() {
    turn(() -> goesOn(false));
    poll.run(this);
  }

  private void awaitEnd() {
    try {
      runner.join(60_000);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(runner.isAlive()).as("the loop has not ended").isFalse();
  }

  Thread runner() {
    return runner;
  }

  /** Time comes to look. */
  void look() {
    Runnable task = timers.poll();
    assertThat(task).as("a look to come").isNotNull();
    if (task != null) {
      task.run();
    }
  }

  /** A poll thread has been relieved. */
  void relieve() {
    int before = left.size();
    Hold hold = new Hold(false);
    turnOf(hold);
    hold.awaitHeld();
    look();
    look();
    assertThat(left).hasSize(before + 1);
    hold.release();
    soon().until(() -> told.contains(new Told("done", hold.thread())));
  }

  /** Whether a quick visit that comes of a turn is the poll thread's. */
  boolean collects() {
    assertThat(toWorkers).isEmpty();
    int before = story().size();
    turned(() -> collect(quick("probe")));
    boolean visited = story().size() > before;
    assertThat(toWorkers.poll() == null).isEqualTo(visited);
    return visited;
  }

  void passes(Duration time) {
    now.addAndGet(time.toNanos());
  }

  PollThreads.Visit quick(String name) {
    return quick(name, () -> {});
  }

  PollThreads.Visit quick(String name, Runnable does) {
    return new Visiting(name, true, does);
  }

  PollThreads.Visit slow(String name) {
    return new Visiting(name, false, () -> {});
  }

  private final class Visiting implements PollThreads.Visit {
    private final String name;
    private final boolean quick;
    private final Runnable does;

    Visiting(String name, boolean quick, Runnable does) {
      this.name = name;
      this.quick = quick;
      this.does = does;
    }

    @Override
    public void run() {
      tell(name);
      does.run();
    }

    @Override
    public boolean isQuick() {
      return quick;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A visit that was quick until now, and lasts until it is released. */
  static final class Hold implements PollThreads.Visit {
    private final boolean busy;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final Runnable then;
    private volatile Thread thread = Thread.currentThread();

    /**
     * One that lasts.
     *
     * @param busy whether it is at work meanwhile; else it waits
     */
    Hold(boolean busy) {
      this(busy, () -> {});
    }

    Hold(boolean busy, Runnable then) {
      this.busy = busy;
      this.then = then;
    }

    @Override
    public void run() {
      thread = Thread.currentThread();
      begun.countDown();
      while (busy && released.getCount() > 0) {
        Thread.onSpinWait();
      }
      awaitLatch(released);
      then.run();
    }

    @Override
    public boolean isQuick() {
      return true;
    }

    /** It is under way. */
    void awaitHeld() {
      awaitLatch(begun);
      soon().until(() -> busy || thread.getState() != Thread.State.RUNNABLE);
    }

    void release() {
      released.countDown();
    }

    /** Who does it. */
    Thread thread() {
      return thread;
    }
  }

  /** Waits for what comes soon. */
  static ConditionFactory soon() {
    return await()
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1));
  }

  static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).as("it comes").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
