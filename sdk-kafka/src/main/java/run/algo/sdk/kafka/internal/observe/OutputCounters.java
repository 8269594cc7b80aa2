package run.algo.sdk.kafka.internal.observe;

/** What was written to one output. Thread-safe; adding never blocks. */
public final class OutputCounters {

  private final String output;
  private final ByteCounters written = new ByteCounters();

  /**
   * Counters of an output.
   *
   * @param output the output's name, in lower case
   */
  public OutputCounters(String output) {
    this.output = output;
  }

  /** {@return the output's name, in lower case} */
  public String output() {
    return output;
  }

  /**
   * A record is acknowledged.
   *
   * @param messageBytes size of its value, in bytes
   * @param dataBytes size of the payload, in bytes: another one where the value refers to a file
   */
  public void written(long messageBytes, long dataBytes) {
    written.add(messageBytes, dataBytes);
  }

  /** {@return bytes of values so far} */
  public long messageBytes() {
    return written.messages();
  }

  /** {@return bytes of payloads so far, those in storage included} */
  public long dataBytes() {
    return written.data();
  }

  ByteCounters written() {
    return written;
  }
}
