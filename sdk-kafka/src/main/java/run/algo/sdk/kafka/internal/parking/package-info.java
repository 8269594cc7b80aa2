/** The parking topic: what a parked record looks like in it, and how it is read again. */
@NullMarked
package run.algo.sdk.kafka.internal.parking;

import org.jspecify.annotations.NullMarked;
