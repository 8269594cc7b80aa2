package run.algo.sdk.kafka.internal.observe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which release of the SDK runs. */
final class SdkVersion {

  private static final String RESOURCE = "sdk.properties";

  private SdkVersion() {}

  /** As the build has written it; a manifest would not survive being packed into one jar. */
  static String read() {
    try (InputStream in = SdkVersion.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        return "unknown";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException("the SDK's own " + RESOURCE, e);
    }
  }
}
