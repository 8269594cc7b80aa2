package run.algo.sdk.kafka.internal.execute;

import java.util.Locale;
import org.apache.kafka.common.header.Header;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.observe.OutputCounters;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;

/** One output of the Algo: where its records go, and the headers that are the same for all. */
public final class OutputTarget {

  private final String name;
  private final String topic;
  private final Codec<Object> codec;
  private final int maxBytes;
  private final OutputCounters counters;
  private final Header contentType;
  private final Header messageDataType;

  /**
   * An output.
   *
   * @param name the output's name, matched without case
   * @param topic its topic
   * @param codec the format of its values
   * @param contentType the content type written
   * @param maxBytes what a record of the topic may have at most, in bytes
   * @param counters where its records are counted
   */
  @SuppressWarnings("unchecked") // a pipe's codec takes what the pipe's emissions hold
  public OutputTarget(
      String name,
      String topic,
      Codec<?> codec,
      String contentType,
      int maxBytes,
      OutputCounters counters) {
    this.name = name.toLowerCase(Locale.ROOT);
    this.topic = topic;
    this.codec = (Codec<Object>) codec;
    this.maxBytes = maxBytes;
    this.counters = counters;
    this.contentType = ProtocolHeaders.header(ProtocolHeaders.CONTENT_TYPE, contentType);
    this.messageDataType = ProtocolHeaders.header(ProtocolHeaders.MESSAGE_DATA_TYPE, "Embedded");
  }

  /** {@return the output's name, in lower case} */
  public String name() {
    return name;
  }

  /** {@return the output's topic} */
  public String topic() {
    return topic;
  }

  Codec<Object> codec() {
    return codec;
  }

  int maxBytes() {
    return maxBytes;
  }

  OutputCounters counters() {
    return counters;
  }

  Header contentType() {
    return contentType;
  }

  Header messageDataType() {
    return messageDataType;
  }
}
