package run.algo.sdk.testkit.s3;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the test class the server that all test classes share: tests, life cycle methods and the
 * constructor may have a parameter of type {@link EmbeddedS3}. Each test takes a bucket of its own;
 * one that adds faults starts an {@link EmbeddedS3} of its own.
 *
 * @since 0.1.0
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(EmbeddedS3Extension.class)
public @interface WithEmbeddedS3 {}
