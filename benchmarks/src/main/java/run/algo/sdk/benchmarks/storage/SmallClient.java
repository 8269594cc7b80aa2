package run.algo.sdk.benchmarks.storage;

/** An arm that writes and reads all objects of a pass, as many at once as the job says. */
interface SmallClient extends AutoCloseable {

  /** Writes them. */
  void write(int pass) throws Exception;

  /** Reads what was written, and fails when a byte is another. */
  void read(int pass) throws Exception;

  @Override
  void close();

  /** Opens an arm. */
  static SmallClient open(StorageArm arm, S3Address address, SmallJob job) {
    return switch (arm.api()) {
      case FILE_STORE -> new StoreObjects(address, job);
      case BLOCKING -> new BlockingObjects(address, job);
      case NETTY, CRT -> new AsyncObjects(address, arm.api(), job);
    };
  }
}
