package run.algo.sdk;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One processing step of a pipeline that waits without a thread: a record in, and a stage that
 * completes with at most one record out. For whoever calls other services by a client that answers
 * later; {@link Algo} is simpler wherever the work is done on the thread itself.
 *
 * <pre>{@code
 * public final class Enrich implements AsyncAlgo<Order, Order> {
 *   private final CustomerClient customers = new CustomerClient();
 *
 *   @Override public CompletionStage<Order> run(Order order, AlgoContext context) {
 *     return customers.find(order.customer()).thenApply(order::withCustomer);
 *   }
 * }
 * }</pre>
 *
 * <p>Types, formats and {@link Void} are as for {@link Algo}.
 *
 * <p><b>Threads.</b> One instance serves all executions, several at the same time. {@link #run} is
 * called on a worker of the runner, which it should leave soon: whatever else is ready waits for
 * it. From its return until the stage completes the record is in flight and holds no thread. What
 * comes after (encoding and writing) is done by a worker, never on the thread that completes the
 * stage. Order is kept as for {@link Algo}: the next record of the same order scope is not executed
 * before this one's stage has completed. At most {@code ALGO_CONCURRENCY} records are in flight at
 * once, 1000 by default where all inputs of the runner are asynchronous.
 *
 * <p><b>Context.</b> It may be used from any thread until the returned stage completes, by one
 * thread at a time. What was emitted by then is written; what is emitted later, by what depends on
 * that stage or runs beside it, is refused with an {@link IllegalStateException}. So complete the
 * stage last.
 *
 * <p><b>Failures.</b> The record fails, alone, when {@link #run} throws, when it returns no stage,
 * when the stage completes exceptionally and when it is cancelled; {@link Error}s included. The
 * failure is the exception itself, without the {@link java.util.concurrent.CompletionException}s
 * and {@link java.util.concurrent.ExecutionException}s around it, so {@link NonRetriableException}
 * means the same as for {@link Algo}. A stage that never completes stops its order scope and keeps
 * its place among the executions: give what you call a timeout.
 *
 * <p><b>Ends.</b> Stages are not cancelled when a partition is taken away or the runner closes.
 * What has not completed by the end of the drain is executed again by the next owner; what
 * completes later is not committed, and after the close it is not written either.
 *
 * @param <I> type of the input value
 * @param <O> type of the output value
 * @since 0.1.0
 */
@FunctionalInterface
public interface AsyncAlgo<I extends @Nullable Object, O> {

  /**
   * Begins the execution of the Algo on one record.
   *
   * @param input the decoded value; {@code null} where the record has none (a tombstone), unless
   *     its codec says otherwise ({@link run.algo.sdk.codec.Codec#decodeTombstone()})
   * @param context what is known of the record, and the way to further outputs; valid until the
   *     returned stage completes
   * @return completes with the value for the output, or with {@code null} for none; may be complete
   *     already; never null itself
   * @throws Exception any failure of this record
   */
  CompletionStage<@Nullable O> run(I input, AlgoContext context) throws Exception;
}
