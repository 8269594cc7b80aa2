package run.algo.sdk.kafka.internal.execute;

import org.jspecify.annotations.Nullable;
import run.algo.sdk.Algo;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;

/**
 * An Algo in one of its forms. Within the SDK its types are not known; that they fit the codecs is
 * what the builder's signatures, or the Algo's class, have made sure of.
 */
public sealed interface AlgoForm {

  /** {@return which form it is} */
  FormKind kind();

  /** {@return the author's object} */
  Object algo();

  /**
   * One record at a time on a thread.
   *
   * @param algo the Algo
   */
  record Sync(Algo<?, ?> algo) implements AlgoForm {
    @Override
    public FormKind kind() {
      return FormKind.SYNC;
    }

    @SuppressWarnings("unchecked")
    Algo<@Nullable Object, Object> untyped() {
      return (Algo<@Nullable Object, Object>) algo;
    }
  }

  /**
   * One record at a time without a thread.
   *
   * @param algo the Algo
   */
  record Async(AsyncAlgo<?, ?> algo) implements AlgoForm {
    @Override
    public FormKind kind() {
      return FormKind.ASYNC;
    }

    @SuppressWarnings("unchecked")
    AsyncAlgo<@Nullable Object, Object> untyped() {
      return (AsyncAlgo<@Nullable Object, Object>) algo;
    }
  }

  /**
   * Several records at once.
   *
   * @param algo the Algo
   */
  record Batch(BatchAlgo<?, ?> algo) implements AlgoForm {
    @Override
    public FormKind kind() {
      return FormKind.BATCH;
    }

    @SuppressWarnings("unchecked")
    BatchAlgo<@Nullable Object, Object> untyped() {
      return (BatchAlgo<@Nullable Object, Object>) algo;
    }
  }
}
