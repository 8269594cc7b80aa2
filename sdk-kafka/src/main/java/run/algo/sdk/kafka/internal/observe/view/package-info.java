/**
 * How a runner was at one moment, as plain values: what its pages, its metrics and its health read.
 */
@NullMarked
package run.algo.sdk.kafka.internal.observe.view;

import org.jspecify.annotations.NullMarked;
