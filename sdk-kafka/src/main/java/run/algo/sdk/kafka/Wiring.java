package run.algo.sdk.kafka;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.Algo;
import run.algo.sdk.AsyncAlgo;
import run.algo.sdk.BatchAlgo;
import run.algo.sdk.Pipe;
import run.algo.sdk.codec.Codec;
import run.algo.sdk.kafka.internal.execute.AlgoForm;
import run.algo.sdk.kafka.internal.execute.FormKind;
import run.algo.sdk.spi.AlgoTypes;

/**
 * Which Algo reads which input and writes which output, as the author has declared it: by pipes, or
 * not at all, when there is one of each and the class tells the types; what becomes of its
 * failures, and where its executions are traced. Immutable.
 */
final class Wiring {

  private final List<Input> inputs;
  private final Map<String, Pipe<?>> outputs;
  private final Set<String> optional;
  private final Retries retries;
  private final Tracing tracing;

  /**
   * One input.
   *
   * @param name the pipe's name; empty for the only input there is
   * @param codec the format of its values
   * @param form what is executed
   * @param result where the returned value goes
   */
  record Input(Optional<String> name, Codec<?> codec, AlgoForm form, Result result) {}

  /** Where a returned value goes. */
  sealed interface Result {

    /** Nowhere: the Algo returns none. */
    record None() implements Result {}

    /** To a declared pipe. */
    record Named(Pipe<?> pipe) implements Result {}

    /** To the only output there is, in this format. */
    record Only(Codec<?> codec) implements Result {}
  }

  private Wiring(Builder builder) {
    this.inputs = List.copyOf(builder.inputs);
    this.outputs = Map.copyOf(builder.outputs);
    this.optional = Set.copyOf(builder.optional);
    this.retries = builder.retries;
    this.tracing = builder.tracing;
  }

  List<Input> inputs() {
    return inputs;
  }

  List<String> inputNames() {
    return inputs.stream().flatMap(input -> input.name().stream()).toList();
  }

  List<String> requiredOutputs() {
    return outputs.keySet().stream().filter(name -> !optional.contains(name)).sorted().toList();
  }

  List<String> optionalOutputs() {
    return optional.stream().sorted().toList();
  }

  boolean allAsync() {
    return inputs.stream().allMatch(input -> input.form().kind() == FormKind.ASYNC);
  }

  boolean wantsOnlyOutput() {
    return inputs.stream().anyMatch(input -> input.result() instanceof Result.Only);
  }

  Retries retries() {
    return retries;
  }

  Tracing tracing() {
    return tracing;
  }

  /** The input that a name of the settings stands for. */
  Input input(String name) {
    for (Input input : inputs) {
      if (input.name().isEmpty() || input.name().get().equals(name.toLowerCase(Locale.ROOT))) {
        return input;
      }
    }
    throw new IllegalStateException("input " + name + " is not declared");
  }

  /** The format of an output; the only one there is when none is declared. */
  @Nullable Codec<?> outputCodec(String name) {
    Pipe<?> pipe = outputs.get(name.toLowerCase(Locale.ROOT));
    if (pipe != null) {
      return pipe.codec();
    }
    for (Input input : inputs) {
      if (input.result() instanceof Result.Only only) {
        return only.codec();
      }
    }
    return null;
  }

  /** Collects the declarations. Not thread-safe. */
  static final class Builder {
    private final List<Input> inputs = new ArrayList<>();
    private final Map<String, Pipe<?>> outputs = new LinkedHashMap<>();
    private final Set<String> optional = new TreeSet<>();
    private Retries retries = Retries.asConfigured();
    private Tracing tracing = Tracing.global();

    void undeclared(AlgoForm form) {
      AlgoTypes types = AlgoTypes.of(form.algo(), type(form));
      Result result = types.output().<Result>map(Result.Only::new).orElseGet(Result.None::new);
      inputs.add(new Input(Optional.empty(), types.input(), form, result));
    }

    /** The interface whose two type arguments the author's class fixes. */
    private static Class<?> type(AlgoForm form) {
      return switch (form.kind()) {
        case SYNC -> Algo.class;
        case ASYNC -> AsyncAlgo.class;
        case BATCH -> BatchAlgo.class;
      };
    }

    void input(Pipe<?> input, AlgoForm form, @Nullable Pipe<?> result) {
      for (Input known : inputs) {
        if (known.name().isEmpty() || known.name().get().equals(input.name())) {
          throw new IllegalArgumentException("input " + input.name() + " has an Algo already");
        }
      }
      Result to = result == null ? new Result.None() : new Result.Named(result);
      if (result != null) {
        output(result, false);
      }
      inputs.add(new Input(Optional.of(input.name()), input.codec(), form, to));
    }

    void output(Pipe<?> pipe, boolean mayBeAbsent) {
      Pipe<?> known = outputs.putIfAbsent(pipe.name(), pipe);
      if (known != null && !known.codec().equals(pipe.codec())) {
        throw new IllegalArgumentException(
            "output " + pipe.name() + " is declared twice with different formats");
      }
      if (!mayBeAbsent) {
        optional.remove(pipe.name());
      } else if (known == null) {
        optional.add(pipe.name());
      }
    }

    void retries(Retries value) {
      retries = Objects.requireNonNull(value, "retries");
    }

    void tracing(Tracing value) {
      tracing = Objects.requireNonNull(value, "tracing");
    }

    Wiring build() {
      if (inputs.isEmpty()) {
        throw new IllegalStateException(
            "the runner has no input: name one by input(pipe, algo) or builder(algo)");
      }
      return new Wiring(this);
    }
  }
}
