package run.algo.sdk;

import org.jspecify.annotations.Nullable;

/**
 * One processing step of a pipeline: a record in, at most one record out.
 *
 * <p>The types are read from the implementing class, so a plain class needs no further declaration:
 *
 * <pre>{@code
 * public final class Uppercase implements Algo<String, String> {
 *   @Override public String run(String text, AlgoContext context) {
 *     return text.toUpperCase(Locale.ROOT);
 *   }
 * }
 * }</pre>
 *
 * <p>{@code String} is read and written as UTF-8 text, {@code byte[]} as it is, any other type as
 * JSON; another format is named by a {@link Pipe}. An output type of {@link Void} means that the
 * Algo returns nothing.
 *
 * <p><b>Threads.</b> One instance serves all executions. Records of one partition are executed one
 * at a time and in order, but by changing threads; different partitions run at the same time, so
 * state of the instance must be thread-safe.
 *
 * <p><b>Failures.</b> Whatever {@link #run} throws, {@link Error}s included, fails this record
 * alone; nothing that the failed execution emitted is written. {@link NonRetriableException} says
 * that trying again cannot help.
 *
 * <p>{@link AsyncAlgo} is the form for work that waits without a thread, {@link BatchAlgo} the one
 * for work that is cheaper for several records together.
 *
 * @param <I> type of the input value
 * @param <O> type of the output value
 * @since 0.1.0
 */
@FunctionalInterface
public interface Algo<I extends @Nullable Object, O> {

  /**
   * Executes the Algo on one record.
   *
   * @param input the decoded value; {@code null} where the record has none (a tombstone), unless
   *     its codec says otherwise ({@link run.algo.sdk.codec.Codec#decodeTombstone()})
   * @param context what is known of the record, and the way to further outputs; valid until this
   *     method returns
   * @return the value for the output, or {@code null} for none
   * @throws Exception any failure of this record
   */
  @Nullable O run(I input, AlgoContext context) throws Exception;
}
