package run.algo.sdk.testkit.kafka;

import java.util.Locale;
import java.util.UUID;

/**
 * Names for topics and groups of tests that share a broker. Thread-safe.
 *
 * @since 0.1.0
 */
public final class TopicNames {
  private static final int SUFFIX_LENGTH = 12;

  private TopicNames() {}

  /**
   * Returns a name that no other call returns, in this process or another.
   *
   * @param prefix what it starts with, so that a log tells whose it is
   * @return {@code prefix-} and random letters and digits
   */
  public static String unique(String prefix) {
    String random = UUID.randomUUID().toString().replace("-", "").toLowerCase(Locale.ROOT);
    return prefix + "-" + random.substring(0, SUFFIX_LENGTH);
  }
}
