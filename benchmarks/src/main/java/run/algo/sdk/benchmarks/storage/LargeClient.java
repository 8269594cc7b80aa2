package run.algo.sdk.benchmarks.storage;

import java.nio.file.Path;

/** An arm that writes one large file and reads it back. */
interface LargeClient extends AutoCloseable {

  /** Writes it from a stream. */
  void write(String key, Content content) throws Exception;

  /** Writes it from a file. */
  void write(String key, Path file) throws Exception;

  /** Reads it as a stream, and fails when a byte is another. */
  void read(String key, Content expected) throws Exception;

  /** Reads it into a file that is not there yet. */
  void read(String key, Path file) throws Exception;

  @Override
  void close();

  /** Opens an arm. */
  static LargeClient open(StorageArm arm, S3Address address) {
    return arm.isOurs() ? new StoreFile(address) : new TransferManagerFile(address, arm.api());
  }
}
