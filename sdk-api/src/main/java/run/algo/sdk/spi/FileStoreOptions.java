package run.algo.sdk.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a store moves its files.
 *
 * <p>Of uploads, a store keeps at most {@code partSize} bytes an open upload and {@code parts}
 * times {@code partSize} bytes in all that are being sent.
 *
 * @param partSize length of a part in bytes, at least 5 MiB (what S3 asks of all parts but the
 *     last); a file up to this length is sent whole. 8 MiB by default. An upload whose length is
 *     not known at its beginning has at most 10,000 parts
 * @param parts how many parts a store sends at once, over all its uploads; 4 by default
 * @param crc32c whether the storage is given a CRC32C of what is sent, to check; off by default,
 *     since not every compatible store knows it
 * @param timeout how long failed requests are tried again where a call names no time of its own;
 *     two minutes by default
 * @param caFile PEM file of the certificates that an https endpoint is trusted by, in place of the
 *     system's; none by default
 * @since 0.1.0
 */
public record FileStoreOptions(
    int partSize, int parts, boolean crc32c, Duration timeout, Optional<Path> caFile) {

  /** The smallest part, in bytes: 5 MiB. */
  public static final int MIN_PART_SIZE = 5 << 20;

  /** The defaults. */
  public static final FileStoreOptions DEFAULTS =
      new FileStoreOptions(8 << 20, 4, false, Duration.ofMinutes(2), Optional.empty());

  /** Checks the numbers. */
  public FileStoreOptions {
    Objects.requireNonNull(caFile, "caFile");
    if (partSize < MIN_PART_SIZE) {
      throw new IllegalArgumentException(
          "partSize of the file store is " + partSize + ": give at least " + MIN_PART_SIZE);
    }
    if (parts < 1) {
      throw new IllegalArgumentException(
          "parts of the file store is " + parts + ": give at least 1");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "timeout of the file store is " + timeout + ": give more than nothing");
    }
  }
}
