package run.algo.sdk.kafka.internal.execute;

import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Payload;
import run.algo.sdk.RecordPosition;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.record.ContentTypes;
import run.algo.sdk.kafka.internal.record.FileNames;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;
import run.algo.sdk.kafka.internal.record.RetryHeaders;
import run.algo.sdk.kafka.internal.record.TraceIds;

/** What the records of one input topic go through. Made once per topic; immutable. */
public final class Route {

  final String input;

  /** The topic that was first read from, whatever topic this route is of. */
  final String inputTopic;

  /** Reads the records of a retry topic; null for those of an input topic. */
  private final @Nullable RetriedRecords retried;

  final Codec<Object> codec;

  /** Whether the Algo reads its records' content itself, or not. */
  final boolean takesPayloads;

  final AlgoForm form;
  final @Nullable OutputTarget result;
  final ContentTypes contentTypes;
  final @Nullable String defaultContentType;
  final TraceIds traceIds;
  final FileNames fileNames;
  final InputCounters counters;

  /**
   * A route.
   *
   * @param input name and accepted types of the input
   * @param topic the topic
   * @param codec the format of its values
   * @param form what is executed
   * @param result where the returned value goes, empty when the Algo returns none
   * @param counters where its records are counted
   */
  @SuppressWarnings(
      "unchecked") // the builder binds the codec, the Algo and the output by their types
  public Route(
      Input input,
      String topic,
      Codec<?> codec,
      AlgoForm form,
      Optional<OutputTarget> result,
      InputCounters counters) {
    this.input = input.name().toLowerCase(Locale.ROOT);
    this.inputTopic = topic;
    this.retried = null;
    this.codec = (Codec<Object>) codec;
    this.takesPayloads = codec == (Codec<?>) Payload.codec();
    this.form = form;
    this.result = result.orElse(null);
    this.contentTypes = input.contentTypes();
    this.defaultContentType = input.defaultContentType();
    this.traceIds = new TraceIds(topic);
    this.fileNames = new FileNames(topic);
    this.counters = counters;
  }

  private Route(Route route, RetriedRecords retried) {
    this.input = route.input;
    this.inputTopic = route.inputTopic;
    this.retried = retried;
    this.codec = route.codec;
    this.takesPayloads = route.takesPayloads;
    this.form = route.form;
    this.result = route.result;
    this.contentTypes = route.contentTypes;
    this.defaultContentType = route.defaultContentType;
    this.traceIds = route.traceIds; // of the origin, so that a retry has the same
    this.fileNames = route.fileNames;
    this.counters = route.counters;
  }

  /**
   * What the records of its retry topics go through.
   *
   * @param reader reads what they tell of themselves
   * @return a route
   */
  public Route retries(RetriedRecords reader) {
    return new Route(this, reader);
  }

  /** {@return whether it is the route of retry topics} */
  public boolean isOfRetries() {
    return retried != null;
  }

  /**
   * Whether a record is another group's retry, so that it is neither executed nor carried on here.
   *
   * @param record a record of this route's topic
   * @return whether it is to be skipped
   */
  public boolean isForeign(ConsumerRecord<byte[], byte[]> record) {
    return retried != null && retried.isForeign(record);
  }

  /** What a record of a retry topic tells of itself; null for one of an input topic. */
  RetryHeaders.@Nullable Read retried(ConsumerRecord<byte[], byte[]> record) {
    return retried == null ? null : retried.read(record, inputTopic);
  }

  /**
   * The route of a record that waits for another of its trace. A gather over several inputs is
   * retried as a whole, through one topic, so each record's own input is that of its origin.
   */
  Route ofHeld(ConsumerRecord<byte[], byte[]> record) {
    if (retried == null) {
      return this;
    }
    String origin = ProtocolHeaders.text(record.headers(), ProtocolHeaders.ORIGIN_TOPIC);
    if (origin == null || origin.equals(inputTopic)) {
      return this;
    }
    return retried.input(origin).map(own -> own.retries(retried)).orElse(this);
  }

  /** The trace ID of a record that was first read somewhere and names none. */
  byte[] traceId(RecordPosition origin) {
    TraceIds ids = origin.topic().equals(inputTopic) ? traceIds : new TraceIds(origin.topic());
    return ids.derive(origin.partition(), origin.offset(), origin.timestamp());
  }

  /** The name of an output of a record that was first read somewhere. */
  byte[] fileName(RecordPosition origin, int emission) {
    FileNames names = origin.topic().equals(inputTopic) ? fileNames : new FileNames(origin.topic());
    return names.name(origin.partition(), origin.offset(), emission);
  }

  /**
   * An input as the deployment describes it.
   *
   * @param name the input's name, matched without case
   * @param contentTypes the types that it accepts
   * @param defaultContentType the type of a record that names none
   */
  public record Input(
      String name, ContentTypes contentTypes, @Nullable String defaultContentType) {}

  /** {@return how the Algo takes its records} */
  public FormKind form() {
    return form.kind();
  }

  /** {@return where this input's records are counted} */
  public InputCounters counters() {
    return counters;
  }
}
