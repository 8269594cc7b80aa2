package run.algo.sdk.testkit.kafka;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the test class the broker that all test classes share: tests, life cycle methods and the
 * constructor may have a parameter of type {@link EmbeddedKafka}.
 *
 * <pre>{@code
 * @WithEmbeddedKafka
 * class WordCountIT {
 *   @Test
 *   void counts(EmbeddedKafka kafka) {
 *     String topic = TopicNames.unique("words");
 *     kafka.createTopic(topic, 2);
 *   }
 * }
 * }</pre>
 *
 * <p>A test that stops brokers or wants other settings starts an {@link EmbeddedKafka} of its own.
 *
 * @since 0.1.0
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(EmbeddedKafkaExtension.class)
public @interface WithEmbeddedKafka {}
