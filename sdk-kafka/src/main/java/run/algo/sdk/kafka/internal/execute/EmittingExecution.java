package run.algo.sdk.kafka.internal.execute;

import java.io.Closeable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Output;
import run.algo.sdk.OutputFile;
import run.algo.sdk.Pipe;
import run.algo.sdk.StorageException;
import run.algo.sdk.kafka.internal.record.Failure;

/**
 * The part of an {@link Execution} that has to do with what it emits: until it is closed a chain
 * that any thread may add to, afterwards the sends that come of it. A superclass, since the
 * execution is to be the one object of ours per record.
 *
 * <p>The chain's head is swapped for an end mark, so an emission that comes from another thread is
 * either in the chain or refused, never lost; its place in the chain is its index. Afterwards only
 * the count of open sends and the first failure are shared, with the producer's thread.
 */
abstract class EmittingExecution implements AlgoContext {

  private static final VarHandle OPEN_SENDS;
  private static final VarHandle EMISSIONS;

  /** Takes the place of the emissions when the execution has ended. */
  private static final Emission CLOSED = new Emission(null, null);

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      OPEN_SENDS = lookup.findVarHandle(EmittingExecution.class, "openSends", int.class);
      EMISSIONS = lookup.findVarHandle(EmittingExecution.class, "emissions", Emission.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Null for most: made when a payload or an output file is asked for. */
  private volatile @Nullable ExecutionFiles files;

  /** The last emission, linked to those before. */
  @SuppressWarnings("unused") // by EMISSIONS
  private volatile @Nullable Emission emissions;

  /** Written before the first send, which publishes it. */
  private int sends;

  @SuppressWarnings("unused") // by OPEN_SENDS
  private volatile int openSends;

  /** What has been prepared for a transaction. By one thread at a time. */
  private @Nullable PreparedSends prepared;

  /** Null for most. */
  private volatile @Nullable ExecutionExtras extras;

  /** An emission and the one before it. */
  private static final class Emission {
    private final @Nullable Output<?> output;
    private final @Nullable Emission previous;
    private final int index;

    Emission(@Nullable Output<?> output, @Nullable Emission previous) {
      this.output = output;
      this.previous = previous;
      this.index = previous == null ? 0 : previous.index + 1;
    }
  }

  /** The output of a pipe; an unknown one is the emitting line's error. */
  abstract OutputTarget target(Pipe<?> pipe);

  /** Puts what it writes into storage. */
  abstract Uploads uploads();

  /** All that it leads to is there, and may be written in a transaction. */
  abstract void handOver(PreparedSends all);

  // What the author does

  @Override
  public final void emit(Output<?> output) {
    refuseWhenClosed(emissions);
    target(output.pipe());
    append(output);
  }

  @Override
  public final StreamedOutput openOutput(OutputFile file) throws StorageException {
    refuseWhenClosed(emissions);
    OutputTarget target = target(file.pipe());
    StreamedOutput stream = uploads().open(target, file);
    files().<Closeable>keep(stream::abort); // its own close is the author's
    stream.index(append(stream.output()));
    return stream;
  }

  /** Adds an emission; tells its index. */
  private int append(Output<?> output) {
    Emission last;
    Emission next;
    do {
      last = emissions;
      refuseWhenClosed(last);
      next = new Emission(output, last);
    } while (!EMISSIONS.compareAndSet(this, last, next));
    return next.index;
  }

  private void refuseWhenClosed(@Nullable Emission last) {
    if (last == CLOSED) {
      throw new IllegalStateException(
          "the execution of " + position() + " has ended: what it emits now would be lost");
    }
  }

  /**
   * What it holds beside its record, for the author's part.
   *
   * @throws IllegalStateException when that has ended
   */
  final ExecutionFiles files() {
    ExecutionFiles known = files;
    if (known == null) {
      synchronized (this) { // an author's threads may both ask
        known = files;
        if (known == null) {
          known = new ExecutionFiles();
          files = known;
        }
      }
      if (emissions == CLOSED) { // whoever has closed it may not have seen these
        known.end();
        refuseWhenClosed(CLOSED);
      }
    }
    return known;
  }

  /** What few executions have; made when it is asked for. */
  final ExecutionExtras extras() {
    ExecutionExtras known = extras;
    if (known == null) {
      synchronized (this) { // an author's threads may both ask
        known = extras;
        if (known == null) {
          known = new ExecutionExtras();
          extras = known;
        }
      }
    }
    return known;
  }

  /** The record's payload, if it was asked for. */
  final @Nullable RecordPayload payloadAskedFor() {
    ExecutionFiles known = files;
    return known == null ? null : known.payload;
  }

  /** Nothing of it is needed any more: what it has open is closed. */
  void endFiles() {
    ExecutionFiles known = files;
    if (known != null) {
      known.end();
    }
  }

  /**
   * Ends the author's part: what is emitted later is refused.
   *
   * @return what was emitted, in its order; nothing when it was closed before
   */
  final List<Output<?>> close() {
    return firstClose().orElseGet(List::of);
  }

  /** As {@link #close()}; empty for all but the first who closes. */
  final Optional<List<Output<?>>> firstClose() {
    Emission last = (Emission) EMISSIONS.getAndSet(this, CLOSED);
    if (last == CLOSED) {
      return Optional.empty();
    }
    if (last == null) {
      return Optional.of(List.of());
    }
    List<Output<?>> inOrder = new ArrayList<>(last.index + 1);
    for (Emission next = last; next != null; next = next.previous) {
      inOrder.add(Objects.requireNonNull(next.output));
    }
    Collections.reverse(inOrder);
    return Optional.of(inOrder);
  }

  // What is told of it

  /** It begins, and is traced. */
  final void span(ExecutionSpan begun) {
    extras().span = begun;
  }

  final @Nullable ExecutionSpan span() {
    ExecutionExtras known = extras;
    return known == null ? null : known.span;
  }

  /** Makes a record that comes of it tell of it, where it is traced. */
  final void mark(Headers headers) {
    ExecutionSpan known = span();
    if (known != null) {
      known.inject(headers);
    }
  }

  /** What comes of it is known. */
  final void endSpan() {
    ExecutionSpan known = span();
    if (known != null) {
      known.end();
    }
  }

  /** It has failed. */
  final void endSpan(Failure failure) {
    ExecutionSpan known = span();
    if (known != null) {
      known.failed(failure);
      known.end();
    }
  }

  /** A defect of ours has ended it. */
  final void endSpan(Throwable error) {
    ExecutionSpan known = span();
    if (known != null) {
      known.failed(error);
      known.end();
    }
  }

  // What comes of it

  /** Must be called before the first of the sends. */
  final void expectSends(int count) {
    sends = count;
    if (count > 1) {
      OPEN_SENDS.set(this, count);
    }
  }

  /** How many sends there will be. */
  final int sends() {
    return sends;
  }

  /** Keeps a send until all that belong together are there, and then hands them over. */
  final void prepare(Send send) {
    PreparedSends known = prepared;
    if (known == null) {
      known = new PreparedSends();
      prepared = known;
    }
    if (known.add(send) >= send.together()) {
      handOver(known);
    }
  }

  /** Keeps a send that its transaction has not written until all of its record are back. */
  final void setAside(Send send) {
    Objects.requireNonNull(prepared).add(send);
  }

  /** Those that were set aside, all of them, come again. */
  final void resend() {
    expectSends(sends);
    handOver(Objects.requireNonNull(prepared));
  }

  /** Those that were set aside do not come again. */
  final void dropPrepared() {
    Objects.requireNonNull(prepared).drop();
  }

  /** One send has its end, good or bad; true when it was the last. */
  final boolean sendEnded() {
    return sends == 1 || (int) OPEN_SENDS.getAndAdd(this, -1) == 1;
  }

  /** Remembers that a send can never succeed; the first such failure counts. */
  final void sendFailed(Failure failure) {
    ExecutionExtras known = extras();
    if (known.sendFailure == null) {
      known.sendFailure = failure;
    }
  }

  final @Nullable Failure sendFailure() {
    ExecutionExtras known = extras;
    return known == null ? null : known.sendFailure;
  }
}
