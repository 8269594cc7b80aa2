package run.algo.sdk.kafka.internal.observe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Has the test class run where a Chromium is found on the path, and disables it elsewhere, with the
 * reason. Its tests have the tag {@code browser} and may have a parameter of type {@link Chromium}.
 * Its name ends in {@code BrowserIT}: no other class may be skipped.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Tag("browser")
@ExtendWith(ChromiumExtension.class)
public @interface WithChromium {}
