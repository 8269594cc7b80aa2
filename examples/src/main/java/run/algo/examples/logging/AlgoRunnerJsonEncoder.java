package run.algo.examples.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.ByteArrayBuilder;

/**
 * Prints each line of the log as AlgoRunner does: one JSON object, on one line. What the SDK has
 * put into the MDC becomes its fields; what the author has put there besides goes into {@code
 * data}.
 *
 * <p>The fields that tell which Algo and process it is are set on the threads that execute records.
 * They are the same for all of the process, so a line of another thread is given those that were
 * seen, unless runners of several Algos share the process.
 *
 * <p>Copy it: Logback is this program's choice, and the SDK has none. Thread-safe.
 */
public final class AlgoRunnerJsonEncoder extends EncoderBase<ILoggingEvent> {

  /** The version of the line's format. */
  private static final String FORMAT = "1";

  private static final String RUNNER = "run.algo.sdk";
  private static final String TRACE_ID = "traceId";
  private static final String INSTANCE = "AlgoInstanceName";

  private static final List<String> PROCESS =
      List.of(
          "DeploymentOwner",
          "DeploymentName",
          "AlgoOwner",
          "AlgoName",
          "AlgoVersionTag",
          "AlgoIndex",
          INSTANCE);

  private static final int DEFAULT_LONGEST = 32 * 1024;

  private final JsonFactory json = new JsonFactory();
  private int longest = DEFAULT_LONGEST;

  /** What all lines so far have told of the process; empty again when they differ. */
  private volatile Map<String, String> process = Map.of();

  private volatile boolean several;

  /**
   * Sets how many characters of a message and of a stack trace are printed: collectors cut lines,
   * and a line that is cut is no JSON.
   *
   * @param characters 16 at least; 32768 by default, each
   */
  public void setLongest(int characters) {
    if (characters < 16) {
      throw new IllegalArgumentException("longest must be at least 16, but is " + characters);
    }
    longest = characters;
  }

  @Override
  public byte @Nullable [] headerBytes() {
    return null;
  }

  @Override
  public byte @Nullable [] footerBytes() {
    return null;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    Map<String, String> mdc = event.getMDCPropertyMap();
    Map<String, String> known = process(mdc);
    ByteArrayBuilder bytes = new ByteArrayBuilder(512);
    try (JsonGenerator line = json.createGenerator(ObjectWriteContext.empty(), bytes)) {
      line.writeStartObject();
      line.writeStringProperty("version", FORMAT);
      line.writeStringProperty("level", level(event.getLevel()));
      line.writeStringProperty("type", isRunner(event.getLoggerName()) ? "Runner" : "Algo");
      line.writeStringProperty("logger", event.getLoggerName());
      line.writeStringProperty("ts", time(event).toString());
      line.writeStringProperty("traceId", mdc.getOrDefault(TRACE_ID, ""));
      line.writeStringProperty("msg", cut(String.valueOf(event.getFormattedMessage())));
      line.writeStringProperty("error", error(event.getThrowableProxy()));
      line.writeObjectPropertyStart("data");
      for (String field : PROCESS) {
        String value = known.get(field);
        if (value != null) {
          line.writeStringProperty(field, value);
        }
      }
      for (Map.Entry<String, String> entry : new TreeMap<>(mdc).entrySet()) {
        if (!PROCESS.contains(entry.getKey()) && !entry.getKey().equals(TRACE_ID)) {
          line.writeStringProperty(entry.getKey(), cut(entry.getValue()));
        }
      }
      line.writeEndObject();
      line.writeEndObject();
    }
    bytes.append('\n');
    return bytes.toByteArray();
  }

  /** What the line tells of the process, or another has told before. */
  private Map<String, String> process(Map<String, String> mdc) {
    Map<String, String> known = process;
    if (!mdc.containsKey(INSTANCE)) {
      return known;
    }
    if (!several && !mdc.get(INSTANCE).equals(known.get(INSTANCE))) {
      several = !known.isEmpty();
      process = several ? Map.of() : fields(mdc);
    }
    return mdc;
  }

  private static Map<String, String> fields(Map<String, String> mdc) {
    Map<String, String> fields = new TreeMap<>(mdc);
    fields.keySet().retainAll(PROCESS);
    return Map.copyOf(fields);
  }

  private static boolean isRunner(String logger) {
    return logger.startsWith(RUNNER)
        && (logger.length() == RUNNER.length() || logger.charAt(RUNNER.length()) == '.');
  }

  private static String level(Level level) {
    if (level.isGreaterOrEqual(Level.ERROR)) {
      return "Error";
    }
    if (level.isGreaterOrEqual(Level.WARN)) {
      return "Warning";
    }
    return level.isGreaterOrEqual(Level.INFO) ? "Info" : "Debug";
  }

  private static Instant time(ILoggingEvent event) {
    Instant exact = event.getInstant();
    return exact == null ? Instant.ofEpochMilli(event.getTimeStamp()) : exact;
  }

  private String error(@Nullable IThrowableProxy error) {
    return error == null ? "" : cut(ThrowableProxyUtil.asString(error).stripTrailing());
  }

  /** Never in the middle of a character. */
  private String cut(String text) {
    if (text.length() <= longest) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
    return text.substring(0, end) + "… (" + (text.length() - end) + " more characters)";
  }
}
