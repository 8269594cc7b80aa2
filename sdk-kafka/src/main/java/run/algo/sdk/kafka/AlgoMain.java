package run.algo.sdk.kafka;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;

/**
 * The process around an Algo: reads its settings from the environment, runs until SIGTERM or
 * SIGINT, drains, and exits.
 *
 * <table>
 *   <caption>Exit codes</caption>
 *   <tr><th>code</th><th>meaning</th></tr>
 *   <tr><td>0</td><td>stopped by a signal, drained and committed</td></tr>
 *   <tr><td>78</td><td>the settings are wrong; every problem is on standard error, one line each
 *       ({@code EX_CONFIG} of BSD's sysexits.h)</td></tr>
 *   <tr><td>1</td><td>ended by an error that no waiting mends</td></tr>
 * </table>
 *
 * @since 0.1.0
 */
public final class AlgoMain {

  private static final Logger log = LoggerFactory.getLogger(AlgoMain.class);

  private AlgoMain() {}

  /**
   * Runs an Algo whose class tells its types. Does not return: the process exits.
   *
   * @param algo the Algo
   */
  @SuppressWarnings("overloads") // ambiguous for lambdas alone, which tell no types
  public static void run(Algo<?, ?> algo) {
    run(AlgoRunner.builder(algo));
  }

  /**
   * Runs an asynchronous Algo whose class tells its types. Does not return: the process exits.
   *
   * @param algo the Algo
   */
  @SuppressWarnings("overloads") // ambiguous for lambdas alone, which tell no types
  public static void run(AsyncAlgo<?, ?> algo) {
    run(AlgoRunner.builder(algo));
  }

  /**
   * Runs a batch Algo whose class tells its types. Does not return: the process exits.
   *
   * @param algo the Algo
   */
  public static void run(BatchAlgo<?, ?> algo) {
    run(AlgoRunner.builder(algo));
  }

  /**
   * Runs what a builder describes. Does not return: the process exits.
   *
   * @param builder the runner's builder
   */
  public static void run(AlgoRunnerBuilder builder) {
    System.exit(runToEnd(builder));
  }

  private static int runToEnd(AlgoRunnerBuilder builder) {
    AlgoRunner runner;
    try {
      runner = builder.build();
    } catch (AlgoConfigurationException e) {
      return refused(e);
    }
    closeOnSignal(runner);
    try {
      runner.start();
      runner.awaitEnd();
    } catch (AlgoConfigurationException e) {
      return refused(e); // the port of metrics and health has another owner
    } catch (InterruptedException e) {
      log.warn("the main thread was interrupted; closing");
      runner.close();
    }
    Throwable failure = runner.failure().orElse(null);
    if (failure instanceof AlgoConfigurationException e) {
      return refused(e);
    }
    return failure == null ? 0 : 1;
  }

  private static int refused(AlgoConfigurationException e) {
    // On standard error whatever the logging is set to: it is the one thing to read.
    System.err.println(e.getMessage());
    return AlgoConfigurationException.EXIT_CODE;
  }

  /**
   * Drains on SIGTERM and SIGINT, and lets {@code main} return, so that the exit code is ours and
   * shutdown hooks run after the drain. Java's own reaction would exit with 143 and run all hooks,
   * the logging's among them, while records are still being settled.
   */
  private static void closeOnSignal(AlgoRunner runner) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object close =
          Proxy.newProxyInstance(
              AlgoMain.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  new Thread(runner::close, "algo-close").start();
                  return null;
                }
                return switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  default -> "closes the runner";
                };
              });
      for (String name : new String[] {"TERM", "INT"}) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), close);
      }
    } catch (ReflectiveOperationException | LinkageError e) {
      log.info(
          "no signal handlers on this Java ({}); a shutdown hook drains instead", e.toString());
      Runtime.getRuntime().addShutdownHook(new Thread(runner::close, "algo-close"));
    }
  }
}
