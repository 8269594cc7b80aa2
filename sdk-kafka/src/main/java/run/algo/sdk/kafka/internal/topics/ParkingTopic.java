package run.algo.sdk.kafka.internal.topics;

import java.util.Locale;

/**
 * The topic in which records of an input topic are parked.
 *
 * @param name its name
 * @param input the input topic
 */
public record ParkingTopic(String name, String input) {

  private static final String SUFFIX = "parked";

  /**
   * The name of a parking topic.
   *
   * @param input the input topic
   * @param group the consumer group whose records are parked
   * @return the name, in lower case
   */
  public static String name(String input, String group) {
    return (input + '.' + group + '.' + SUFFIX).toLowerCase(Locale.ROOT);
  }
}
