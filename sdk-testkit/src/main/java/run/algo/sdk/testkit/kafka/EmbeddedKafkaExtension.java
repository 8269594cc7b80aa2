package run.algo.sdk.testkit.kafka;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Resolves parameters of type {@link EmbeddedKafka} to one broker with default settings, which
 * starts when the first test asks for it and is closed after the last test of the run.
 *
 * @see WithEmbeddedKafka
 * @since 0.1.0
 */
public final class EmbeddedKafkaExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(EmbeddedKafkaExtension.class);

  /** Called by JUnit. */
  public EmbeddedKafkaExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == EmbeddedKafka.class;
  }

  @Override
  public EmbeddedKafka resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // The root store outlives the test classes, and closes what is AutoCloseable.
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(EmbeddedKafka.class, type -> EmbeddedKafka.start(), EmbeddedKafka.class);
  }
}
