package run.algo.sdk.kafka.internal.engine;

/** Executes nothing: the benchmark does. */
class IdleDispatcher implements Dispatcher {

  @Override
  public void dispatch(RecordBatch batch) {
    // nothing runs
  }

  @Override
  public void halt(boolean now) {
    // nothing runs
  }

  @Override
  public void pause(boolean now) {
    // nothing runs
  }

  @Override
  public void stop() {
    // nothing runs
  }

  @Override
  public void limit(EnginePlan.Share share) {
    // nothing runs
  }
}
