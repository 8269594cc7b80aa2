package run.algo.sdk.kafka.internal.execute;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.Parameters;
import run.algo.sdk.kafka.config.ContentTypeCheck;
import run.algo.sdk.kafka.config.ParameterResolver;
import run.algo.sdk.kafka.internal.observe.RateLimit;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.kafka.internal.record.KnownHeaders;
import run.algo.sdk.kafka.internal.record.ProtocolHeaders;

/** Checks what a record says of itself before it is decoded: content type and parameters. */
final class InputGate {

  private static final Logger log = LoggerFactory.getLogger(InputGate.class);

  private static final int SHOWN_LENGTH = 120;

  private final ContentTypeCheck check;
  private final ParameterResolver resolver;
  private final RateLimit warnings;
  private final Parameters defaults;

  InputGate(ContentTypeCheck check, ParameterResolver resolver, RateLimit warnings) {
    this.check = check;
    this.resolver = resolver;
    this.warnings = warnings;
    this.defaults = Parameters.of(resolver.resolve(null));
  }

  void admit(Execution execution) {
    if (check != ContentTypeCheck.OFF && !execution.route.contentTypes.acceptsAll()) {
      checkContentType(execution);
    }
    execution.parameters(parameters(execution));
  }

  private void checkContentType(Execution execution) {
    String type = execution.contentTypeOrNull();
    if (type == null || execution.route.contentTypes.accepts(type)) {
      return;
    }
    // It comes from outside, and goes to a log.
    String shown = ConfigurationProblem.printable(type, SHOWN_LENGTH);
    String message =
        "content type " + shown + " is none that input " + execution.route.input + " accepts";
    if (check == ContentTypeCheck.REJECT) {
      throw new Refusal(FailureReason.CONTENT_TYPE, 0, new IllegalArgumentException(message));
    }
    warnings.run(
        message,
        suppressed ->
            execution.logged(
                () ->
                    log.warn(
                        "{}, at {} (and {} more like it); ALGO_CONTENT_TYPE=reject would"
                            + " dead-letter them",
                        message,
                        execution.position(),
                        suppressed)));
  }

  private Parameters parameters(Execution execution) {
    String overrides =
        execution.has(KnownHeaders.ENDPOINT_PARAMS)
            ? ProtocolHeaders.text(execution.record.headers(), ProtocolHeaders.ENDPOINT_PARAMS)
            : null;
    if (overrides == null) {
      return defaults;
    }
    try {
      return Parameters.of(resolver.resolve(overrides));
    } catch (IllegalArgumentException e) {
      throw new Refusal(FailureReason.PARAMETERS, 0, e);
    }
  }
}
