package run.algo.sdk.kafka;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the SDK logs, at info and above, while it is open. */
public final class LoggedLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final Logger logger = (Logger) LoggerFactory.getLogger("run.algo.sdk");
  private final Level before = logger.getLevel();
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

  /** Begins to listen. */
  public LoggedLines() {
    logger.setLevel(Level.INFO);
    start();
    logger.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing(); // its MDC is that of now
    events.add(event);
  }

  /**
   * Lines that were logged.
   *
   * @param level their level
   * @param part what they hold
   */
  public List<ILoggingEvent> lines(Level level, String part) {
    return events.stream()
        .filter(event -> event.getLevel() == level && event.getFormattedMessage().contains(part))
        .toList();
  }

  /**
   * Lines of a level.
   *
   * @param level the level
   */
  public List<ILoggingEvent> lines(Level level) {
    return lines(level, "");
  }

  /**
   * The MDC of the only line that holds something.
   *
   * @param part what it holds
   */
  public Map<String, String> mdc(String part) {
    List<ILoggingEvent> found =
        events.stream().filter(event -> event.getFormattedMessage().contains(part)).toList();
    if (found.size() != 1) {
      throw new AssertionError("one line with \"" + part + "\" was expected: " + found);
    }
    return found.get(0).getMDCPropertyMap();
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setLevel(before);
  }
}
