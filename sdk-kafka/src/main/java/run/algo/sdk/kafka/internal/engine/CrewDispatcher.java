package run.algo.sdk.kafka.internal.engine;

/** What the dispatchers have in common whose records are executed by a crew, one by one. */
abstract class CrewDispatcher implements Dispatcher, Crew.Work {

  private final Crew crew;
  private final Timers timers;

  @SuppressWarnings("this-escape") // the crew calls nothing before there is work
  CrewDispatcher(Crew.Workers workers, Crew.RecordRunner runner, EnginePlan.Share share) {
    this.timers = workers.timers();
    this.crew = new Crew(workers, runner, share, this);
  }

  final Crew crew() {
    return crew;
  }

  /** A record that was executed is to be executed again: that may be begun once it has waited. */
  final void later(RecordBatch batch, int index, Runnable then) {
    Delay.begin(
        timers,
        batch.flow(),
        batch.delay(index),
        () -> {
          batch.waited(index);
          then.run();
          crew.call();
        });
  }

  @Override
  public final void halt(boolean now) {
    crew.halt(now);
  }

  @Override
  public final void pause(boolean now) {
    crew.pause(now);
  }

  @Override
  public final void stop() {
    crew.stop();
  }

  @Override
  public void limit(EnginePlan.Share share) {
    crew.limit(share);
  }
}
