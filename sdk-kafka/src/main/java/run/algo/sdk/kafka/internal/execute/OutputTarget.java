package run.algo.sdk.kafka.internal.execute;

import java.util.Locale;
import org.apache.kafka.common.header.Header;
import run.algo.sdk.Payload;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.config.MessageDataType;
import run.algo.sdk.kafka.internal.observe.OutputCounters;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;

/** One output of the Algo: where its records go, and the headers that are the same for all. */
public final class OutputTarget {

  /** Says that a record's value is its payload. */
  static final Header EMBEDDED = dataType(MessageDataType.EMBEDDED);

  /** Says that a record's value refers to its payload. */
  static final Header REFERENCE = dataType(MessageDataType.FILE_REFERENCE);

  private final String name;
  private final String topic;
  private final Codec<Object> codec;
  private final boolean payloads;
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
    this.payloads = codec == (Codec<?>) Payload.codec();
    this.maxBytes = maxBytes;
    this.counters = counters;
    this.contentType = ProtocolHeaders.header(ProtocolHeaders.CONTENT_TYPE, contentType);
    this.messageDataType = EMBEDDED;
  }

  private OutputTarget(OutputTarget target, Header messageDataType) {
    this.name = target.name;
    this.topic = target.topic;
    this.codec = target.codec;
    this.payloads = target.payloads;
    this.maxBytes = target.maxBytes;
    this.counters = target.counters;
    this.contentType = target.contentType;
    this.messageDataType = messageDataType;
  }

  /**
   * The same output, whose values go to storage.
   *
   * @return the output
   */
  public OutputTarget byReference() {
    return new OutputTarget(this, REFERENCE);
  }

  /** Whether all its values go to storage. */
  boolean isByReference() {
    return messageDataType == REFERENCE;
  }

  private static Header dataType(MessageDataType type) {
    return ProtocolHeaders.header(ProtocolHeaders.MESSAGE_DATA_TYPE, type.wireName());
  }

  /** {@return the output's name, in lower case} */
  public String name() {
    return name;
  }

  /** {@return the output's topic} */
  public String topic() {
    return topic;
  }

  /** Whether its values are content as it is, which need not be in memory. */
  boolean takesPayloads() {
    return payloads;
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
