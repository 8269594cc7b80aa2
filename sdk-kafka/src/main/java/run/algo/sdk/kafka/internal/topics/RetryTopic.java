package run.algo.sdk.kafka.internal.topics;

import java.time.Duration;
import java.util.Locale;

/**
 * A topic through which failed records of an input topic go.
 *
 * @param name its name
 * @param input the input topic
 * @param backoff how long records wait in it, at most
 * @param longest the longest backoff of all steps of the input topic
 */
public record RetryTopic(String name, String input, Duration backoff, Duration longest) {

  /**
   * The name of a retry topic.
   *
   * @param input the input topic
   * @param backoff the backoff as the config has it
   * @return the name, in lower case
   */
  public static String name(String input, String backoff) {
    return (input + '.' + backoff).toLowerCase(Locale.ROOT);
  }
}
