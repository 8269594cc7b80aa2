package run.algo.sdk.benchmarks.storage;

import java.util.Map;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.Tagging;

/** Tags as the AWS SDK has them. */
final class Tags {

  private Tags() {}

  static Tagging of(Map<String, String> tags) {
    return Tagging.builder()
        .tagSet(
            tags.entrySet().stream()
                .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList())
        .build();
  }
}
