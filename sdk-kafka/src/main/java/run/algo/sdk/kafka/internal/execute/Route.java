package run.algo.sdk.kafka.internal.execute;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.observe.InputCounters;
import run.algo.sdk.kafka.internal.record.ContentTypes;
import run.algo.sdk.kafka.internal.record.FileNames;
import run.algo.sdk.kafka.internal.record.TraceIds;

/** What the records of one input topic go through. Made once per topic; immutable. */
public final class Route {

  final String input;

  /** The topic that was first read from, whatever topic this route is of. */
  final String inputTopic;

  private final boolean retries;
  final Codec<Object> codec;
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
    this.retries = false;
    this.codec = (Codec<Object>) codec;
    this.form = form;
    this.result = result.orElse(null);
    this.contentTypes = input.contentTypes();
    this.defaultContentType = input.defaultContentType();
    this.traceIds = new TraceIds(topic);
    this.fileNames = new FileNames(topic);
    this.counters = counters;
  }

  private Route(Route route, String topic) {
    this.input = route.input;
    this.inputTopic = route.inputTopic;
    this.retries = true;
    this.codec = route.codec;
    this.form = route.form;
    this.result = route.result;
    this.contentTypes = route.contentTypes;
    this.defaultContentType = route.defaultContentType;
    this.traceIds = new TraceIds(topic);
    this.fileNames = new FileNames(topic);
    this.counters = route.counters;
  }

  /**
   * What the records of one of its retry topics go through.
   *
   * @param topic the retry topic
   * @return a route
   */
  public Route retries(String topic) {
    return new Route(this, topic);
  }

  /** {@return whether it is the route of a retry topic} */
  public boolean isOfRetries() {
    return retries;
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
