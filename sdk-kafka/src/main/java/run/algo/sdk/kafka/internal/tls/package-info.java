/**
 * TLS of the Kafka clients from PEM files, as an operator mounts them: every common form of key,
 * and rotation on disk without a restart.
 *
 * <p>A leaf: nothing here imports another package of the SDK.
 */
@NullMarked
package run.algo.sdk.kafka.internal.tls;

import org.jspecify.annotations.NullMarked;
