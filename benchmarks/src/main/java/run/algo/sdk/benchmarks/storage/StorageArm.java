package run.algo.sdk.benchmarks.storage;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Who stores and reads. */
enum StorageArm {
  /** {@code FileStore.upload} from a stream; read as a stream. */
  STORE_STREAM("store-stream", Cell.LARGE, Api.FILE_STORE, false),

  /** {@code FileStore.write(Path)}; read into a file. */
  STORE_FILE("store-file", Cell.LARGE, Api.FILE_STORE, true),

  /** The transfer manager over the Netty client with multipart, from a stream and to one. */
  TM_NETTY_STREAM("tm-netty-stream", Cell.LARGE, Api.NETTY, false),

  /** The same from a file and to one. */
  TM_NETTY_FILE("tm-netty-file", Cell.LARGE, Api.NETTY, true),

  /** The transfer manager over the CRT's S3 client, from a stream and to one. */
  TM_CRT_STREAM("tm-crt-stream", Cell.LARGE, Api.CRT, false),

  /** The same from a file and to one. */
  TM_CRT_FILE("tm-crt-file", Cell.LARGE, Api.CRT, true),

  /** {@code FileStore.write(byte[])} and {@code read} on as many threads as are in flight. */
  STORE("store", Cell.SMALL, Api.FILE_STORE, false),

  /** The raw asynchronous client over Netty. */
  ASYNC_NETTY("async-netty", Cell.SMALL, Api.NETTY, false),

  /** The raw asynchronous client over the CRT's HTTP client. */
  ASYNC_CRT("async-crt", Cell.SMALL, Api.CRT, false),

  /** The raw blocking client on as many threads as are in flight: for information. */
  BLOCKING("blocking", Cell.SMALL, Api.BLOCKING, false);

  /** What an arm is built on. */
  enum Api {
    FILE_STORE,
    NETTY,
    CRT,
    BLOCKING
  }

  private final String label;
  private final Cell cell;
  private final Api api;
  private final boolean file;

  StorageArm(String label, Cell cell, Api api, boolean file) {
    this.label = label;
    this.cell = cell;
    this.api = api;
    this.file = file;
  }

  static StorageArm of(String label) {
    return Arrays.stream(values())
        .filter(arm -> arm.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    label
                        + " is no arm: use one of "
                        + Arrays.stream(values())
                            .map(StorageArm::label)
                            .collect(Collectors.joining(", "))));
  }

  static List<StorageArm> of(Cell cell) {
    return Arrays.stream(values()).filter(arm -> arm.cell == cell).toList();
  }

  String label() {
    return label;
  }

  Cell cell() {
    return cell;
  }

  Api api() {
    return api;
  }

  /** Whether it goes from a file and to one, rather than from a stream and to one. */
  boolean file() {
    return file;
  }

  boolean isOurs() {
    return api == Api.FILE_STORE;
  }

  /** Those that a ratio of this arm is taken to: none for a rival. */
  List<StorageArm> rivals() {
    return isOurs()
        ? of(cell).stream().filter(arm -> !arm.isOurs() && arm.file == file).toList()
        : List.of();
  }

  /** Rivals that promise the same as an asynchronous client: the best of them is the measure. */
  boolean isAsync() {
    return api == Api.NETTY || api == Api.CRT;
  }
}
