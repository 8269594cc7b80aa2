package run.algo.examples.uppercase;

import java.util.Locale;
import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.kafka.AlgoMain;

public final class Uppercase implements Algo<String, String> {
  @Override
  public String run(String text, AlgoContext context) {
    return text.toUpperCase(Locale.ROOT);
  }

  public static void main(String[] args) {
    AlgoMain.run(new Uppercase());
  }
}
