/** Payloads outside of records: the file store, keys of its objects, files on the disk. */
@NullMarked
package run.algo.sdk.kafka.internal.files;

import org.jspecify.annotations.NullMarked;
