/** Tests in containers, where a Docker engine answers. */
@NullMarked
package run.algo.sdk.testkit.docker;

import org.jspecify.annotations.NullMarked;
