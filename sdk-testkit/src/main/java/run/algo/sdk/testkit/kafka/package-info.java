/**
 * A real Apache Kafka broker inside this process, and blocking helpers that write to it and read
 * from it.
 *
 * <p>Needs {@code org.apache.kafka:kafka_2.13} on the class path, and {@code
 * org.junit.jupiter:junit-jupiter-api} for {@link
 * run.algo.sdk.testkit.kafka.EmbeddedKafkaExtension}.
 */
@NullMarked
package run.algo.sdk.testkit.kafka;

import org.jspecify.annotations.NullMarked;
