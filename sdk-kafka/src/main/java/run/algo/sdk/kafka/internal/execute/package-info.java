/** The way of one record through the Algo, from bytes to acknowledged sends. */
@NullMarked
package run.algo.sdk.kafka.internal.execute;

import org.jspecify.annotations.NullMarked;
