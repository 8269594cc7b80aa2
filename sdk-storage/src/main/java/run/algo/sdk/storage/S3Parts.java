package run.algo.sdk.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URLEncoder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import run.algo.sdk.spi.FileStoreOptions;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;

/**
 * What all uploads of a store share: client, memory, and the slots in which parts are sent. An
 * upload fills a part that is its own; it needs a slot only to send it, and who has one needs
 * nothing else to give it back. So uploads never wait for each other in a circle, however many one
 * thread has open. Thread-safe.
 */
final class S3Parts {

  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final Pattern NO_TAG_LETTER = Pattern.compile("[^\\p{L}\\p{N} +\\-=._:/@]");
  private static final long IDLE_SECONDS = 30;

  private final S3Client client;
  private final Requests requests;
  private final Bucket bucket;
  private final FileStoreOptions options;
  private final UnfinishedUploads unfinished;
  private final SegmentPool pool;
  private final Semaphore slots;
  private final ExecutorService threads;

  S3Parts(S3Client client, Requests requests, Bucket bucket, FileStoreOptions options) {
    this.client = client;
    this.requests = requests;
    this.bucket = bucket;
    this.options = options;
    unfinished = new UnfinishedUploads(client, requests, bucket, options);
    pool = new SegmentPool((long) options.partSize() * (options.parts() + 1));
    slots = new Semaphore(options.parts());
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            options.parts(),
            options.parts(),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "file-store-" + NUMBERS.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    threads = executor;
  }

  S3Client client() {
    return client;
  }

  Requests requests() {
    return requests;
  }

  Bucket bucket() {
    return bucket;
  }

  UnfinishedUploads unfinished() {
    return unfinished;
  }

  SegmentPool pool() {
    return pool;
  }

  int partSize() {
    return options.partSize();
  }

  Executor threads() {
    return threads;
  }

  /** The checksum that the storage is given, or none. */
  Optional<ChecksumAlgorithm> checksum() {
    return options.crc32c() ? Optional.of(ChecksumAlgorithm.CRC32_C) : Optional.empty();
  }

  /** What a failed request of a write is told as. */
  IOException failed(String doing, String key, SdkException e) {
    if (Requests.code(e).equals("NoSuchBucket")) {
      bucket.forget();
    }
    return requests.translateWrite(doing, key, e);
  }

  void takeSlot() throws InterruptedIOException {
    try {
      slots.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting to send a part");
    }
  }

  void giveSlotBack() {
    slots.release();
  }

  /** The header of an object's tags, or none: what is no letter of a tag becomes an underline. */
  static Optional<String> tagging(Map<String, String> tags) {
    return tags.isEmpty()
        ? Optional.empty()
        : Optional.of(
            tags.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(tag -> tagText(tag.getKey(), 128) + "=" + tagText(tag.getValue(), 256))
                .collect(Collectors.joining("&")));
  }

  private static String tagText(String text, int longest) {
    String clean = NO_TAG_LETTER.matcher(text).replaceAll("_");
    int end =
        clean.offsetByCodePoints(0, Math.min(longest, clean.codePointCount(0, clean.length())));
    return URLEncoder.encode(clean.substring(0, end), UTF_8);
  }

  /** Takes no more parts; those that are being sent are interrupted. */
  void close() {
    threads.shutdownNow();
  }
}
