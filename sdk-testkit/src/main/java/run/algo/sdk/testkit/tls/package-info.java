/**
 * A certificate authority for tests.
 *
 * <p>Needs {@code org.bouncycastle:bcpkix-jdk18on} on the class path.
 */
@NullMarked
package run.algo.sdk.testkit.tls;

import org.jspecify.annotations.NullMarked;
