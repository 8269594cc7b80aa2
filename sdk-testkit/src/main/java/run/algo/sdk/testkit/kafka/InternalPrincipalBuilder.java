package run.algo.sdk.testkit.kafka;

import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;

/**
 * Gives what arrives on the brokers' own listeners a name of its own, so that the brokers and the
 * administrator of a test stay super users while an access rule may deny {@code User:ANONYMOUS},
 * which is everyone on the PLAINTEXT listener.
 *
 * <p>Public because Kafka creates it by reflection; not for use by tests.
 *
 * @since 0.1.0
 */
public final class InternalPrincipalBuilder extends DefaultKafkaPrincipalBuilder {
  static final KafkaPrincipal INTERNAL = new KafkaPrincipal(KafkaPrincipal.USER_TYPE, "internal");

  /** Called by Kafka. */
  public InternalPrincipalBuilder() {
    super(null, SslPrincipalMapper.fromRules("DEFAULT"));
  }

  @Override
  public KafkaPrincipal build(AuthenticationContext context) {
    return BrokerProperties.isInternal(context.listenerName()) ? INTERNAL : super.build(context);
  }
}
