package run.algo.sdk.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;

/** The SDK where OpenTelemetry's API, an optional dependency, is not on the class path. */
class TracingWithoutTheApiTest {

  private static final String HIDDEN = "io.opentelemetry.";

  /** Loads the SDK anew, and knows nothing of OpenTelemetry. */
  private static final class Hiding extends ClassLoader {
    final List<String> askedFor = Collections.synchronizedList(new ArrayList<>());
    final List<String> loaded = Collections.synchronizedList(new ArrayList<>());

    Hiding() {
      super(TracingWithoutTheApiTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith(HIDDEN)) {
        askedFor.add(name);
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("run.algo.sdk.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known == null ? define(name) : known;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        loaded.add(name);
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  /** Runs in the other world. */
  public static final class Program implements Callable<String> {

    /** What it drives. */
    public static final class Echo implements Algo<String, String> {
      @Override
      public String run(String text, AlgoContext context) {
        return text + "!";
      }
    }

    @Override
    public String call() {
      // Whoever looks at the builder, as frameworks do, needs no class that is not there.
      int methods = AlgoRunnerBuilder.class.getMethods().length;
      try (AlgoTestDriver driver = AlgoTestDriver.of(AlgoRunner.builder(new Echo()))) {
        driver.input(TestRecord.of("a").withHeader("traceparent", "as it is"));
        return driver.outputs()
            + " "
            + driver.records().get(0).headers().text("traceparent").orElse("lost")
            + " "
            + (methods > 10);
      }
    }
  }

  @Test
  void nothingOfItIsLoaded() throws Exception {
    Hiding hiding = new Hiding();
    Object program =
        Class.forName(Program.class.getName(), true, hiding).getConstructor().newInstance();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(hiding); // by which modules of the SDK are found
    Object result;
    try {
      result = ((Callable<?>) program).call();
    } finally {
      thread.setContextClassLoader(before);
    }
    assertThat(result).isEqualTo("[a!] as it is true");
    assertThat(hiding.askedFor)
        .as("whether it is there, once")
        .containsExactly("io.opentelemetry.api.GlobalOpenTelemetry");
    assertThat(hiding.loaded)
        .contains("run.algo.sdk.kafka.internal.execute.ExecutionTracing")
        .noneMatch(name -> name.contains("Otel") || name.contains("OpenTelemetryTracing"));
  }
}
