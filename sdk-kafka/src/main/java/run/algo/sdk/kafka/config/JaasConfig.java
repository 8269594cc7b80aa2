package run.algo.sdk.kafka.config;

import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;

/** Writes the login entry of Kafka's {@code sasl.jaas.config}. */
final class JaasConfig {

  private JaasConfig() {}

  static String of(SecuritySettings.Sasl sasl) {
    String module =
        sasl.mechanism().equals("PLAIN")
            ? PlainLoginModule.class.getName()
            : ScramLoginModule.class.getName();
    return module
        + " required username="
        + quote(sasl.username())
        + " password="
        + quote(sasl.password().reveal())
        + ";";
  }

  /**
   * Quotes a text for the {@link java.io.StreamTokenizer} that reads the entry: it knows the
   * escapes of C, and a raw line break ends a quoted text. Octal escapes have always three digits,
   * so that a digit behind one is not taken in.
   */
  private static String quote(String text) {
    StringBuilder result = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        result.append('\\').append(c);
      } else if (c < 32) {
        result.append('\\').append((char) ('0' + (c >> 6)));
        result.append((char) ('0' + (c >> 3 & 7))).append((char) ('0' + (c & 7)));
      } else {
        result.append(c);
      }
    }
    return result.append('"').toString();
  }
}
