package run.algo.sdk.kafka.internal.engine;

/** What the dispatchers have in common whose records are executed by a crew, one by one. */
abstract class CrewDispatcher implements Dispatcher, Crew.Work {

  private final Crew crew;

  @SuppressWarnings("this-escape") // the crew calls nothing before there is work
  CrewDispatcher(Crew.Workers workers, Crew.RecordRunner runner, EnginePlan.Share share) {
    this.crew = new Crew(workers, runner, share, this);
  }

  final Crew crew() {
    return crew;
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
