package run.algo.examples.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.BatchRecord;
import run.algo.sdk.NonRetriableException;
import run.algo.sdk.Payload;
import run.algo.sdk.Pipe;
import tools.jackson.databind.node.JsonNodeFactory;

/** The row {@code read}: what a payload holds, read as a stream, in each of the SDK's forms. */
final class ReadRow {

  static final Pipe<Payload> FILES_IN = Pipe.payload("files_in");

  private static final int BUFFER = 64 * 1024;

  private ReadRow() {}

  static Algo<@Nullable Payload, Void> sync() {
    return (payload, context) -> {
      read(payload, context);
      return null;
    };
  }

  /** Reading blocks, so it is done on threads of ours. */
  static AsyncAlgo<@Nullable Payload, Void> async() {
    ExecutorService busy = ConformanceAsyncAlgo.busyThreads();
    return (payload, context) -> {
      CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();
      busy.execute(() -> ConformanceAsyncAlgo.complete(stage, () -> read(payload, context)));
      return stage;
    };
  }

  /** Each record by itself, in the order of the batch. */
  static BatchAlgo<@Nullable Payload, Void> batch() {
    return records -> {
      for (BatchRecord<@Nullable Payload, Void> record : records) {
        ConformanceBatchAlgo.settle(record, () -> read(record.value(), record.context()));
      }
    };
  }

  private static void read(@Nullable Payload payload, AlgoContext context) throws IOException {
    long startedMs = System.currentTimeMillis();
    if (payload == null) {
      throw new NonRetriableException("there is nothing to read: the record has no value");
    }
    Digest digest = new Digest();
    try (InputStream in = payload.open()) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, count);
      }
    }
    var id = JsonNodeFactory.instance.stringNode(context.traceId());
    Results.emit(
        digest
            .putInto(Results.of(id, "read", 0, context, startedMs))
            .put("fileName", context.fileName()),
        context);
  }
}
