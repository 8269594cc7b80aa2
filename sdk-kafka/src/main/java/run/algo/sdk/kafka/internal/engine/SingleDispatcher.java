package run.algo.sdk.kafka.internal.engine;

/** A dispatcher that takes records one by one, in any order. */
interface SingleDispatcher extends Dispatcher {

  /**
   * Takes over one record, which waits for nothing any more. From any thread; never blocks.
   *
   * @param batch its batch
   * @param index its index there
   */
  void dispatch(RecordBatch batch, int index);
}
