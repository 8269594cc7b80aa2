package run.algo.sdk.spi;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Points to a file in storage; travels as the value of a record. What is read from a record is data
 * from outside: none of it is trusted before a store's rules have passed it.
 *
 * @param host authority of the storage endpoint, as in {@code minio:9000}
 * @param bucket the bucket
 * @param file the object key
 * @param size length in bytes, when known; not negative
 * @param sha256 digest of the content as 64 lower-case hex digits, when known
 * @param etag the store's own tag of the content, when known
 * @since 0.1.0
 */
public record FileReference(
    String host,
    String bucket,
    String file,
    OptionalLong size,
    Optional<String> sha256,
    Optional<String> etag) {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** Checks size and digest. */
  public FileReference {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(bucket, "bucket");
    Objects.requireNonNull(file, "file");
    if (size.isPresent() && size.getAsLong() < 0) {
      throw new IllegalArgumentException(
          "size of a file reference is negative: " + size.getAsLong());
    }
    if (sha256.isPresent() && !SHA256.matcher(sha256.get()).matches()) {
      throw new IllegalArgumentException(
          "sha256 of a file reference is not 64 lower-case hex digits");
    }
    Objects.requireNonNull(etag, "etag");
  }

  /**
   * Reads a reference that came as the value of a record.
   *
   * @param json the value: at most 64 KiB of JSON, an object with {@code host}, {@code bucket},
   *     {@code file} and, where they are known, {@code size}, {@code sha256}, {@code etag}; what
   *     else it has is ignored
   * @return the reference; not judged yet
   * @throws IllegalArgumentException when it is none; the message names the field and quotes
   *     nothing of it
   */
  public static FileReference parse(byte[] json) {
    return FileReferenceJson.parse(json);
  }

  /**
   * Writes it as the value of a record.
   *
   * @return the JSON, as {@link #parse} reads it
   */
  public byte[] toJson() {
    return FileReferenceJson.format(this);
  }
}
