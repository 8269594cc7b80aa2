package run.algo.sdk;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One processing step of a pipeline that takes several records at once, for work that is cheaper
 * together: a bulk insert, one call to a model for many inputs. Each record is settled by itself.
 *
 * <pre>{@code
 * public final class Score implements BatchAlgo<String, Double> {
 *   private final Model model = Model.load();
 *
 *   @Override public void run(List<BatchRecord<String, Double>> records) {
 *     double[] scores = model.score(records.stream().map(BatchRecord::value).toList());
 *     for (int i = 0; i < scores.length; i++) {
 *       records.get(i).complete(scores[i]);
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>Types, formats and {@link Void} are as for {@link Algo}; with {@link Void} a record is settled
 * by {@link BatchRecord#complete()}.
 *
 * <p><b>Batches.</b> A batch has at least one record and at most {@code ALGO_BATCH_SIZE} (100 by
 * default): what has come within {@code ALGO_BATCH_LINGER} (20 ms by default) of its first. Its
 * records may be of several partitions; those of one order scope stand in it in offset order. A
 * record that cannot be decoded, or is refused for its content type or parameters, is in no batch:
 * it fails by itself.
 *
 * <p>A batch is one of the {@code ALGO_CONCURRENCY} executions that there may be at once. While it
 * is under way no other batch holds records of its order scopes.
 *
 * <p><b>Settlement.</b> {@link #run} settles every record by {@link BatchRecord#complete(Object)}
 * or {@link BatchRecord#fail(Throwable)} before it returns. Nothing is dropped in silence: a record
 * that it leaves unsettled has failed, with an {@link IllegalStateException} that says so.
 *
 * <p><b>Threads.</b> One instance serves all batches, and several may be under way at once, so
 * state of the instance must be thread-safe. Within {@link #run} the records may be given to other
 * threads, each record to one thread at a time.
 *
 * <p><b>Failures.</b> When {@link #run} throws, {@link Error}s included, the records that are not
 * settled by then fail with what it threw; those completed stay completed. A failure that halts its
 * partition ({@code ALGO_ON_FAILURE=halt}) keeps back what comes after the batch; the other records
 * of the batch have been executed together with it, and those completed are written.
 *
 * <p><b>Ends.</b> When the runner closes before {@link #run} returns, its thread is interrupted
 * once {@code ALGO_SHUTDOWN_TIMEOUT} has passed, and records without an outcome are left to the
 * next owner of their partitions; so are those whose partition is taken away before they are
 * settled.
 *
 * @param <I> type of the input values
 * @param <O> type of the output values
 * @since 0.1.0
 */
@FunctionalInterface
public interface BatchAlgo<I extends @Nullable Object, O> {

  /**
   * Executes the Algo on a batch.
   *
   * @param records the batch, never empty and immutable; valid until this method returns
   * @throws Exception the failure of all records that are not settled yet
   */
  void run(List<BatchRecord<I, O>> records) throws Exception;
}
