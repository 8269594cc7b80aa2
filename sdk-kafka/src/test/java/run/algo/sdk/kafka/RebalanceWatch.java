package run.algo.sdk.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import run.algo.sdk.kafka.internal.engine.KafkaClients;

/** Kafka's own clients, with an ear at what the group gives to the runner and takes from it. */
final class RebalanceWatch implements KafkaClients {

  /** Something the group has told the consumer. */
  record Event(Kind kind, List<TopicPartition> partitions, boolean ended) {}

  enum Kind {
    ASSIGNED,
    REVOKED,
    LOST
  }

  /** When a callback begins, and again when it ends. */
  final List<Event> events = new CopyOnWriteArrayList<>();

  /** How often partitions were given or taken; empty callbacks do not count. */
  long count(Kind kind) {
    return events.stream()
        .filter(e -> e.kind() == kind && e.ended() && !e.partitions().isEmpty())
        .count();
  }

  /** What the consumer has now, and what it is about to give away. */
  Set<TopicPartition> owned() {
    Set<TopicPartition> owned = new HashSet<>();
    for (Event event : events) {
      if (event.kind() == Kind.ASSIGNED && !event.ended()) {
        owned.addAll(event.partitions());
      } else if (event.kind() != Kind.ASSIGNED && event.ended()) {
        event.partitions().forEach(owned::remove);
      }
    }
    return owned;
  }

  /** Whether partitions are being taken away just now, or were before. */
  boolean revoking() {
    return events.stream().anyMatch(e -> e.kind() == Kind.REVOKED && !e.partitions().isEmpty());
  }

  @Override
  @SuppressWarnings("unchecked")
  public Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
    Consumer<byte[], byte[]> real = REAL.consumer(config);
    return (Consumer<byte[], byte[]>)
        Proxy.newProxyInstance(
            RebalanceWatch.class.getClassLoader(),
            new Class<?>[] {Consumer.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("subscribe")
                  && arguments.length == 2
                  && arguments[1] instanceof ConsumerRebalanceListener listener) {
                arguments[1] = new Ear(listener);
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public Producer<byte[], byte[]> producer(Map<String, Object> config) {
    return REAL.producer(config);
  }

  @Override
  public Admin admin(Map<String, Object> config) {
    return REAL.admin(config);
  }

  private final class Ear implements ConsumerRebalanceListener {
    private final ConsumerRebalanceListener listener;

    Ear(ConsumerRebalanceListener listener) {
      this.listener = listener;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      hear(Kind.ASSIGNED, partitions, () -> listener.onPartitionsAssigned(partitions));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      hear(Kind.REVOKED, partitions, () -> listener.onPartitionsRevoked(partitions));
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      hear(Kind.LOST, partitions, () -> listener.onPartitionsLost(partitions));
    }

    private void hear(Kind kind, Collection<TopicPartition> partitions, Runnable callback) {
      events.add(new Event(kind, List.copyOf(partitions), false));
      callback.run();
      events.add(new Event(kind, List.copyOf(partitions), true));
    }
  }
}
