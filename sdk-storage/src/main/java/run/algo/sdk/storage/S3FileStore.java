package run.algo.sdk.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.FileDownload;
import run.algo.sdk.spi.FileReference;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileStoreOptions;
import run.algo.sdk.spi.FileStoreSettings;
import run.algo.sdk.spi.FileTarget;
import run.algo.sdk.spi.FileUpload;
import run.algo.sdk.spi.StoredFile;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.Tag;

/**
 * Files on S3-compatible storage.
 *
 * <p>The client is the blocking one: the calls of the port block anyway, and so a file goes between
 * socket and caller without a queue in between that would have to be bounded. Thread-safe.
 */
final class S3FileStore implements FileStore {

  /** Metadata that holds the digest of an object whose digest was known when it was begun. */
  static final String SHA256 = "algo-sha256";

  private static final int MOST_PARTS = 10_000;
  private static final int PAGE = 1_000;
  private static final String BUCKET = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]";

  /**
   * Up to here, content is sent on condition that nothing is there, which costs the usual write
   * nothing; beyond, it is asked for before, which costs less than sending it for nothing.
   */
  private static final int SENT_UNASKED = 256 * 1024;

  private final String host;
  private final FileStoreOptions options;
  private final ReferenceRules rules;
  private final RequestLimits limits = new RequestLimits();
  private final Requests requests;
  private final S3Client client;
  private final Bucket bucket;
  private final S3Parts parts;
  private volatile boolean conditions = true;
  private volatile boolean closed;

  S3FileStore(FileStoreSettings settings) {
    checkBucket("bucket", settings.bucket());
    settings.readBuckets().forEach(name -> checkBucket("readBuckets", name));
    host = settings.endpoint().getRawAuthority();
    options = settings.options();
    rules =
        new ReferenceRules(
            host, settings.bucket(), settings.readBuckets(), settings.inputDirectory());
    requests = new Requests(limits, settings.credentials());
    client = S3Clients.open(settings, limits);
    bucket = new Bucket(client, requests, settings.bucket(), settings.region());
    parts = new S3Parts(client, requests, bucket, options);
  }

  /** A bucket's name becomes part of an address. */
  private static void checkBucket(String setting, String name) {
    if (!name.matches(BUCKET)) {
      throw new IllegalArgumentException(
          setting + " of the file store: a bucket has 3 to 63 of a-z, 0-9, point and hyphen");
    }
  }

  @Override
  public FileUpload upload(FileTarget target) {
    checkTarget(target);
    return upload(target, Optional.empty(), options.partSize());
  }

  private S3Upload upload(FileTarget target, Optional<String> sha256, int partSize) {
    return new S3Upload(
        parts, host, target, sha256, Patience.of(target.timeout(), options.timeout()), partSize);
  }

  @Override
  public FileReference write(FileTarget target, byte[] content) throws IOException {
    checkTarget(target);
    String sha256 = Sha256.of(content);
    if (content.length <= SENT_UNASKED && conditions) {
      return writeSmall(target, content, sha256);
    }
    FileReference there = sameContent(target, content.length, sha256);
    if (there != null) {
      return there;
    }
    if (content.length <= options.partSize()) {
      return reference(target, content.length, sha256, put(target, content, sha256, false));
    }
    try (S3Upload upload = upload(target, Optional.of(sha256), options.partSize())) {
      upload.write(content, 0, content.length);
      return upload.complete();
    }
  }

  private FileReference writeSmall(FileTarget target, byte[] content, String sha256)
      throws IOException {
    try {
      return reference(target, content.length, sha256, put(target, content, sha256, true));
    } catch (PreconditionException e) {
      conditions &= e.understood();
    }
    FileReference there = sameContent(target, content.length, sha256);
    return there != null
        ? there
        : reference(target, content.length, sha256, put(target, content, sha256, false));
  }

  private @Nullable String put(FileTarget target, byte[] content, String sha256, boolean onlyIfNone)
      throws IOException {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(bucket.name())
            .key(target.key())
            .metadata(Map.of(SHA256, sha256));
    S3Parts.tagging(target.tags()).ifPresent(request::tagging);
    parts.checksum().ifPresent(request::checksumAlgorithm);
    if (onlyIfNone) {
      request.ifNoneMatch("*");
    }
    RequestBody body =
        RequestBody.fromContentProvider(
            () -> new java.io.ByteArrayInputStream(content),
            content.length,
            "application/octet-stream");
    try {
      Deadline deadline = Patience.of(target.timeout(), options.timeout()).deadline();
      bucket.ensure(deadline);
      return requests.call(deadline, () -> client.putObject(request.build(), body)).eTag();
    } catch (SdkException e) {
      if (onlyIfNone && PreconditionException.isMeant(e)) {
        throw new PreconditionException(Requests.status(e));
      }
      throw parts.failed("writing", target.key(), e);
    }
  }

  @Override
  public FileReference write(FileTarget target, Path content) throws IOException {
    checkTarget(target);
    long size = Files.size(content);
    String sha256 = Sha256.of(content);
    FileReference there = sameContent(target, size, sha256);
    if (there != null) {
      return there;
    }
    long least = (size + MOST_PARTS - 1) / MOST_PARTS;
    int partSize = (int) Math.max(options.partSize(), Math.min(least, Integer.MAX_VALUE / 2));
    try (InputStream in = Files.newInputStream(content);
        S3Upload upload = upload(target, Optional.of(sha256), partSize)) {
      in.transferTo(upload);
      return upload.complete();
    }
  }

  /** The reference to what is there, if that is the same content. */
  private @Nullable FileReference sameContent(FileTarget target, long size, String sha256)
      throws IOException {
    try {
      HeadObjectResponse there =
          requests.call(
              Patience.of(target.timeout(), options.timeout()).deadline(),
              () -> client.headObject(r -> r.bucket(bucket.name()).key(target.key())));
      // Without a length, as a storage may answer, it is not known to be the same.
      return Objects.equals(there.contentLength(), size)
              && sha256.equals(there.metadata().get(SHA256))
          ? reference(target, size, sha256, there.eTag())
          : null;
    } catch (SdkException e) {
      if (Requests.missing(e) || Requests.status(e) == 403) {
        // Who may write need not be allowed to look.
        return null;
      }
      throw parts.failed("looking for", target.key(), e);
    }
  }

  private FileReference reference(
      FileTarget target, long size, String sha256, @Nullable String etag) {
    return new FileReference(
        host,
        bucket.name(),
        target.key(),
        OptionalLong.of(size),
        Optional.of(sha256),
        Optional.ofNullable(etag));
  }

  @Override
  public FileDownload read(FileReference reference) throws IOException {
    return read(reference, Optional.empty());
  }

  @Override
  public FileDownload read(FileReference reference, Duration timeout) throws IOException {
    return read(reference, Optional.of(timeout));
  }

  private FileDownload read(FileReference reference, Optional<Duration> timeout)
      throws IOException {
    checkReference(reference);
    return new S3Download(client, requests, reference, Patience.of(timeout, options.timeout()));
  }

  @Override
  public boolean delete(FileReference reference) throws IOException {
    checkReference(reference);
    try {
      call(() -> client.headObject(r -> r.bucket(reference.bucket()).key(reference.file())));
      call(() -> client.deleteObject(r -> r.bucket(reference.bucket()).key(reference.file())));
      return true;
    } catch (SdkException e) {
      if (Requests.missing(e)) {
        return false;
      }
      throw requests.translate("deleting", reference.file(), e);
    }
  }

  @Override
  public List<StoredFile> list(String prefix, String after) throws IOException {
    checkOpen();
    try {
      return call(
              () ->
                  client.listObjectsV2(
                      r ->
                          r.bucket(bucket.name())
                              .prefix(prefix)
                              .startAfter(after.isEmpty() ? null : after)
                              .maxKeys(PAGE)))
          .contents()
          .stream()
          .map(file -> new StoredFile(file.key(), file.size(), file.lastModified()))
          .toList();
    } catch (SdkException e) {
      if (Requests.missing(e)) {
        return List.of();
      }
      throw requests.translate("listing", bucket.name(), e);
    }
  }

  @Override
  public Map<String, String> tags(FileReference reference) throws IOException {
    checkReference(reference);
    try {
      return call(
              () ->
                  client.getObjectTagging(r -> r.bucket(reference.bucket()).key(reference.file())))
          .tagSet()
          .stream()
          .collect(Collectors.toUnmodifiableMap(Tag::key, Tag::value));
    } catch (SdkException e) {
      throw requests.translate("reading the tags of", reference.file(), e);
    }
  }

  @Override
  public int removeUnfinished(String prefix, Instant begunBefore) throws IOException {
    checkOpen();
    try {
      return parts.unfinished().remove(prefix, begunBefore);
    } catch (SdkException e) {
      throw requests.translate("cleaning up", bucket.name(), e);
    }
  }

  private <T> T call(Supplier<T> request) throws IOException {
    return requests.call(Deadline.after(options.timeout()), request);
  }

  @Override
  public void close() {
    closed = true;
    requests.close();
    parts.close();
    client.close();
  }

  /** For tests: the memory of the uploads. */
  SegmentPool pool() {
    return parts.pool();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the file store is closed");
    }
  }

  private void checkReference(FileReference reference) {
    checkOpen();
    rules.check(reference);
  }

  /** What is written can be read: so the rules for references are those for keys. */
  private void checkTarget(FileTarget target) {
    checkReference(
        new FileReference(
            host,
            bucket.name(),
            target.key(),
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  /** Names where the files are, and no credentials. */
  @Override
  public String toString() {
    return "S3FileStore[" + host + "/" + bucket.name() + "]";
  }
}
