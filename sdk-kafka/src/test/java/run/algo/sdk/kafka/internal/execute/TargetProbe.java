package run.algo.sdk.kafka.internal.execute;

/** Lets the tests of other packages see where dead letters and retries go. */
public final class TargetProbe {

  private TargetProbe() {}

  /** Partitions of an input's dead-letter topic; 0 where it has none. */
  public static int partitions(DeadLetterTopics topics, String input) {
    return topics.of(input).map(DeadLetterTopics.Target::partitions).orElse(0);
  }

  /** Partitions of a retry topic; 0 where it is not usable. */
  public static int retryPartitions(RetryTopics topics, String topic) {
    return topics.partitions(topic).orElse(0);
  }
}
