package run.algo.sdk.kafka.internal.execute;

import org.apache.kafka.common.header.Headers;
import run.algo.sdk.spi.FileReference;

/** Stands in for a record whose content is still to go to storage. */
final class PendingRecord extends OutputRecord {

  private static final byte[] NOTHING = {};

  private final Content content;
  private final boolean streamed;

  /** What becomes an object. */
  interface Content {

    /**
     * Puts it into storage.
     *
     * @throws Exception when it cannot be read; a {@link run.algo.sdk.StorageException} when it
     *     cannot be written
     */
    FileReference store(Uploads uploads, String key) throws Exception;
  }

  /**
   * A record.
   *
   * @param streamed whether most of the content is there already
   */
  PendingRecord(
      OutputTarget target,
      int emission,
      byte[] key,
      Headers headers,
      Content content,
      boolean streamed) {
    super(target, emission, key, NOTHING, headers, 0);
    this.content = content;
    this.streamed = streamed;
  }

  Content content() {
    return content;
  }

  boolean isStreamed() {
    return streamed;
  }
}
