package run.algo.sdk.testkit.kafka;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Kafka broker for the development machine, with nothing installed, and two commands to try it.
 *
 * <pre>
 * DevBroker [PORT] [TOPIC:PARTITIONS ...]   runs a broker on localhost until it is stopped
 * DevBroker produce TOPIC [HOST:PORT]       writes each line of the standard input as a record
 * DevBroker tail TOPIC [HOST:PORT]          prints the records of a topic, old and new
 * </pre>
 *
 * <p>The port is 9092 unless said otherwise. Topics are created when they are first used. The data
 * goes when the broker stops. Ends with 2 when the arguments are wrong, with 1 when the broker does
 * not start or does not answer.
 *
 * @since 0.1.0
 */
public final class DevBroker {
  private static final int DEFAULT_PORT = 9092;
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");
  private static final Pattern TOPIC = Pattern.compile("([a-zA-Z0-9._-]{1,249}):([0-9]{1,4})");
  private static final Pattern ADDRESS = Pattern.compile("[^:\\s]+:[0-9]{1,5}");
  private static final String HELP =
      """
      Usage:
        DevBroker [PORT] [TOPIC:PARTITIONS ...]   run a broker on localhost (port 9092)
        DevBroker produce TOPIC [HOST:PORT]       write each line of the standard input as a record;
                                                  a line with a tab is key, tab, value
        DevBroker tail TOPIC [HOST:PORT]          print the records of a topic, old and new""";

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  DevBroker(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs a command and ends the process when it is done.
   *
   * @param args see above
   */
  public static void main(String[] args) {
    System.exit(new DevBroker(System.in, System.out, System.err).run(args));
  }

  /** Runs a command and returns the exit code. */
  int run(String... args) {
    try {
      String command = args.length == 0 ? "" : args[0];
      return switch (command) {
        case "help", "-h", "--help" -> {
          out.println(HELP);
          yield OK;
        }
        case "produce", "tail" -> console(args);
        default -> broker(Arrays.asList(args));
      };
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      err.println(HELP);
      return USAGE;
    } catch (IllegalStateException e) {
      err.println(e.getMessage());
      return FAILED;
    }
  }

  private int console(String[] args) {
    String command = args[0];
    if (args.length < 2 || args.length > 3) {
      throw new IllegalArgumentException(
          command + " takes a topic and, at most, an address: " + command + " TOPIC [HOST:PORT]");
    }
    String address = args.length == 3 ? args[2] : "localhost:" + DEFAULT_PORT;
    if (!ADDRESS.matcher(address).matches()) {
      throw new IllegalArgumentException("Not an address: " + address + ". Use HOST:PORT");
    }
    DevConsole console = new DevConsole(address);
    if (command.equals("produce")) {
      long written = console.produce(args[1], in);
      out.println(written + (written == 1 ? " record" : " records") + " written to " + args[1]);
    } else {
      console.tail(args[1], out, () -> true);
    }
    return OK;
  }

  private int broker(List<String> args) {
    EmbeddedKafka.Builder builder =
        EmbeddedKafka.builder()
            .port(DEFAULT_PORT)
            .brokerProperty("auto.create.topics.enable", "true");
    List<String> rest = new ArrayList<>(args);
    if (!rest.isEmpty() && NUMBER.matcher(rest.get(0)).matches()) {
      builder.port(Integer.parseInt(rest.remove(0)));
    }
    for (String argument : rest) {
      Matcher topic = TOPIC.matcher(argument);
      if (!topic.matches() || Integer.parseInt(topic.group(2)) == 0) {
        throw new IllegalArgumentException(
            "Neither a port, nor TOPIC:PARTITIONS, nor a command: " + argument);
      }
      builder.topic(topic.group(1), Integer.parseInt(topic.group(2)));
    }
    EmbeddedKafka kafka = builder.start();
    CountDownLatch stopped = new CountDownLatch(1);
    // Ctrl-C and SIGTERM end the process through its shutdown hooks only.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  kafka.close();
                  stopped.countDown();
                },
                "dev-broker-stop"));
    out.println("Kafka listens on " + kafka.bootstrapServers() + ", stop it with Ctrl-C");
    try {
      stopped.await();
      return OK;
    } catch (InterruptedException e) {
      kafka.close();
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }
}
