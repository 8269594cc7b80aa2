package run.algo.sdk.benchmarks.process;

import java.io.IOException;

/** Ends a child when its parent is gone: its standard input ends then, however the parent went. */
public final class ParentWatch {

  private ParentWatch() {}

  /** Ends this process when its standard input ends. */
  public static void endWithParent() {
    Thread thread = new Thread(ParentWatch::awaitEndOfInput, "parent-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // nothing is said to it
      }
    } catch (IOException e) {
      // as good as its end
    }
    Runtime.getRuntime().halt(1);
  }
}
