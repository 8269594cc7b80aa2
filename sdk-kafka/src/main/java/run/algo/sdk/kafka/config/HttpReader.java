package run.algo.sdk.kafka.config;

import java.util.Optional;
import java.util.OptionalInt;

/** Reads where metrics and health are served. */
final class HttpReader {

  private static final int OFF = -1;

  private final SettingReader reader;

  HttpReader(Variables variables, Problems problems) {
    this.reader = new SettingReader(variables, problems);
  }

  HttpSettings read() {
    int port = (Integer) reader.read(Setting.METRICS_PORT, HttpReader::port).orElse(10080);
    Optional<String> address =
        reader
            .read(Setting.METRICS_ADDRESS, HttpReader::address)
            .map(Object::toString)
            .filter(text -> !text.equals("all"));
    return new HttpSettings(port == OFF ? OptionalInt.empty() : OptionalInt.of(port), address);
  }

  private static Object port(String text) {
    return text.equals("off") ? OFF : ValueParsers.integer(0, 65535).apply(text);
  }

  private static Object address(String text) {
    boolean bareIpv6 = text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[");
    String host = bareIpv6 ? "[" + text + "]" : text;
    if (!HostAndPort.problem(host, false).isEmpty()
        || (!bareIpv6 && host.matches(".*[^:]:[0-9]+"))) {
      throw new IllegalArgumentException("is not an address without a port");
    }
    return text;
  }
}
