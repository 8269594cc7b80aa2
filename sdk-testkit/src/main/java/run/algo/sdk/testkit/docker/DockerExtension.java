package run.algo.sdk.testkit.docker;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Looks for the engine and the images of {@link WithDocker}, once a run. */
final class DockerExtension implements ExecutionCondition, BeforeAllCallback, ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(DockerExtension.class);

  /** What a build may look for, to tell a tier that is absent from a test that is switched off. */
  private static final String LEFT_OUT = "docker tier left out: ";

  private static final String RUNS = "docker tier runs on ";

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Images.Found found = find(context);
    return found.image().isPresent()
        ? ConditionEvaluationResult.enabled(RUNS + found.image().get().name())
        : ConditionEvaluationResult.disabled(LEFT_OUT + found.reason());
  }

  /** Says on what it runs, as the reason of a condition that is met is shown nowhere. */
  @Override
  public void beforeAll(ExtensionContext context) {
    Images.Found found = find(context);
    System.out.println(
        RUNS
            + found.image().map(DockerImage::name).orElse("nothing")
            + (found.reason().isEmpty() ? "" : " (" + found.reason() + ")"));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == DockerImage.class;
  }

  @Override
  public DockerImage resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return find(context).image().orElseThrow();
  }

  private static Images.Found find(ExtensionContext context) {
    List<String> wanted =
        Arrays.asList(
            AnnotationSupport.findAnnotation(context.getRequiredTestClass(), WithDocker.class)
                .orElseThrow(() -> new IllegalStateException("the test class has no @WithDocker"))
                .value());
    ExtensionContext.Store store = context.getRoot().getStore(NAMESPACE);
    return store.computeIfAbsent(
        wanted,
        images -> {
          Object engine = store.computeIfAbsent(Images.class, type -> engine(), Object.class);
          return engine instanceof Images known
              ? known.find(images)
              : new Images.Found(Optional.empty(), String.valueOf(engine));
        },
        Images.Found.class);
  }

  /** The images of the engine, or why there is none. */
  private static Object engine() {
    try {
      return new Images(LocalEngine.find());
    } catch (IllegalStateException e) {
      return "no Docker engine answers, " + Images.oneLine(String.valueOf(e.getMessage()));
    }
  }
}
