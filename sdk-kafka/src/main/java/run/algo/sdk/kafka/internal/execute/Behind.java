package run.algo.sdk.kafka.internal.execute;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which records of a batch must not go their way, since one ahead of them has not: one that is
 * executed again holds back its order scope, one that is parked in order holds back its key.
 */
final class Behind {

  /** Of a record without one, which is a key as well. */
  private static final ByteBuffer NO_KEY = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final Set<Object> scopes = new HashSet<>();
  private final Set<Key> keys = new HashSet<>();

  /** Keys are of their partition. */
  private record Key(String topic, int partition, boolean none, ByteBuffer key) {
    static Key of(Execution execution) {
      byte[] key = execution.record.key();
      return new Key(
          execution.record.topic(),
          execution.record.partition(),
          key == null,
          key == null ? NO_KEY : ByteBuffer.wrap(key));
    }
  }

  /** Whether a record must be executed again, whatever has come of it. */
  boolean holds(Execution execution, @Nullable Object scope) {
    return (scope != null && scopes.contains(scope))
        || (!keys.isEmpty() && keys.contains(Key.of(execution)));
  }

  /** A record has gone its way, or not. */
  void gone(Execution execution, @Nullable Object scope) {
    if (execution.isAgain() && scope != null) {
      scopes.add(scope);
    }
    if (execution.isParkedInOrder()) {
      keys.add(Key.of(execution));
    }
  }
}
