package run.algo.sdk.kafka.internal.topics;

import java.util.HashSet;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether records of one trace that lie in several inputs come to one member: they do where equal
 * keys have partitions of one number in all inputs, and these are assigned together. Only records
 * that are held by {@code run=false} need it, and whether there are any is not known before they
 * come; so where it is not so there is a warning, once. Not thread-safe.
 */
final class InputAlignment {

  private static final Logger log = LoggerFactory.getLogger(InputAlignment.class);

  private final Assignor assignor;
  private final SortedMap<String, Integer> counts = new TreeMap<>();

  InputAlignment(Assignor assignor) {
    this.assignor = assignor;
  }

  /** An input topic that exists has so many partitions. */
  void found(String topic, int partitions) {
    counts.put(topic, partitions);
  }

  /** All input topics have been found. */
  void complete() {
    if (counts.size() < 2) {
      return;
    }
    boolean equal = new HashSet<>(counts.values()).size() == 1;
    if (equal && assignor.keepsNumbersTogether()) {
      return;
    }
    log.warn(
        "the Algo has several input topics ({}) and {}: records of one trace in different topics"
            + " may come to different instances. Only records with the header run=false need them"
            + " together; where there are such records, {}",
        counts.entrySet().stream().map(InputAlignment::text).collect(Collectors.joining(", ")),
        assignor,
        remedy(equal));
  }

  private String remedy(boolean equal) {
    String counted = "give these topics the same number of partitions";
    if (assignor.keepsNumbersTogether()) {
      return counted;
    }
    return equal ? "set " + assignor.remedy() : counted + " and set " + assignor.remedy();
  }

  private static String text(Map.Entry<String, Integer> topic) {
    return topic.getKey()
        + " with "
        + topic.getValue()
        + (topic.getValue() == 1 ? " partition" : " partitions");
  }
}
