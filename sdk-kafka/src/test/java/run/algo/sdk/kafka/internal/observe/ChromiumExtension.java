package run.algo.sdk.kafka.internal.observe;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Looks for the browser of {@link WithChromium}, and starts it once a run. */
final class ChromiumExtension implements ExecutionCondition, BeforeAllCallback, ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(ChromiumExtension.class);

  /** What the build looks for, to tell a tier that is absent from a test that is switched off. */
  private static final String LEFT_OUT = "browser tier left out: ";

  private static final String RUNS = "browser tier runs on ";

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<Path> found = Chromium.find();
    return found.isPresent()
        ? ConditionEvaluationResult.enabled(RUNS + found.get())
        : ConditionEvaluationResult.disabled(
            LEFT_OUT + "none of " + Chromium.NAMES + " is on the path");
  }

  /** Says on what it runs, as the reason of a condition that is met is shown nowhere. */
  @Override
  public void beforeAll(ExtensionContext context) {
    System.out.println(RUNS + Chromium.find().orElseThrow());
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Chromium.class;
  }

  /** One that cannot be started fails the test: it is there, so it ought to work. */
  @Override
  public Chromium resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(
            Chromium.class, type -> Chromium.start(Chromium.find().orElseThrow()), Chromium.class);
  }
}
