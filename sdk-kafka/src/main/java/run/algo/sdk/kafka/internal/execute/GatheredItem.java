package run.algo.sdk.kafka.internal.execute;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.GatheredRecord;
import run.algo.sdk.Payload;
import run.algo.sdk.RecordHeaders;
import run.algo.sdk.RecordPosition;

/** One of the records of an execution that gathers several, as the author sees it. */
final class GatheredItem implements GatheredRecord {

  /** Never executed by itself: it only knows what is to be known of the record. */
  private final Execution record;

  private final @Nullable Object value;

  GatheredItem(Execution record, @Nullable Object value) {
    this.record = record;
    this.value = value;
  }

  @Override
  public String input() {
    return record.input();
  }

  @Override
  public @Nullable Object value() {
    return value;
  }

  @Override
  public Optional<String> key() {
    return record.key();
  }

  @Override
  public Optional<byte[]> keyBytes() {
    return record.keyBytes();
  }

  @Override
  public RecordHeaders headers() {
    return record.headers();
  }

  @Override
  public Optional<String> contentType() {
    return record.contentType();
  }

  @Override
  public String fileName() {
    return record.fileName();
  }

  @Override
  public Optional<Payload> payload() {
    return record.payload();
  }

  @Override
  public RecordPosition position() {
    return record.position();
  }

  @Override
  public String toString() {
    return "gathered record " + position();
  }
}
