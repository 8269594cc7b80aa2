package run.algo.sdk.testkit.s3;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Resolves parameters of type {@link EmbeddedS3} to one server with default settings, which starts
 * when the first test asks for it and is closed after the last test of the run.
 *
 * @see WithEmbeddedS3
 * @since 0.1.0
 */
public final class EmbeddedS3Extension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(EmbeddedS3Extension.class);

  /** Called by JUnit. */
  public EmbeddedS3Extension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == EmbeddedS3.class;
  }

  @Override
  public EmbeddedS3 resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // The root store outlives the test classes, and closes what is AutoCloseable.
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(EmbeddedS3.class, type -> EmbeddedS3.start(), EmbeddedS3.class);
  }
}
