/** Counts the words of a text file: Kafka, an Algo and a reader of its output in one process. */
@NullMarked
package run.algo.examples.quickstart;

import org.jspecify.annotations.NullMarked;
